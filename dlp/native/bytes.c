/* Controls looked for in the bytes of a text, and header words in the cells of a table. */
#include "column.h"

/* Whether a byte below a blank stands there that no text has: none of tab to carriage return, no escape. */
int64_t controlled(const uint8_t *data, int64_t size) {
    uint8_t found = 0;
    for (int64_t i = 0; i < size; i++) {
        uint8_t c = data[i];
        found |= (uint8_t)((c < 32) & ((uint8_t)(c - 9) > 4) & (c != 27));
    }
    return found;
}

enum { SLOTS = 15, INLINED = 12 };

/* Where a word of a size is looked for, by its first four bytes, and by eight more where it has twelve at the most. */
static inline uint32_t spread(uint32_t head, uint64_t rest, uint32_t size) {
    uint64_t both = size <= INLINED ? rest : 0;
    both = (both ^ (uint64_t)size << 56 ^ head) * 0x9E3779B97F4A7C15u;
    return (uint32_t)((both ^ (uint64_t)head << 20) * 0xC4CEB9FE1A85EC53u >> (64 - SLOTS));
}

typedef struct {
    const uint8_t **begins;
    const int32_t *sizes;
    int32_t *first, *next;
    uint64_t maybe[1 << (SLOTS - 6)]; /* small enough to stay at hand: most cells end there */
} Words;

static int words_ready(Words *words, const uint8_t *said, const int32_t *sizes, int64_t count) {
    words->sizes = sizes;
    words->first = calloc(1 << SLOTS, sizeof *words->first);
    words->next = calloc((size_t)count + 1, sizeof *words->next);
    words->begins = calloc((size_t)count + 1, sizeof *words->begins);
    if (!words->first || !words->next || !words->begins)
        return 0;
    for (int64_t k = 0; k < count; k++) {
        uint8_t first[INLINED] = {0};
        uint32_t head;
        uint64_t rest;
        memcpy(first, said, sizes[k] < INLINED ? (size_t)sizes[k] : INLINED);
        memcpy(&head, first, sizeof head);
        memcpy(&rest, first + 4, sizeof rest);
        uint32_t slot = spread(head, rest, (uint32_t)sizes[k]);
        words->next[k] = words->first[slot];
        words->first[slot] = (int32_t)k + 1;
        words->maybe[slot >> 6] |= (uint64_t)1 << (slot & 63);
        words->begins[k] = said;
        said += sizes[k];
    }
    return 1;
}

static void count_in(const Column *column, const Words *words, uint8_t *counts) {
    for (int64_t i = 0; i < column->size; i++) {
        uint32_t head; /* of up to twelve bytes all stand in the view itself, zeros after fewer; of more the first four */
        uint64_t rest;
        memcpy(&head, column->views[i].at.inlined, sizeof head);
        memcpy(&rest, column->views[i].at.inlined + 4, sizeof rest);
        uint32_t slot = spread(head, rest, (uint32_t)column->views[i].size);
        if (!(words->maybe[slot >> 6] >> (slot & 63) & 1))
            continue;
        Cell c = cell(column, i);
        for (int32_t k = c.size ? words->first[slot] : 0; k; k = words->next[k - 1])
            if (words->sizes[k - 1] == c.size && memcmp(words->begins[k - 1], c.at, (size_t)c.size) == 0) {
                counts[i] += counts[i] < 255;
                break;
            }
    }
}

/* How many cells of each row are among some words: one more in `counts` for each that is, up to 255. */
int64_t count_words(struct ArrowArrayStream **streams, int64_t width, int64_t rows, uint8_t *counts,
                    const uint8_t *said, const int32_t *sizes, int64_t count) {
    Words *words = calloc(1, sizeof *words);
    int64_t done = words && words_ready(words, said, sizes, count) ? 0 : ERROR;
    for (int64_t k = 0; k < width && done == 0; k++) {
        Column column;
        if (column_open(streams[k], &column))
            done = ERROR;
        else {
            if (column.size == rows)
                count_in(&column, words, counts);
            else
                done = ERROR;
            column_close(&column);
        }
    }
    if (words) {
        free(words->first);
        free(words->next);
        free(words->begins);
    }
    free(words);
    return done;
}
