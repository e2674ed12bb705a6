/* The stretches of `cores.c` where a processor looks at 32 bytes at once (AVX2): of every 64 bytes a mask of the places
   at which a core may begin, and only those are looked at one by one. */
#include "cores.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>

#define WIDE __attribute__((target("avx2,bmi"), always_inline)) static inline
#define STEP 56 /* of 64 places, those whose core lies within the 64 bytes */

typedef struct {
    __m256i low, high;
} Block;

WIDE Block block_at(const uint8_t *at) {
    Block b = {_mm256_loadu_si256((const __m256i *)at), _mm256_loadu_si256((const __m256i *)(at + 32))};
    return b;
}

WIDE uint64_t bits_of(__m256i low, __m256i high) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

WIDE uint64_t equal(Block b, uint8_t sign) {
    __m256i signs = _mm256_set1_epi8((char)sign);
    return bits_of(_mm256_cmpeq_epi8(b.low, signs), _mm256_cmpeq_epi8(b.high, signs));
}

WIDE __m256i among(__m256i bytes, uint8_t first, uint8_t last) {
    __m256i from = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from, _mm256_set1_epi8((char)(last - first))), from);
}

WIDE uint64_t between(Block b, uint8_t first, uint8_t last) {
    return bits_of(among(b.low, first, last), among(b.high, first, last));
}

WIDE uint64_t either(Block b, uint8_t first, uint8_t last, uint8_t other, uint8_t end) {
    return bits_of(_mm256_or_si256(among(b.low, first, last), among(b.low, other, end)),
                   _mm256_or_si256(among(b.high, first, last), among(b.high, other, end)));
}

WIDE Block in_lower_case(Block b) {
    __m256i bit = _mm256_set1_epi8(0x20);
    Block lower = {_mm256_or_si256(b.low, bit), _mm256_or_si256(b.high, bit)};
    return lower;
}

/* Places from which a mask holds at this place and each of the next ones, `apart` from each other. */
WIDE uint64_t four(uint64_t mask, int apart) {
    mask &= mask >> apart;
    return mask & mask >> 2 * apart;
}

WIDE uint64_t utf8_may(Block b) {
    uint64_t three = between(b, 0xE3, 0xE9), trail = between(b, 0x80, 0xBF), figures = between(b, '0', '9');
    uint64_t letters = between(in_lower_case(b), 'a', 'z'), at = equal(b, '@');
    three &= trail >> 1 & trail >> 2;
    uint64_t may = (three & three >> 3) | four(figures, 1);
    if (at)
        may |= at >> 1;
    uint64_t word = letters & letters >> 1 & letters >> 2;
    if (word & word >> 4)
        may |= word & word >> 4 & ~(letters >> 3);
    return may;
}

WIDE uint64_t cp932_may(Block b) {
    uint64_t trail = either(b, 0x40, 0x7E, 0x80, 0xFC);
    uint64_t kana = between(b, 0xB1, 0xDF), next = either(b, 0xA6, 0xDF, ' ', ' ');
    return four(either(b, 0x81, 0x83, 0x88, 0x97) & trail >> 1, 2) | four(kana & next >> 1, 2);
}

WIDE uint64_t euc_may(Block b) {
    uint64_t lead = either(b, 0xA4, 0xA5, 0xB0, 0xCF) | equal(b, 0xA1);
    return four(lead & between(b, 0xA1, 0xFE) >> 1, 2);
}

WIDE uint64_t utf16_may(Block b, int high) {
    uint64_t zeros = equal(b, 0) >> high, kana = equal(b, 0x30) >> high;
    zeros &= zeros >> 2 & zeros >> 4;
    kana &= kana >> 2 & kana >> 4;
    if (zeros) {
        uint64_t letters = (between(b, 0x2D, 0x40) | between(in_lower_case(b), 'a', 'z')) >> (1 - high);
        zeros &= letters & letters >> 2 & letters >> 4;
    }
    if (kana) {
        uint64_t letters = between(b, 0x41, 0xFE) >> (1 - high);
        kana &= letters & letters >> 2 & letters >> 4;
    }
    return zeros | kana;
}

WIDE uint64_t may_begin(int encoding, const uint8_t *at) {
    Block b = block_at(at);
    switch (encoding) {
    case UTF8:
        return utf8_may(b);
    case CP932:
        return cp932_may(b);
    case EUC:
        return euc_may(b);
    case UTF16LE:
        return utf16_may(b, 1);
    case UTF16BE:
        return utf16_may(b, 0);
    default:
        return equal(b, 0x1B) & equal(b, '$') >> 1;
    }
}

typedef struct {
    int64_t *out, count, last, around;
} Stretches;

WIDE void take(Stretches *found, int64_t begin, int64_t end) {
    int64_t start = begin - found->around;
    if (found->last < 0 || start > found->last)
        found->out[2 * found->count++] = start > 0 ? start : 0;
    found->last = found->out[2 * found->count - 1] = end + found->around;
}

WIDE int64_t stretches(const uint8_t *data, int64_t size, int encoding, int64_t around, int64_t *out) {
    const uint8_t *end = data + size, *at = data;
    Stretches found = {out, 0, -1, around};
    while (end - at >= 64) {
        uint64_t may = may_begin(encoding, at) & (((uint64_t)1 << STEP) - 1);
        const uint8_t *next = at + STEP, *done = at;
        for (; may; may &= may - 1) {
            const uint8_t *place = at + __builtin_ctzll(may);
            int64_t length = place < done ? 0 : core(encoding, place, end);
            if (length) {
                done = place + length;
                take(&found, place - data, done - data);
            }
        }
        at = done > next ? done : next;
    }
    while (at < end) {
        int64_t length = core(encoding, at, end);
        if (length)
            take(&found, at - data, at - data + length);
        at += length ? length : 1;
    }
    return found.count;
}

#define FOR(name, encoding)                                                                                            \
    __attribute__((target("avx2,bmi"))) static int64_t name(const uint8_t *data, int64_t size, int64_t around,         \
                                                            int64_t *out) {                                            \
        return stretches(data, size, encoding, around, out);                                                           \
    }
FOR(in_utf8, UTF8)
FOR(in_cp932, CP932)
FOR(in_euc, EUC)
FOR(in_utf16le, UTF16LE)
FOR(in_utf16be, UTF16BE)
FOR(in_iso2022, ISO2022)

int64_t islands_by_blocks(const uint8_t *data, int64_t size, int64_t encoding, int64_t around, int64_t *out) {
    static int64_t (*const ways[ENCODINGS])(const uint8_t *, int64_t, int64_t, int64_t *) = {
        in_utf8, in_cp932, in_euc, in_utf16le, in_utf16be, in_iso2022};
    if (encoding < 0 || encoding >= ENCODINGS || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi"))
        return ERROR;
    return ways[encoding](data, size, around, out);
}

#else

int64_t islands_by_blocks(const uint8_t *data, int64_t size, int64_t encoding, int64_t around, int64_t *out) {
    (void)data, (void)size, (void)encoding, (void)around, (void)out;
    return ERROR;
}

#endif
