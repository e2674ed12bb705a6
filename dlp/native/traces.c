/* Tokens of facts and of pairs of them by AES-256, with the processor's own instructions for it: where it has none,
   nothing is made here. */
#include "blake.h"

#if (defined(__x86_64__) || defined(__i386__)) && defined(__GNUC__)

#include <immintrin.h>

#define AES __attribute__((target("aes,sse4.1")))
enum { ROUNDS = 14, LANES = 8, WIDTH = 32, STRETCH = 64 };

typedef struct {
    __m128i round[ROUNDS + 1];
} Key;

#define MIXED(half)                                                                                                    \
    do {                                                                                                               \
        half = _mm_xor_si128(half, _mm_slli_si128(half, 4));                                                           \
        half = _mm_xor_si128(half, _mm_slli_si128(half, 8));                                                           \
    } while (0)

/* Two more round keys; `constant` has to be known when this is compiled. */
#define EXPAND(at, constant)                                                                                           \
    do {                                                                                                               \
        MIXED(low);                                                                                                    \
        low = _mm_xor_si128(low, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(high, constant), 0xFF));                  \
        key->round[at] = low;                                                                                          \
        if ((at) == ROUNDS)                                                                                            \
            break;                                                                                                     \
        MIXED(high);                                                                                                   \
        high = _mm_xor_si128(high, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(low, 0), 0xAA));                        \
        key->round[(at) + 1] = high;                                                                                   \
    } while (0)

AES static void expand(const uint8_t *bytes, Key *key) {
    __m128i low = _mm_loadu_si128((const __m128i *)bytes), high = _mm_loadu_si128((const __m128i *)(bytes + 16));
    key->round[0] = low;
    key->round[1] = high;
    EXPAND(2, 0x01);
    EXPAND(4, 0x02);
    EXPAND(6, 0x04);
    EXPAND(8, 0x08);
    EXPAND(10, 0x10);
    EXPAND(12, 0x20);
    EXPAND(ROUNDS, 0x40);
}

/* Several blocks side by side: each waits for itself only. */
AES static inline void encrypt(const Key *key, __m128i block[LANES]) {
    for (int k = 0; k < LANES; k++)
        block[k] = _mm_xor_si128(block[k], key->round[0]);
    for (int r = 1; r < ROUNDS; r++)
        for (int k = 0; k < LANES; k++)
            block[k] = _mm_aesenc_si128(block[k], key->round[r]);
    for (int k = 0; k < LANES; k++)
        block[k] = _mm_aesenclast_si128(block[k], key->round[ROUNDS]);
}

/* What stands for cells: their bytes, zeros behind them; of longer ones their keyed digests in hexadecimal figures. These
   are made together. */
static void words_of(const Column *column, int64_t begin, int64_t held, const Blake *blake, uint8_t word[STRETCH][WIDTH]) {
    static const char figures[] = "0123456789abcdef";
    uint8_t digests[STRETCH][WIDTH / 2], longs[STRETCH];
    BlakeLines lines;
    int64_t many = 0;
    lines.waiting = 0;
    memset(word, 0, STRETCH * WIDTH);
    for (int64_t k = 0; k < held; k++) {
        Cell c = cell(column, begin + k);
        if (c.size <= WIDTH) {
            memcpy(word[k], c.at, (size_t)c.size);
            continue;
        }
        blake_add(blake, &lines, c, WIDTH / 2, digests[many]);
        longs[many++] = (uint8_t)k;
    }
    blake_finish(blake, &lines, WIDTH / 2);
    for (int64_t n = 0; n < many; n++)
        for (int k = 0; k < WIDTH / 2; k++) {
            word[longs[n]][2 * k] = (uint8_t)figures[digests[n][k] >> 4];
            word[longs[n]][2 * k + 1] = (uint8_t)figures[digests[n][k] & 15];
        }
}

