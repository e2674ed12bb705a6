/* Whether a text in UTF-8 stands as it will be read: nothing in it has to be undone, folded, unpacked, turned or cut into
   cells first. What is not known here to be so is not calm. */
#include "column.h"

enum { BLANK = 1, SIGN = 2, SMALL = 4, FIGURE = 8, MARK = 16 }; /* of ASCII; SMALL: letters; MARK: what else there may be */
enum { LONGEST = 24, FOLDED = 32, PAIRED = 1 }; /* signs of packed bytes in a row; in lines; lines with a pair of blanks */

static uint8_t wide[1 << 16], narrow[128]; /* of three bytes: 1, where nothing has to be done with it by itself */

static inline uint32_t code_of(const uint8_t *at) {
    return ((uint32_t)(at[0] & 0x0f) << 12) | ((uint32_t)(at[1] & 0x3f) << 6) | (at[2] & 0x3f);
}

static void among(uint32_t low, uint32_t high) {
    while (low <= high)
        wide[low++] = 1;
}

static __attribute__((constructor)) void made_tables(void) {
    among(0x3001, 0x3002); /* comma, stop */
    among(0x3005, 0x3006);
    among(0x3008, 0x3012); /* brackets, the postal mark */
    among(0x3041, 0x3096);
    among(0x30A1, 0x30FC); /* with the dot between words and the long vowel's bar */
    among(0x4E00, 0x9FBF);
    for (int c = '0'; c <= '9'; c++)
        narrow[c] = SIGN | FIGURE;
    for (int c = 'a'; c <= 'z'; c++)
        narrow[c] = narrow[c - 'a' + 'A'] = SIGN | SMALL;
    narrow[' '] = BLANK;
    narrow['-'] = narrow['/'] = SIGN;
    for (const char *mark = ".:,"; *mark; mark++)
        narrow[(uint8_t)*mark] = MARK;
}

static inline int whole(const uint8_t *at, const uint8_t *end) {
    return end - at >= 3 && (at[0] & 0xf0) == 0xe0 && (at[1] & 0xc0) == 0x80 && (at[2] & 0xc0) == 0x80;
}

static inline int is(const uint8_t *at, const uint8_t *end, const char *three) {
    return end - at >= 3 && memcmp(at, three, 3) == 0;
}

static int figure(const uint8_t *at) { return *at < 0x80 && narrow[*at] & FIGURE; }

/* Whether two characters may be written for others: "at" in kana, what a label is backwards. */
static int means(const uint8_t *at, const uint8_t *end) {
    const uint8_t *next = at + 3;
    return (is(at, end, "ア") && is(next, end, "ッ")) || (is(at, end, "名") && is(next, end, "氏")) ||
           (is(at, end, "話") && is(next, end, "電")) || (is(at, end, "日") && is(next, end, "月")) ||
           (is(at, end, "号") && is(next, end, "番")) || (is(at, end, "ナ") && is(next, end, "ガ"));
}

/* A step over characters of three bytes, `*at` the first of them; 0 where one is not calm. */
static int by_one(const uint8_t **at, const uint8_t *end) {
    while (*at < end && **at >= 0x80) {
        if (!whole(*at, end) || !wide[code_of(*at)] || means(*at, end))
            return 0;
        *at += 3;
    }
    return 1;
}

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define WIDE __attribute__((target("sse4.1"), always_inline)) static inline

WIDE __m128i between(__m128i bytes, int low, int high) {
    return _mm_cmpeq_epi8(_mm_min_epu8(_mm_max_epu8(bytes, _mm_set1_epi8((char)low)), _mm_set1_epi8((char)high)), bytes);
}
WIDE __m128i same(__m128i bytes, int byte) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)byte)); }
WIDE __m128i three(__m128i a, __m128i b, __m128i c) { return _mm_or_si128(_mm_or_si128(a, b), c); }

typedef struct {
    __m128i lead, middle, last; /* of sixteen characters of three bytes */
} Sixteen;

WIDE __m128i gathered(__m128i a, __m128i b, __m128i c, int first) {
    static const int8_t from[3][3][16] = {
        {{0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13}},
        {{1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14}},
        {{2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1},
         {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15}}};
    const __m128i *places = (const __m128i *)from[first];
    return three(_mm_shuffle_epi8(a, _mm_loadu_si128(places)), _mm_shuffle_epi8(b, _mm_loadu_si128(places + 1)),
                 _mm_shuffle_epi8(c, _mm_loadu_si128(places + 2)));
}

WIDE Sixteen sixteen_at(const uint8_t *at) {
    __m128i a = _mm_loadu_si128((const __m128i *)at), b = _mm_loadu_si128((const __m128i *)(at + 16)),
            c = _mm_loadu_si128((const __m128i *)(at + 32));
    Sixteen s = {gathered(a, b, c, 0), gathered(a, b, c, 1), gathered(a, b, c, 2)};
    return s;
}

