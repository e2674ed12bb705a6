/* BLAKE2b (RFC 7693), keyed. */
#include "blake.h"

static const uint64_t IV[8] = {0x6A09E667F3BCC908u, 0xBB67AE8584CAA73Bu, 0x3C6EF372FE94F82Bu, 0xA54FF53A5F1D36F1u,
                               0x510E527FADE682D1u, 0x9B05688C2B3E6C1Fu, 0x1F83D9ABFB41BD6Bu, 0x5BE0CD19137E2179u};
static const uint8_t SIGMA[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

#define TURNED(x, by) ((x) >> (by) | (x) << (64 - (by)))

#define MIX(a, b, c, d, x, y)                                                                                          \
    do {                                                                                                               \
        v[a] += v[b] + (x);                                                                                            \
        v[d] = TURNED(v[d] ^ v[a], 32);                                                                                \
        v[c] += v[d];                                                                                                  \
        v[b] = TURNED(v[b] ^ v[c], 24);                                                                                \
        v[a] += v[b] + (y);                                                                                            \
        v[d] = TURNED(v[d] ^ v[a], 16);                                                                                \
        v[c] += v[d];                                                                                                  \
        v[b] = TURNED(v[b] ^ v[c], 63);                                                                                \
    } while (0)

#define ROUND(r)                                                                                                       \
    do {                                                                                                               \
        MIX(0, 4, 8, 12, m[SIGMA[r][0]], m[SIGMA[r][1]]);                                                              \
        MIX(1, 5, 9, 13, m[SIGMA[r][2]], m[SIGMA[r][3]]);                                                              \
        MIX(2, 6, 10, 14, m[SIGMA[r][4]], m[SIGMA[r][5]]);                                                             \
        MIX(3, 7, 11, 15, m[SIGMA[r][6]], m[SIGMA[r][7]]);                                                             \
        MIX(0, 5, 10, 15, m[SIGMA[r][8]], m[SIGMA[r][9]]);                                                             \
        MIX(1, 6, 11, 12, m[SIGMA[r][10]], m[SIGMA[r][11]]);                                                           \
        MIX(2, 7, 8, 13, m[SIGMA[r][12]], m[SIGMA[r][13]]);                                                            \
        MIX(3, 4, 9, 14, m[SIGMA[r][14]], m[SIGMA[r][15]]);                                                            \
    } while (0)

#define ROUNDS                                                                                                         \
    do {                                                                                                               \
        ROUND(0);                                                                                                      \
        ROUND(1);                                                                                                      \
        ROUND(2);                                                                                                      \
        ROUND(3);                                                                                                      \
        ROUND(4);                                                                                                      \
        ROUND(5);                                                                                                      \
        ROUND(6);                                                                                                      \
        ROUND(7);                                                                                                      \
        ROUND(8);                                                                                                      \
        ROUND(9);                                                                                                      \
        ROUND(10);                                                                                                     \
        ROUND(11);                                                                                                     \
    } while (0)

static inline uint64_t word(const uint8_t *at) {
    uint64_t w = 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&w, at, sizeof w);
    return w;
#endif
    for (int k = 7; k >= 0; k--)
        w = w << 8 | at[k];
    return w;
}

/* One block of 128 bytes; `count` bytes so far with it. */
static void compress(uint64_t h[8], const uint8_t *block, uint64_t count, int last) {
    uint64_t v[16], m[16];
    for (int k = 0; k < 16; k++)
        m[k] = word(block + 8 * k);
    memcpy(v, h, 64);
    memcpy(v + 8, IV, 64);
    v[12] ^= count;
    if (last)
        v[14] = ~v[14];
    ROUNDS;
    for (int k = 0; k < 8; k++)
        h[k] ^= v[k] ^ v[k + 8];
}

void blake_key(Blake *blake, const uint8_t *key, int64_t size, int64_t width) {
    uint8_t block[BLAKE_BLOCK] = {0};
    memcpy(blake->keyed, IV, sizeof blake->keyed);
    blake->keyed[0] ^= 0x01010000u ^ (uint64_t)size << 8 ^ (uint64_t)width;
    memcpy(block, key, (size_t)size);
    memcpy(blake->empty, blake->keyed, sizeof blake->empty);
    compress(blake->keyed, block, 128, 0); /* the key is taken in once */
    compress(blake->empty, block, 128, 1);
}

