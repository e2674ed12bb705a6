/* Cells that may say something of people in words, told before a regular expression looks at them; and a few cells of a
   column, spread over it. */
#include "column.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LINE = 1, FIGURE = 2, SIGN = 4, LETTER = 8 };

/* What a byte may be or begin: a line's end, a figure of any script or @, a sign before a word, a letter looked for. */
static void marks(uint8_t of[256]) {
    memset(of, 0, 256);
    for (int c = '0'; c <= '9'; c++)
        of[c] = FIGURE;
    of['@'] = FIGURE;
    of[0xD9] = of[0xDB] = of[0xDF] = of[0xE0] = of[0xE1] = of[0xEA] = FIGURE;
    for (int c = 0xF0; c < 256; c++)
        of[c] = FIGURE;
    of[0xEF] = FIGURE | LETTER;
    of['\n'] = LINE;
    for (int c = '\t'; c <= '\r'; c++)
        of[c] |= SIGN;
    of[' '] = of['('] = of[':'] = SIGN;
    of[0xC2] = of[0xE2] = LETTER;
    of[0xE1] |= LETTER;
    of[0xE3] = of[0xE6] = LETTER;
}

static inline int is(const uint8_t *at, uint8_t a, uint8_t b, uint8_t c) { return at[0] == a && at[1] == b && at[2] == c; }

/* Whether a colon stands in a cell, an honorific, or one of `kin` (three bytes each) behind a blank or a bracket. */
static int speaks(Cell c, const uint8_t *kin, int64_t count) {
    int blank = 0;
    for (int64_t k = 0; k < c.size;) {
        const uint8_t *at = c.at + k;
        if (*at < 0x80) {
            if (*at == ':')
                return 1;
            blank = *at == ' ' || *at == '(' || (*at >= '\t' && *at <= '\r');
            k++;
            continue;
        }
        int64_t step = *at >= 0xF0 ? 4 : *at >= 0xE0 ? 3 : 2;
        if (step != 3 || c.size - k < 3) {
            blank = *at == 0xC2; /* U+0085, U+00A0 */
            k += step;
            continue;
        }
        if (is(at, 0xEF, 0xBC, 0x9A) || is(at, 0xE6, 0xA7, 0x98) || is(at, 0xE6, 0xB0, 0x8F) ||
            (is(at, 0xE3, 0x81, 0x95) && c.size - k >= 6 && is(at + 3, 0xE3, 0x82, 0x93)))
            return 1; /* ： 様 氏 さん */
        for (int64_t i = 0; blank && i < count; i++)
            if (memcmp(at, kin + 3 * i, 3) == 0)
                return 1;
        blank = *at == 0xE1 || *at == 0xE2 || is(at, 0xE3, 0x80, 0x80) || is(at, 0xEF, 0xBC, 0x88);
        k += 3;
    }
    return 0;
}

#ifdef __SSE2__

#define SAME(sign) _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)(sign)))
#define EITHER(a, b) _mm_or_si128(a, b)

/* What sixteen bytes hold, as `marks` tells it of each of them. Letters are all that is no ASCII. */
static inline int held_in(__m128i bytes) {
    const __m128i above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8((char)0xEE)), ascii = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(-1));
    const __m128i zero = _mm_add_epi8(bytes, _mm_set1_epi8(-128 - '0')), tab = _mm_add_epi8(bytes, _mm_set1_epi8(-128 - '\t'));
    __m128i figure = EITHER(_mm_cmplt_epi8(zero, _mm_set1_epi8(-118)), SAME('@')); /* ten of them */
    __m128i sign = EITHER(_mm_cmplt_epi8(tab, _mm_set1_epi8(-123)), SAME(' '));    /* five: to the carriage return */
    figure = EITHER(figure, _mm_andnot_si128(ascii, above));
    figure = EITHER(figure, EITHER(EITHER(SAME(0xD9), SAME(0xDB)), EITHER(SAME(0xDF), SAME(0xEA))));
    figure = EITHER(figure, EITHER(SAME(0xE0), SAME(0xE1)));
    sign = EITHER(sign, EITHER(SAME('('), SAME(':')));
    return (_mm_movemask_epi8(SAME('\n')) ? LINE : 0) | (_mm_movemask_epi8(figure) ? FIGURE : 0) |
           (_mm_movemask_epi8(sign) ? SIGN : 0) | (_mm_movemask_epi8(bytes) ? LETTER : 0);
}

