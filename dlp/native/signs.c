/* Signs looked for in the bytes of a text, all in one pass. */
#include "column.h"

enum {
    AMPERSAND = 1, HASH = 2, PERCENT = 4, EQUALS = 8, PLUS = 16, BOX = 32, BACKSLASH = 64, ODD = 128, KEPT_ZERO = 256,
    BARE_RETURN = 512
};

/* Sixteen bytes at once, in the compiler's own vectors: what the machine has for them is used. */
typedef uint8_t Bytes __attribute__((vector_size(16)));

static inline Bytes at(const uint8_t *data) {
    Bytes bytes;
    memcpy(&bytes, data, sizeof bytes);
    return bytes;
}

#define IS(k, c) ((Bytes)(p##k == (uint8_t)(c)))

typedef struct {
    Bytes ampersand, hash, percent, equals, plus, box, backslash, odd, kept, bare;
} Seen;

/* Looks at sixteen bytes, and as many as eight behind them. */
static inline void look(const uint8_t *data, Seen *seen) {
    Bytes p0 = at(data), p1 = at(data + 1), p2 = at(data + 2);
    seen->ampersand |= IS(0, '&');
    seen->hash |= IS(0, '#');
    seen->percent |= IS(0, '%');
    seen->equals |= IS(0, '=');
    seen->plus |= IS(0, '+');
    seen->box |= IS(0, '[') | IS(0, '(') | IS(0, '<');
    seen->backslash |= IS(0, '\\');
    seen->kept |= IS(0, '=') & IS(1, '"');
    seen->bare |= IS(0, '\r') & ~IS(1, '\n');
    Bytes e3 = IS(0, 0xE3), p3 = at(data + 3), p5 = at(data + 5), p8 = at(data + 8);
    /* marks of voice, the zero of kanji, the override, "at" spelled out in kana */
    seen->odd |= e3 & IS(1, 0x82) & (IS(2, 0x99) | IS(2, 0x9A));
    seen->odd |= e3 & IS(1, 0x80) & IS(2, 0x87);
    seen->odd |= IS(0, 0xE2) & IS(1, 0x80) & IS(2, 0xAE);
    seen->odd |= e3 & IS(1, 0x82) & IS(2, 0xA2) & IS(3, 0xE3) & IS(5, 0x83) & IS(8, 0x88);
}

static int any(Bytes bytes) {
    uint64_t halves[2];
    memcpy(halves, &bytes, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

static int64_t signs_from(const uint8_t *data, int64_t i, int64_t size) {
    Seen seen;
    uint8_t tail[64] = {0};
    memset(&seen, 0, sizeof seen);
    for (; i + 24 <= size; i += 16)
        look(data + i, &seen);
    memcpy(tail, data + i, (size_t)(size - i)); /* fewer than 24; zeros follow */
    look(tail, &seen);
    look(tail + 16, &seen);
    return (any(seen.ampersand) ? AMPERSAND : 0) | (any(seen.hash) ? HASH : 0) | (any(seen.percent) ? PERCENT : 0) |
           (any(seen.equals) ? EQUALS : 0) | (any(seen.plus) ? PLUS : 0) | (any(seen.box) ? BOX : 0) |
           (any(seen.backslash) ? BACKSLASH : 0) | (any(seen.odd) ? ODD : 0) | (any(seen.kept) ? KEPT_ZERO : 0) |
           (any(seen.bare) ? BARE_RETURN : 0);
}

/* The same where a processor looks at no more than sixteen bytes at once. */
int64_t signs_by_sixteens(const uint8_t *data, int64_t size) { return signs_from(data, 0, size); }

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>

#define WIDE __attribute__((target("avx2"), always_inline)) static inline

WIDE __m256i wide(const uint8_t *at) { return _mm256_loadu_si256((const __m256i *)at); }
WIDE __m256i is(__m256i bytes, int sign) { return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)sign)); }
WIDE __m256i both(__m256i a, __m256i b) { return _mm256_and_si256(a, b); }
WIDE __m256i either(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }
WIDE int some(__m256i bytes) { return _mm256_movemask_epi8(bytes) != 0; }

/* The signs below 0x60, each a bit where both halves of a byte have it; [ and \ share one. */
enum { B_AMPERSAND = 1, B_HASH = 2, B_PERCENT = 4, B_PLUS = 8, B_ROUND = 16, B_EQUALS = 32, B_LESS = 64, B_SQUARE = 128 };