AES static void facts_of(const Column *column, const Key *key, const Blake *blake, const uint8_t *kind, uint64_t *out) {
    uint8_t words[STRETCH][WIDTH];
    __m128i block[LANES], kinds = _mm_loadu_si128((const __m128i *)kind);
    for (int64_t i = 0; i < column->size; i += LANES) {
        int64_t held = column->size - i < LANES ? column->size - i : LANES;
        if (i % STRETCH == 0)
            words_of(column, i, column->size - i < STRETCH ? column->size - i : STRETCH, blake, words);
        uint8_t(*word)[WIDTH] = words + i % STRETCH;
        for (int k = 0; k < LANES; k++)
            block[k] = _mm_xor_si128(_mm_loadu_si128((const __m128i *)word[k]), kinds);
        encrypt(key, block);
        for (int k = 0; k < LANES; k++)
            block[k] = _mm_xor_si128(block[k], _mm_loadu_si128((const __m128i *)(word[k] + 16)));
        encrypt(key, block);
        for (int64_t k = 0; k < held; k++)
            _mm_storel_epi64((__m128i *)(out + i + k), block[k]);
    }
}

AES static void tokens_of(const uint64_t (*pairs)[2], int64_t count, const Key *key, uint64_t *out) {
    __m128i block[LANES];
    for (int k = 0; k < LANES; k++)
        block[k] = _mm_loadu_si128((const __m128i *)pairs[k]);
    encrypt(key, block);
    for (int64_t k = 0; k < count; k++) {
        _mm_storel_epi64((__m128i *)(out + k), block[k]);
        out[k] &= UINT64_MAX >> 1;
    }
}

static int able(void) { return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1"); }

/* A digest of 64 bits of each cell, under a key of 32 bytes; `kind`: 16 bytes that tell facts of one kind from others. */
AES int64_t fact_digests(struct ArrowArrayStream *stream, int64_t rows, const uint8_t *key, const uint8_t *kind,
                         const uint8_t *long_key, uint64_t *out) {
    Column column;
    Blake blake;
    Key keys;
    if (!able() || column_open(stream, &column))
        return ERROR;
    int64_t done = column.size == rows ? 0 : ERROR;
    expand(key, &keys);
    blake_key(&blake, long_key, 32, WIDTH / 2);
    if (done == 0)
        facts_of(&column, &keys, &blake, kind, out);
    column_close(&column);
    return done;
}

/* Tokens of 63 bits of the rows in which both facts are known; how many there are. `b` may be NULL. */
AES int64_t pair_tokens(const uint64_t *a, const uint64_t *b, const uint8_t *has_a, const uint8_t *has_b, int64_t rows,
                        const uint8_t *key, uint64_t *out) {
    Key keys;
    uint64_t pairs[LANES + 1][2] = {{0}};
    int64_t n = 0, waiting = 0;
    if (!able())
        return ERROR;
    expand(key, &keys);
    for (int64_t i = 0; i < rows; i++) {
        pairs[waiting][0] = a[i];
        pairs[waiting][1] = b ? b[i] : 0;
        waiting += has_a[i] & (b ? has_b[i] : 1);
        if (waiting == LANES) {
            tokens_of((const uint64_t(*)[2])pairs, LANES, &keys, out + n);
            n += LANES;
            waiting = 0;
        }
    }
    tokens_of((const uint64_t(*)[2])pairs, waiting, &keys, out + n);
    return n + waiting;
}

#else

int64_t fact_digests(struct ArrowArrayStream *stream, int64_t rows, const uint8_t *key, const uint8_t *kind,
                     const uint8_t *long_key, uint64_t *out) {
    (void)stream, (void)rows, (void)key, (void)kind, (void)long_key, (void)out;
    return ERROR;
}

int64_t pair_tokens(const uint64_t *a, const uint64_t *b, const uint8_t *has_a, const uint8_t *has_b, int64_t rows,
                    const uint8_t *key, uint64_t *out) {
    (void)a, (void)b, (void)has_a, (void)has_b, (void)rows, (void)key, (void)out;
    return ERROR;
}

#endif