/* A bit for each character that `wide` has, as far as that is told here. */
WIDE uint32_t may_pass(Sixteen s) {
    __m128i kana = three(_mm_and_si128(same(s.middle, 0x81), between(s.last, 0x81, 0xbf)),
                         _mm_and_si128(same(s.middle, 0x82), _mm_or_si128(between(s.last, 0x80, 0x96), between(s.last, 0xa1, 0xbf))),
                         _mm_and_si128(same(s.middle, 0x83), between(s.last, 0x80, 0xbc)));
    __m128i marks = _mm_and_si128(same(s.middle, 0x80), _mm_or_si128(between(s.last, 0x81, 0x82), between(s.last, 0x88, 0x92)));
    __m128i kanji = _mm_and_si128(between(s.last, 0x80, 0xbf),
                                  three(_mm_and_si128(between(s.lead, 0xe5, 0xe8), between(s.middle, 0x80, 0xbf)),
                                        _mm_and_si128(same(s.lead, 0xe4), between(s.middle, 0xb8, 0xbf)),
                                        _mm_and_si128(same(s.lead, 0xe9), between(s.middle, 0x80, 0xbe))));
    __m128i japanese = _mm_and_si128(same(s.lead, 0xe3), _mm_or_si128(kana, marks));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(kanji, japanese));
}

WIDE __m128i is_one(Sixteen s, const char *letter) {
    return _mm_and_si128(_mm_and_si128(same(s.lead, letter[0]), same(s.middle, letter[1])), same(s.last, letter[2]));
}

/* Those of which `means` may say something. */
WIDE uint32_t may_mean(Sixteen s) {
    __m128i some = three(is_one(s, "ア"), is_one(s, "名"), is_one(s, "話"));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(some, three(is_one(s, "日"), is_one(s, "号"), is_one(s, "ナ"))));
}

/* The same, sixteen at once as far as that goes. */
__attribute__((target("sse4.1"))) static int by_sixteen(const uint8_t **place, const uint8_t *end) {
    const uint8_t *at = *place;
    while (end - at >= 48 && *at >= 0x80) {
        Sixteen s = sixteen_at(at);
        uint32_t others = ~may_pass(s) & 0xffff, count = others ? (uint32_t)__builtin_ctz(others) : 16;
        for (uint32_t asked = may_mean(s) & ((1u << count) - 1); asked; asked &= asked - 1)
            if (means(at + 3 * __builtin_ctz(asked), end))
                return 0;
        at += 3 * count;
        if (count < 16 && *at >= 0x80 && !(whole(at, end) && wide[code_of(at)] && !means(at, end)))
            return 0;
        at += count < 16 && *at >= 0x80 ? 3 : 0;
    }
    *place = at;
    return by_one(place, end);
}

static int passed(const uint8_t **at, const uint8_t *end, int quick) {
    return quick ? by_sixteen(at, end) : by_one(at, end);
}
static int is_quick(void) { return __builtin_cpu_supports("sse4.1") != 0; }
#else
static int passed(const uint8_t **at, const uint8_t *end, int quick) { return quick ? 0 : by_one(at, end); }
static int is_quick(void) { return 0; }
#endif

/* The longest runs of signs as packed bytes have them, line by line, as look.c has them. */
typedef struct {
    int64_t run, most, width, signs, folded;
    int small, letters;
} Runs;

static inline void stopped(Runs *r) {
    if (r->run > r->most) {
        r->most = r->run;
        r->letters = r->small;
    }
    r->run = 0;
    r->small = 0;
}

static inline void ends(Runs *r) {
    if (!r->most)
        return;
    int below = r->most == r->width;
    r->signs = (below ? r->signs : 0) + (r->letters ? r->most : 0);
    r->folded = below && r->signs > r->folded ? r->signs : r->folded;
    r->width = r->most;
    r->most = 0;
}

/* How many lines there are, where all of it is calm; else 0. */
static int64_t calm_lines(const uint8_t *data, int64_t size, int quick) {
    const uint8_t *at = data, *end = data + size;
    Runs runs = {0};
    int64_t lines = 1, paired = 0, counted = 0; /* `counted`: the line that was found last to have a pair of blanks */
    while (at < end) {
        if (*at >= 0x80) {
            stopped(&runs);
            if (at > data && figure(at - 1) && is(at, end, "ー") && end - at > 3 && figure(at + 3))
                return 0; /* a bar, for a dash */
            if (!passed(&at, end, quick))
                return 0;
            continue;
        }
        uint8_t c = *at, kind = narrow[c];
        if (kind & SIGN) {
            if (c == '-' && end - at >= 4 && at[1] == '0' && at[2] >= '7' && at[2] <= '9' && at[3] == '0')
                return 0; /* a telephone, from its end */
            runs.run++;
            runs.small |= kind & SMALL;
            if (runs.run >= LONGEST)
                return 0;
        } else {
            stopped(&runs);
            if (c == '\n') {
                lines++;
                ends(&runs);
                if (runs.folded >= FOLDED)
                    return 0;
            } else if (kind & BLANK) {
                if (at - data >= 5 && memcmp(at - 5, "begin", 5) == 0)
                    return 0; /* as an encoded file does */
                if (end - at >= 2 && at[1] == ' ' && counted != lines) {
                    counted = lines;
                    if (++paired > PAIRED)
                        return 0;
                }
            } else if (!(kind & MARK))
                return 0;
        }
        at++;
    }
    stopped(&runs);
    ends(&runs);
    return runs.folded >= FOLDED ? 0 : lines;
}

int64_t calm(const uint8_t *data, int64_t size) { return calm_lines(data, size, is_quick()); }

/* The same where a processor cannot look at sixteen characters at once. */
int64_t calm_by_one(const uint8_t *data, int64_t size) { return calm_lines(data, size, 0); }

/* Where each of so many lines begins, and what would be the next. */
void line_starts(const uint8_t *data, int64_t size, int64_t lines, int64_t *starts) {
    const uint8_t *at = data, *end = data + size;
    for (int64_t i = 0; i < lines; i++) {
        starts[i] = at - data;
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        at = stop ? stop + 1 : end + 1;
    }
    starts[lines] = at - data;
}
