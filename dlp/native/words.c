/* Which of some words stand anywhere in bytes. Looked at is every third place: a word of six bytes and more has four of
   its bytes at one of them. `table` tells for the hash of four bytes whether any word has them at its first three places. */
#include "column.h"

enum { SLOT_BITS = 15, STEP = 3, GRAM = 4 };

typedef struct {
    const uint8_t *bytes;  /* the words, one after another */
    const int32_t *begins; /* where each begins, and where the last ends */
    const uint8_t *folded; /* 1: small letters, which capitals are as well */
} Words;

/* One of the first places of a word. */
typedef struct {
    uint32_t gram;
    int32_t word, offset;
} Place;

static inline uint8_t small(uint8_t c) { return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c; }

static int stands(const uint8_t *at, const Words *words, int32_t k) {
    const uint8_t *word = words->bytes + words->begins[k];
    int32_t size = words->begins[k + 1] - words->begins[k];
    if (!words->folded[k])
        return memcmp(at, word, (size_t)size) == 0;
    for (int32_t i = 0; i < size; i++)
        if (small(at[i]) != word[i])
            return 0;
    return 1;
}

/* 1 in `found` for each word that stands in `data`. `starts`: for each hash, where its places begin. */
int64_t words_in(const uint8_t *data, int64_t size, const uint64_t *table, const int32_t *starts, const Place *places,
                 const uint8_t *bytes, const int32_t *begins, const uint8_t *folded, uint8_t *found) {
    Words words = {bytes, begins, folded};
    for (int64_t i = 0; i + GRAM <= size; i += STEP) {
        uint32_t gram;
        memcpy(&gram, data + i, sizeof gram);
        uint32_t slot = gram * 0x9E3779B1u >> (32 - SLOT_BITS);
        if (!(table[slot >> 6] >> (slot & 63) & 1))
            continue;
        for (int32_t k = starts[slot]; k < starts[slot + 1]; k++) {
            const Place *place = places + k;
            int64_t begin = i - place->offset;
            int32_t w = place->word;
            if (place->gram == gram && !found[w] && begin >= 0 && begin + begins[w + 1] - begins[w] <= size)
                found[w] = (uint8_t)stands(data + begin, &words, w);
        }
    }
    return 0;
}

/* The same of lines that begin with a word, at the first place of a line: after a line feed, or where the data begins.
   `firsts`: 1 for each byte that any word begins with. */
int64_t lines_begin(const uint8_t *data, int64_t size, const uint8_t *firsts, int64_t count, const uint8_t *bytes,
                    const int32_t *begins, const uint8_t *folded, uint8_t *found) {
    Words words = {bytes, begins, folded};
    const uint8_t *at = data, *end = data + size;
    while (at < end) {
        if (firsts[*at])
            for (int32_t k = 0; k < count; k++)
                if (!found[k] && end - at >= begins[k + 1] - begins[k])
                    found[k] = (uint8_t)stands(at, &words, k);
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            return 0;
        at++;
    }
    return 0;
}