WIDE __m256i halves(int h0, int h1, int h2, int h3, int h4, int h5, int h6, int h7, int h8, int h9, int hb, int hc, int hd) {
    return _mm256_setr_epi8((char)h0, (char)h1, (char)h2, (char)h3, (char)h4, (char)h5, (char)h6, (char)h7, (char)h8, (char)h9, 0,
                            (char)hb, (char)hc, (char)hd, 0, 0, (char)h0, (char)h1, (char)h2, (char)h3, (char)h4, (char)h5,
                            (char)h6, (char)h7, (char)h8, (char)h9, 0, (char)hb, (char)hc, (char)hd, 0, 0);
}

/* 32 bytes at once, while eight more stand behind them. What is found, and how far it was looked. */
__attribute__((target("avx2"))) static int64_t signs_by_wide(const uint8_t *data, int64_t size, int64_t *done) {
    const __m256i low = halves(0, 0, 0, B_HASH, 0, B_PERCENT, B_AMPERSAND, 0, B_ROUND, 0, B_PLUS | B_SQUARE, B_LESS | B_SQUARE,
                               B_EQUALS);
    const __m256i high = halves(0, 0, B_AMPERSAND | B_HASH | B_PERCENT | B_PLUS | B_ROUND, B_EQUALS | B_LESS, 0, B_SQUARE, 0, 0,
                                0, 0, 0, 0, 0);
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    __m256i singles = _mm256_setzero_si256(), backslash = singles, kept = singles, bare = singles, odd = singles;
    int64_t i = 0;
    for (; i + 40 <= size; i += 32) {
        const uint8_t *at = data + i;
        __m256i p0 = wide(at), p1 = wide(at + 1), p2 = wide(at + 2);
        __m256i upper = both(_mm256_srli_epi16(p0, 4), nibble);
        singles = either(singles, both(_mm256_shuffle_epi8(low, p0), _mm256_shuffle_epi8(high, upper)));
        backslash = either(backslash, is(p0, '\\'));
        kept = either(kept, both(is(p0, '='), is(p1, '"')));
        bare = either(bare, _mm256_andnot_si256(is(p1, '\n'), is(p0, '\r')));
        __m256i e3 = is(p0, 0xE3), kana = both(e3, is(p1, 0x82));
        odd = either(odd, both(kana, either(is(p2, 0x99), is(p2, 0x9A))));
        odd = either(odd, both(both(e3, is(p1, 0x80)), is(p2, 0x87)));
        odd = either(odd, both(both(is(p0, 0xE2), is(p1, 0x80)), is(p2, 0xAE)));
        __m256i word = both(both(kana, is(p2, 0xA2)), is(wide(at + 3), 0xE3));
        odd = either(odd, both(word, both(is(wide(at + 5), 0x83), is(wide(at + 8), 0x88))));
    }
    *done = i;
    uint8_t every[32], any = 0;
    _mm256_storeu_si256((__m256i *)every, singles);
    for (int k = 0; k < 32; k++)
        any |= every[k];
    int slashed = some(backslash);
    /* Of the two that share a bit, a bracket is told by what is left without the other: asked again where both may be. */
    int boxed = (any & (B_ROUND | B_LESS)) || (any & B_SQUARE && (!slashed || memchr(data, '[', (size_t)i) != NULL));
    return (any & B_AMPERSAND ? AMPERSAND : 0) | (any & B_HASH ? HASH : 0) | (any & B_PERCENT ? PERCENT : 0) |
           (any & B_EQUALS ? EQUALS : 0) | (any & B_PLUS ? PLUS : 0) | (boxed ? BOX : 0) | (slashed ? BACKSLASH : 0) |
           (some(odd) ? ODD : 0) | (some(kept) ? KEPT_ZERO : 0) | (some(bare) ? BARE_RETURN : 0);
}

int64_t signs(const uint8_t *data, int64_t size) {
    int64_t done = 0, found = __builtin_cpu_supports("avx2") ? signs_by_wide(data, size, &done) : 0;
    return found | signs_from(data, done, size);
}
#else
int64_t signs(const uint8_t *data, int64_t size) { return signs_from(data, 0, size); }
#endif