/* The same of a cell. One of up to twelve bytes stands in the view itself, zeros after it. */
static inline int seen_in(const View *view, Cell c, const uint8_t *of) {
    (void)of;
    if (c.size <= 12)
        return c.size ? held_in(_mm_srli_si128(_mm_loadu_si128((const __m128i *)view), 4)) : 0;
    uint8_t rest[16] = {0};
    int seen = 0;
    for (int64_t k = 0; k + 16 <= c.size; k += 16)
        seen |= held_in(_mm_loadu_si128((const __m128i *)(c.at + k)));
    if (c.size >= 16)
        return seen | held_in(_mm_loadu_si128((const __m128i *)(c.at + c.size - 16)));
    memcpy(rest, c.at, (size_t)c.size);
    return held_in(_mm_loadu_si128((const __m128i *)rest));
}

#else

static inline int seen_in(const View *view, Cell c, const uint8_t *of) {
    int seen = 0;
    (void)view;
    for (int64_t k = 0; k < c.size; k++)
        seen |= of[c.at[k]];
    return seen;
}

#endif

/* 1 in `may` where a cell may be such; how many may. */
int64_t may_tell(struct ArrowArrayStream *stream, int64_t rows, const uint8_t *kin, int64_t count, uint8_t *may) {
    Column column;
    uint8_t of[256];
    int64_t found = 0;
    if (column_open(stream, &column))
        return ERROR;
    if (column.size != rows)
        found = ERROR;
    marks(of);
    for (int64_t i = 0; i < rows && found >= 0; i++) {
        Cell c = cell(&column, i);
        int seen = seen_in(column.views + i, c, of);
        may[i] = seen & LINE || (seen & FIGURE && seen & (SIGN | LETTER) && speaks(c, kin, count));
        found += may[i];
    }
    column_close(&column);
    return found;
}

/* Which of the 64 cells from `i` on are held, a bit each. */
static inline uint64_t held_of(const Column *c, int64_t i) {
    int64_t at = i + c->array.offset, past = at & 7;
    uint64_t bits = ~0ull;
    if (c->valid == NULL)
        return bits;
    memcpy(&bits, c->valid + (at >> 3), sizeof bits);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bits = __builtin_bswap64(bits);
#endif
    return past ? bits >> past | (uint64_t)c->valid[(at >> 3) + 8] << (64 - past) : bits;
}

/* How many of the cells from `begin` to `end` are held. */
static int64_t held_between(const Column *c, int64_t begin, int64_t end) {
    int64_t held = 0;
    for (; begin + 64 <= end; begin += 64)
        held += __builtin_popcountll(held_of(c, begin));
    for (; begin < end; begin++)
        held += cell_held(c, begin);
    return held;
}

/* Up to `most` cells that are not null, spread over a column below its first `start`: their text into `out`, which has
   `room` bytes, and where each ends. How many they are; ERROR where they take more room. */
int64_t sampled(struct ArrowArrayStream *stream, int64_t rows, int64_t start, int64_t most, uint8_t *out, int64_t room,
                int64_t *ends) {
    Column column;
    int64_t taken = 0, used = 0, seen = 0, wanted = 1;
    if (column_open(stream, &column))
        return ERROR;
    if (column.size != rows || start < 0 || most < 1)
        taken = ERROR;
    int64_t held = taken == 0 ? held_between(&column, start < rows ? start : rows, rows) : 0;
    int64_t step = held > most ? held / most : 1;
    for (int64_t i = start; i < rows && taken >= 0 && taken < most;) {
        int64_t many = i + 64 <= rows ? __builtin_popcountll(held_of(&column, i)) : 64;
        if (seen + many < wanted) { /* the next one is further on */
            seen += many;
            i += 64;
            continue;
        }
        int own = cell_held(&column, i++); /* counted, not asked: where nulls are nobody foresees */
        seen += own;
        if (seen != wanted || !own)
            continue;
        Cell c = cell(&column, i - 1);
        wanted += step;
        if (c.size > room - used) {
            taken = ERROR;
            break;
        }
        memcpy(out + used, c.at, (size_t)c.size);
        used += c.size;
        ends[taken++] = used;
    }
    column_close(&column);
    return taken;
}

/* The bytes of the longest cell of each column into `out`. */
int64_t longest(struct ArrowArrayStream **streams, int64_t width, int64_t rows, int32_t *out) {
    for (int64_t k = 0; k < width; k++) {
        Column column;
        if (column_open(streams[k], &column))
            return ERROR;
        int same = column.size == rows;
        out[k] = 0;
        for (int64_t i = 0; same && i < rows; i++)
            if (column.views[i].size > out[k] && cell_held(&column, i))
                out[k] = column.views[i].size;
        column_close(&column);
        if (!same)
            return ERROR;
    }
    return 0;
}
