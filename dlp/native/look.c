/* What stands in a text, told in one pass over its UTF-16: what has to be undone or folded, and whether it may be a table
   or packed. `kinds` has what each unit may be; what is told of a text is never less than there is. */
#include "column.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FOLDED = 1, PACKED = 2, SHOWN = 4, BLANK = 8, SIGN = 16, FIGURE = 32, LETTER = 64, MARK = 128 };
enum { WRITTEN_ODDLY = 1, PLUS = 2, BAR = 4, QUOTE = 8, OTHER_ENDS = 16, RETURN = 32, TURNED = 64, PRINTED = 128 };
enum { SIGNS, LONGEST, BLANKS, LINES, PARTING, FOLDS, SPANS, LOW, HIGH, TALLEST, TOLD };
enum { WIDE = 40 }; /* signs from which lines of nothing else below each other are a run, and no pieces */

typedef struct {
    const uint16_t *text;
    int64_t size;
    const uint8_t *kinds;
} Units;

static inline uint32_t unit(const Units *u, int64_t i) { return i >= 0 && i < u->size ? u->text[i] : 0; }

/* Whether a unit may be the second of two hex digits of a byte that is no ASCII. */
static inline int high(uint32_t c) { return c == '8' || c == '9' || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

/* Whether two hex digits are those of %, &, a backslash or an escape. */
static inline int begins_again(uint32_t a, uint32_t b) {
    return (a == '2' && (b == '5' || b == '6')) || ((a == '5') && (b == 'C' || b == 'c')) || (a == '1' && (b == 'B' || b == 'b'));
}

static inline uint32_t sign(const Units *u, int64_t i, int64_t parting[4]) {
    uint32_t next = unit(u, i + 1);
    switch (u->text[i]) {
    case ',':
        parting[0]++;
        return 0;
    case '\t':
        parting[1]++;
        return 0;
    case ';':
        parting[2]++;
        return 0;
    case '|':
        parting[3]++;
        return 0;
    case '"':
        return QUOTE | PRINTED;
    case '\'':
    case '#':
    case '{':
        return PRINTED;
    case '\r':
        return RETURN;
    case '+':
        return PLUS;
    case '%': /* %E4, or %u4F50; %25E4, %26%23 and %5Cu of what was written so before; %1B of ISO-2022-JP */
        return high(next) || next == 'u' || begins_again(next, unit(u, i + 2)) ? WRITTEN_ODDLY : 0;
    case '=':
        return PRINTED | (high(next) || (next == '1' && unit(u, i + 2) == 'B') ? WRITTEN_ODDLY : 0);
    case '[':
    case '(': /* Map(, map[ */
        return (next == 'a' || next == 'A' ? WRITTEN_ODDLY : 0) | (unit(u, i - 1) == 'p' ? PRINTED : 0);
    case '<':
        return next == 'a' || next == 'A' ? WRITTEN_ODDLY : 0;
    case 0x30A2: /* アッ */
        return next == 0x30C3 ? WRITTEN_ODDLY : 0;
    case 0x30FC: /* ー */
        return u->kinds[unit(u, i - 1)] & FIGURE && u->kinds[next] & FIGURE ? BAR : 0;
    case '-': /* -0[789]0, as a telephone of any pocket begins, or ends that is written backwards */
        return next == '0' && unit(u, i + 2) >= '7' && unit(u, i + 2) <= '9' && unit(u, i + 3) == '0' ? TURNED : 0;
    case 0x540D: /* 名氏, and so on: labels as they read backwards */
        return next == 0x6C0F ? TURNED : 0;
    case 0x8A71:
        return next == 0x96FB ? TURNED : 0;
    case 0x65E5:
        return next == 0x6708 ? TURNED : 0;
    case 0x53F7:
        return next == 0x756A ? TURNED : 0;
    case 0x30CA:
        return next == 0x30AC ? TURNED : 0;
    case '&':
    case '\\':
    case 0x3007: /* 〇 */
    case 0x3099:
    case 0x309A:
        return WRITTEN_ODDLY;
    case 0x202E:
        return WRITTEN_ODDLY;
    default: /* the other signs there are end a line */
        return OTHER_ENDS;
    }
}

/* Whether four units are letters of which nothing is to be told. */
static inline int plain(const uint16_t *text, const uint8_t *kinds) {
    return (kinds[text[0]] | kinds[text[1]] | kinds[text[2]] | kinds[text[3]]) == SHOWN &&
           (kinds[text[0]] & kinds[text[1]] & kinds[text[2]] & kinds[text[3]]) == SHOWN;
}

/* Whether eight units are letters and figures of packed bytes, of which nothing else is to be told; 0 where that is not
   seen at once. `alpha`: whether a letter is among them. */
static inline int packed(const uint16_t *text, int *alpha) {
#ifdef __SSE2__
    __m128i units = _mm_loadu_si128((const __m128i *)text);
    __m128i letters = _mm_sub_epi16(_mm_or_si128(units, _mm_set1_epi16(0x20)), _mm_set1_epi16('a'));
    __m128i figures = _mm_sub_epi16(units, _mm_set1_epi16('/'));
    letters = _mm_subs_epu16(letters, _mm_set1_epi16('z' - 'a'));
    figures = _mm_subs_epu16(figures, _mm_set1_epi16('9' - '/'));
    __m128i none = _mm_setzero_si128();
    letters = _mm_cmpeq_epi16(letters, none);
    __m128i either = _mm_or_si128(letters, _mm_cmpeq_epi16(figures, none));
    *alpha = _mm_movemask_epi8(letters) != 0;
    return _mm_movemask_epi8(either) == 0xFFFF;
#else
    (void)text;
    (void)alpha;
    return 0;
#endif
}

/* The longest runs of signs of packed bytes, line by line. */
typedef struct {
    int64_t run, most, width, signs, folded; /* this one; of its line; of the lines above; together; at most */
    int alpha, letters;                      /* whether a letter is in this run; in the line's longest */
    int gap, loose;                          /* whether a line without signs is above; lines that are no run */
} Runs;

/* A run ends. */
static inline void stopped(Runs *r) {
    if (r->run > r->most) {
        r->most = r->run;
        r->letters = r->alpha;
    }
    r->run = r->alpha = 0;
}

/* A line of `size` units ends, the sign before its end not counted. */
static inline void ends(Runs *r, int64_t size) {
    if (!r->most) {
        r->gap = 1;
        return;
    }
    int below = r->most == r->width;
    r->loose = (below && (r->loose || r->gap)) || r->most < WIDE || r->most != size;
    r->signs = (below ? r->signs : 0) + (r->letters ? r->most : 0);
    r->folded = below && r->loose && r->signs > r->folded ? r->signs : r->folded;
    r->gap = 0;
    r->width = r->most;
    r->most = 0;
}

/* Into `told` what the second list above names: the longest run of signs of packed bytes, pairs of blanks, lines that
   are not blank, how often the commonest sign that parts cells stands there, stretches to fold. These go to `spans`,
   begin and end of each, the first `room` of them. Last which marks of ASCII stand there, a bit each, and of how many lines
   the longest paragraph is. */
void look(const uint16_t *text, int64_t size, const uint8_t *kinds, int64_t *told, int32_t *spans, int64_t room) {
    Units u = {text, size, kinds};
    Runs runs = {0};
    int64_t parting[4] = {0}, longest = 0, line = 0, blanks = 0, lines = 0, count = 0, folded = -1;
    int64_t tall = 0, tallest = 0;
    uint32_t signs = 0, shown = 0, before = 0;
    uint64_t marks[2] = {0, 0}; /* of ASCII; letters, figures and signs of packed bytes may be left out */
    for (int64_t i = 0; i < size; i++) {
        while (i + 4 <= size && plain(text + i, kinds)) { /* most of Japanese text is */
            shown = before = SHOWN;
            i += 4;
            if (runs.run)
                stopped(&runs);
        }
        for (int alpha; i + 8 <= size && packed(text + i, &alpha); i += 8) { /* as most of a file in base64 is */
            shown = before = SHOWN;
            runs.run += 8;
            runs.alpha |= alpha;
        }
        if (i == size)
            break;
        uint32_t c = text[i], kind = kinds[c];
        if (kind & PACKED) {
            runs.run++;
            runs.alpha |= kind & LETTER;
        } else if (runs.run)
            stopped(&runs);
        blanks += (kind & before & BLANK) != 0;
        shown |= kind & SHOWN;
        before = kind;
        if (c == '\n') {
            lines += shown != 0;
            shown = 0;
            longest = runs.most > longest ? runs.most : longest;
            ends(&runs, i - line - (i > line && text[i - 1] == '\r'));
            tall = i > line ? tall + 1 : 0;
            tallest = tall > tallest ? tall : tallest;
            line = i + 1;
        }
        if (kind & FOLDED) {
            if (folded != i && count++ < room)
                spans[2 * count - 2] = (int32_t)i;
            folded = i + 1;
            if (count <= room)
                spans[2 * count - 1] = (int32_t)folded;
        }
        if (kind & MARK)
            marks[c >> 6 & 1] |= (uint64_t)1 << (c & 63);
        if (kind & SIGN)
            signs |= sign(&u, i, parting);
    }
    stopped(&runs);
    longest = runs.most > longest ? runs.most : longest;
    ends(&runs, size - line - (size > line && text[size - 1] == '\r'));
    told[SIGNS] = signs;
    told[FOLDS] = runs.folded;
    told[LONGEST] = longest;
    told[BLANKS] = blanks;
    told[LINES] = lines + (shown != 0);
    told[PARTING] = 0;
    for (int k = 0; k < 4; k++)
        told[PARTING] = parting[k] > told[PARTING] ? parting[k] : told[PARTING];
    told[SPANS] = count;
    told[LOW] = (int64_t)marks[0];
    told[HIGH] = (int64_t)marks[1];
    told[TALLEST] = size > line && tall == tallest ? tall + 1 : tallest;
}