void blake_digest(const Blake *blake, Cell c, int64_t width, uint8_t *out) {
    uint64_t h[8];
    uint8_t block[BLAKE_BLOCK];
    memcpy(h, c.size ? blake->keyed : blake->empty, sizeof h);
    for (int64_t at = 0; at < c.size; at += 128) {
        int64_t left = c.size - at, taken = left < 128 ? left : 128;
        memcpy(block, c.at + at, (size_t)taken);
        memset(block + taken, 0, (size_t)(128 - taken));
        compress(h, block, (uint64_t)(128 + at + taken), left <= 128);
    }
    for (int64_t k = 0; k < width; k++)
        out[k] = (uint8_t)(h[k / 8] >> 8 * (k % 8));
}

#if defined(__x86_64__) && defined(__GNUC__)

/* One line in each lane. */
typedef uint64_t Lanes __attribute__((vector_size(8 * BLAKE_LANES)));

static inline __attribute__((always_inline)) void side_by_side(const Blake *blake, const BlakeLines *lines,
                                                               uint64_t h[8][BLAKE_LANES]) {
    Lanes v[16], m[16], counts, none = {0};
    for (int l = 0; l < BLAKE_LANES; l++) {
        counts[l] = (uint64_t)(BLAKE_BLOCK + lines->sizes[l]);
        for (int k = 0; k < 16; k++)
            m[k][l] = word(lines->blocks[l] + 8 * k);
    }
    for (int k = 0; k < 8; k++) {
        v[k] = none + blake->keyed[k];
        v[k + 8] = none + IV[k];
    }
    v[12] ^= counts;
    v[14] = ~v[14];
    ROUNDS;
    for (int k = 0; k < 8; k++) {
        v[k] ^= v[k + 8] ^ (none + blake->keyed[k]);
        memcpy(h[k], &v[k], sizeof h[k]);
    }
}

__attribute__((target("avx512f"))) static void by_avx512(const Blake *blake, const BlakeLines *lines,
                                                         uint64_t h[8][BLAKE_LANES]) {
    side_by_side(blake, lines, h);
}

__attribute__((target("avx2"))) static void by_avx2(const Blake *blake, const BlakeLines *lines,
                                                    uint64_t h[8][BLAKE_LANES]) {
    side_by_side(blake, lines, h);
}

static int at_once(const Blake *blake, const BlakeLines *lines, uint64_t h[8][BLAKE_LANES]) {
    if (__builtin_cpu_supports("avx512f"))
        by_avx512(blake, lines, h);
    else if (__builtin_cpu_supports("avx2"))
        by_avx2(blake, lines, h);
    else
        return 0;
    return 1;
}

#else

static int at_once(const Blake *blake, const BlakeLines *lines, uint64_t h[8][BLAKE_LANES]) {
    (void)blake, (void)lines, (void)h;
    return 0;
}

#endif

void blake_finish(const Blake *blake, BlakeLines *lines, int64_t width) {
    uint64_t h[8][BLAKE_LANES];
    int all = lines->waiting > 1 && at_once(blake, lines, h);
    for (int64_t l = 0; l < lines->waiting; l++) {
        if (!all)
            blake_digest(blake, (Cell){lines->blocks[l], lines->sizes[l]}, width, lines->outs[l]);
        for (int64_t k = 0; all && k < width; k++)
            lines->outs[l][k] = (uint8_t)(h[k / 8][l] >> 8 * (k % 8));
    }
    lines->waiting = 0;
}

void blake_add(const Blake *blake, BlakeLines *lines, Cell c, int64_t width, uint8_t *out) {
    if (c.size < 1 || c.size > BLAKE_BLOCK) {
        blake_digest(blake, c, width, out);
        return;
    }
    int64_t l = lines->waiting++;
    memcpy(lines->blocks[l], c.at, (size_t)c.size);
    memset(lines->blocks[l] + c.size, 0, (size_t)(BLAKE_BLOCK - c.size));
    lines->sizes[l] = c.size;
    lines->outs[l] = out;
    if (lines->waiting == BLAKE_LANES)
        blake_finish(blake, lines, width);
}
