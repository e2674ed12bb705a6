/* What each line of a text can hold, as a mask of bits: what `hold.py` says of each. A line with a character that this
   file knows nothing of (all but ASCII, kana, kanji, marks and arrows) has all bits of shapes. */
#include "column.h"

enum { SLOT_BITS = 15, SLOTS = 1 << SLOT_BITS, KNOWN = 3 };

static const uint64_t DIGIT = 1, SEVERAL = 2, RUN12 = 4, CALLS = 8, SEVEN = 16, SPREAD = 32, DATED = 64, UNPLAIN = 128,
                      MARKED = 256, NUMBER = 512, PARTED = 1024, SAYS = 2048, RULED = 4096, OPEN = 8192,
                      ADDRESSEE = 16384, ALONE = 32768, LEADS = 65536, FILLED = 131072, SHAPES = 262143;

typedef struct {
    const uint32_t *slots;  /* for each hash of three bytes, where its words begin, and where the last end */
    const int32_t *begins;  /* where each word begins in `bytes`, and where the last ends */
    const uint8_t *bytes;
    const uint64_t *bits;   /* of each word */
    const uint64_t *single; /* of words of one byte */
    const uint64_t *firsts; /* of what begins with a byte of ASCII: 1 words of two bytes, 2 longer ones */
    const uint64_t *filled; /* one bit a hash: whether any word has it; first of three bytes, for words shorter than six,
                               then of six */
    const uint8_t *kinds;   /* of each character of three bytes, see below */
    int64_t two, count;     /* words from `two` on are of two bytes */
} Words;

static inline uint32_t slot_of(const uint8_t *at) {
    uint32_t three = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    return three * 0x9E3779B1u >> (32 - SLOT_BITS);
}

/* The same of six bytes, of which eight are there to be read. */
static inline uint32_t slot_of_six(const uint8_t *at) {
    uint64_t six;
    memcpy(&six, at, sizeof six);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    six = __builtin_bswap64(six);
#endif
    return (uint32_t)((six << 16) * 0x9E3779B97F4A7C15u >> (64 - SLOT_BITS));
}

static inline uint64_t marked(const uint64_t *marks, uint32_t slot) { return marks[slot >> 6] >> (slot & 63) & 1; }

static inline int digit(uint8_t c) { return c >= '0' && c <= '9'; }

static inline int is(const uint8_t *at, const uint8_t *end, const char *three) {
    return end - at >= 3 && memcmp(at, three, 3) == 0;
}

/* The bits of the words of two bytes that begin at a place. */
static uint64_t pairs_at(const uint8_t *at, const uint8_t *end, const Words *words) {
    uint64_t bits = 0;
    for (int64_t k = words->two; end - at >= 2 && k < words->count; k++)
        if (memcmp(at, words->bytes + words->begins[k], 2) == 0)
            bits |= words->bits[k];
    return bits;
}

/* The bits of the longer ones. */
static inline uint64_t long_at(const uint8_t *at, const uint8_t *end, const Words *words) {
    if (end - at < KNOWN)
        return 0;
    uint32_t slot = slot_of(at);
    if (end - at >= 8 && !(marked(words->filled, slot) | marked(words->filled + SLOTS / 64, slot_of_six(at))))
        return 0; /* most characters begin some word, few pairs of them do */
    uint64_t bits = 0;
    for (uint32_t k = words->slots[slot]; k < words->slots[slot + 1]; k++) {
        int64_t size = words->begins[k + 1] - words->begins[k];
        const uint8_t *word = words->bytes + words->begins[k];
        if (size <= end - at && at[size - 1] == word[size - 1] && at[0] == word[0] && at[1] == word[1] && at[2] == word[2] &&
            (size == KNOWN || memcmp(at + KNOWN, word + KNOWN, (size_t)size - KNOWN) == 0))
            bits |= words->bits[k];
    }
    return bits;
}

/* Whether three bytes are a character of which all is known here: no digit, no blank. */
static int known(const uint8_t *at) {
    if (at[0] == 0xe2)
        return at[1] >= 0x83 || (at[1] == 0x80 && at[2] >= 0x90 && at[2] <= 0xa7);
    if (at[0] == 0xe3)
        return at[1] != 0x80 || at[2] != 0x80;
    return (at[0] >= 0xe4 && at[0] <= 0xe9) || (at[0] == 0xef && at[1] == 0xbc && at[2] >= 0x80 && at[2] <= 0x8f) ||
           (at[0] == 0xef && at[1] == 0xbc && at[2] >= 0x9a) || (at[0] == 0xef && (at[1] == 0xbd || at[1] == 0xbe));
}

static int letter(const uint8_t *at, const uint8_t *end) { /* ASCII's, kana or kanji */
    if (at == end)
        return 0;
    if ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')
        return 1;
    if (end - at < 3)
        return 0;
    if (at[0] >= 0xe4 && at[0] <= 0xe9) /* but hexagrams, and the end of the block */
        return !(at[0] == 0xe4 && at[1] == 0xb7) && !(at[0] == 0xe9 && at[1] == 0xbf);
    return (at[0] == 0xe3 && at[1] == 0x81 && at[2] >= 0x81) ||
           (at[0] == 0xe3 && at[1] == 0x82 && (at[2] <= 0x96 || at[2] >= 0xa1)) ||
           (at[0] == 0xe3 && at[1] == 0x83 && at[2] <= 0xba);
}

/* After a bracket that opens: whether a sex, a year or an age may follow, or what is said of somebody honoured. */
static int tells(const uint8_t *begin, const uint8_t *at, const uint8_t *end) {
    const uint8_t *before = at > begin && at[-1] == ' ' ? at - 1 : at;
    if (before - begin >= 3)
        for (const char *said = "様氏んま"; *said; said += 3)
            if (memcmp(before - 3, said, 3) == 0)
                return 1;
    const uint8_t *stop = end - at > 13 ? at + 13 : end;
    for (const uint8_t *p = at + 1; p < stop; p++) {
        if (digit(*p) || *p == 'M' || *p == 'T' || *p == 'S' || *p == 'H' || *p == 'R')
            return 1;
        for (const char *era = "明大昭平令"; *era; era += 3)
            if (is(p, end, era))
                return 1;
    }
    return 0;
}

/* Whether a figure may begin a year of a date. */
static int dates(const uint8_t *begin, const uint8_t *at, const uint8_t *end) {
    uint8_t last = at > begin ? at[-1] : 0;
    if (last == 'M' || last == 'T' || last == 'S' || last == 'H' || last == 'R')
        return 1;
    if (at - begin >= 3)
        for (const char *era = "治正和成明大昭平令"; *era; era += 3)
            if (memcmp(at - 3, era, 3) == 0)
                return 1;
    return end - at >= 3 && ((at[0] == '1' && at[1] == '9') || (at[0] == '2' && at[1] == '0')) && digit(at[2]);
}

/* Whether a letter stands before a place, or before the signs there that may stand behind a name: no stop, no bracket. */
static int after_letter(const uint8_t *begin, const uint8_t *at) {
    while (at > begin) {
        if (at[-1] < 0x80 ? at[-1] <= ' ' || at[-1] == ':' || at[-1] == ','
                          : at - begin >= 3 && memcmp(at - 3, "、", 3) == 0)
            at -= at[-1] < 0x80 ? 1 : 3;
        else
            return at[-1] >= 0x80 && !(at - begin >= 3 && memcmp(at - 3, "。", 3) == 0);
    }
    return 0;
}

/* Whether a figure that `dates` begins a date as an item has one: a name, then an era, or four figures and a sign. */
static int dates_item(const uint8_t *begin, const uint8_t *at, const uint8_t *end) {
    if (end - at >= 5 && digit(at[3]) ? !(at[4] == '-' || at[4] == '/' || at[4] == '.' || is(at + 4, end, "年"))
                                      : !(at > begin && (at[-1] >= 0x80 || (at[-1] >= 'A' && at[-1] <= 'Z'))))
        return 0;
    if (at > begin && at[-1] >= 'A' && at[-1] <= 'Z')
        return after_letter(begin, at - 1);
    if (at - begin >= 6)
        for (const char *era = "治正和成"; *era; era += 3)
            if (memcmp(at - 3, era, 3) == 0)
                return after_letter(begin, at - 6);
    return after_letter(begin, at);
}

/* Whether a nought begins a telephone: one to four figures more and a sign between its parts, or nine more. */
static int telephones(const uint8_t *at, const uint8_t *end) {
    int64_t more = 0;
    while (more < 9 && more + 1 < end - at && digit(at[more + 1]))
        more++;
    if (more >= 9)
        return 1;
    uint8_t c = more + 1 < end - at ? at[more + 1] : 0;
    return more >= 1 && more <= 4 && (c == '-' || c == '(' || c == ')' || c == ' ' || c == '.');
}

static int blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Whether what stands before a line's first word could be a rule's. */
static int ruled(const uint8_t *at, const uint8_t *end) {
    return (*at < 0x80 && memchr("-=_*~+#", *at, 7)) || is(at, end, "─") || is(at, end, "━") || *at == 0xef;
}

/* Whether a line ends as one does that names an addressee. */
static int addresses(const uint8_t *begin, const uint8_t *end) {
    while (end > begin && (blank(end[-1]) || end[-1] == '"'))
        end--;
    if (end - begin >= 3)
        for (const char *last = "様ま殿方"; *last; last += 3)
            if (memcmp(end - 3, last, 3) == 0)
                return 1;
    return 0;
}

/* Whether what may be a name, after a number or a mark, is followed by a sign or nothing. */
static int leads(const uint8_t *at, const uint8_t *end) {
    while (at < end) {
        if (*at < 0x80 ? blank(*at) || digit(*at) || memchr(">()[].:*-", *at, 9) != NULL
                       : is(at, end, "（") || is(at, end, "）") || is(at, end, "、") || is(at, end, "・") ||
                             is(at, end, "●") || is(at, end, "○") || is(at, end, "◆") || is(at, end, "■"))
            at += *at < 0x80 ? 1 : 3;
        else
            break;
    }
    int katakana = 1; /* of which a name may have twelve in each of its parts; of other letters no more than eight */
    for (int count = 0; count <= 12; count++, at += 3) {
        if (at == end)
            return count > 0 && count <= 8;
        if (*at < 0x80)
            return count > 0 && count <= 8 && (blank(*at) || *at == ',' || *at == ':' || *at == '(');
        if (end - at < 3)
            return 0;
        uint32_t three = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        if (three == 0xe38081 || three == 0xefbc88) /* 、（ */
            return count > 0 && count <= 8;
        if (three == 0xe383bb) /* ・ */
            return count > 0 && katakana;
        katakana &= three > 0xe382a0 && three < 0xe383bd;
        if (*at < 0xe3 || *at > 0xe9 || (count >= 8 && !katakana))
            return 0;
    }
    return 0;
}

/* Whether a character may stand in a line that is a name and nothing else. */
static int alone(const uint8_t *at) {
    if (*at < 0x80)
        return blank(*at) || digit(*at) || *at == '.' || *at == ')';
    if (at[0] == 0xe3 && at[1] == 0x80)
        return at[2] == 0x81 || (at[2] >= 0x85 && at[2] <= 0x87);
    return at[0] >= 0xe3 && at[0] <= 0xe9;
}

/* `known`, `letter` and `alone`; what says more; what a word of three bytes and more begins with, and one of fewer than
   six, which the words' own table has. PLAIN: a letter of which nothing else is to be told, as most are in running text. */
enum { WHOLE = 1, LETTER = 2, NAMING = 4, SIGN = 8, PLAIN = WHOLE | LETTER | NAMING, BEGINS = 16, SHORT = 32 };

static uint8_t kinds[1 << 16]; /* of each character of three bytes */

static inline uint32_t code_of(const uint8_t *at) {
    return ((uint32_t)(at[0] & 0x0f) << 12) | ((uint32_t)(at[1] & 0x3f) << 6) | (at[2] & 0x3f);
}

static __attribute__((constructor)) void made_kinds(void) {
    for (uint32_t code = 0x800; code < sizeof kinds; code++) {
        const uint8_t at[3] = {(uint8_t)(0xe0 | code >> 12), (uint8_t)(0x80 | (code >> 6 & 0x3f)), (uint8_t)(0x80 | (code & 0x3f))};
        kinds[code] = (uint8_t)((known(at) ? WHOLE : 0) | (letter(at, at + 3) ? LETTER : 0) | (alone(at) ? NAMING : 0));
    }
    for (const char *sign = "歳才男女元…‥：＝"; *sign; sign += 3)
        kinds[code_of((const uint8_t *)sign)] |= SIGN;
}

/* The same into a table of somebody's own. */
void hold_kinds(uint8_t *into) { memcpy(into, kinds, sizeof kinds); }

/* Where letters end of which nothing is to be told, and with which no word begins. */
static inline const uint8_t *behind_plain(const uint8_t *at, const uint8_t *end, const Words *words) {
    const uint64_t *six = words->filled + SLOTS / 64;
    while (end - at >= 8 && (*at & 0xf0) == 0xe0) {
        uint32_t kind = words->kinds[code_of(at)];
        uint32_t begins = kind >> 4 & (uint32_t)marked(six, slot_of_six(at));
        if (((kind & ~(uint32_t)BEGINS) ^ PLAIN) | (begins & 1))
            return at;
        at += 3;
    }
    while (end - at >= 3 && (*at & 0xf0) == 0xe0 && words->kinds[code_of(at)] == PLAIN)
        at += 3;
    return at;
}

/* "元" of a first year after an era. */
static int first_year(const uint8_t *begin, const uint8_t *at) {
    return at > begin && (at[-1] >= 0x80 || (at[-1] >= 'A' && at[-1] <= 'Z'));
}

static uint64_t bits_of(const uint8_t *begin, const uint8_t *end, const Words *words) {
    uint64_t bits = 0;
    int64_t letters = 0, several = 0, figures = 0, run = 0, parts = 0, gap = 9;
    int64_t count = 0, shown = 0; /* characters; those that are no blanks */
    int odd = 0, near_blank = 0, lonely = 1;
    const uint8_t *said = NULL, *first = NULL; /* the last character that is no blank; the first */
    for (const uint8_t *at = begin; at < end;) {
        uint8_t c = *at;
        count++;
        if (c < 0x80) {
            bits |= words->single[c];
            if (words->firsts[c])
                bits |= pairs_at(at, end, words) | long_at(at, end, words);
            int number = digit(c);
            if (number) {
                int dated = dates(begin, at, end);
                bits |= DIGIT | (dated ? DATED : 0);
                several += dated && figures == 0 && dates_item(begin, at, end);
                figures++;
                several += figures == 10;
                parts = gap <= 2 ? parts + 1 : 1;
                gap = 0;
                if (c == '0' && end - at >= 2 && digit(at[1])) {
                    bits |= telephones(at, end) ? SAYS : 0;
                    if (at > begin && (at[-1] == ' ' || at[-1] == '('))
                        bits |= CALLS;
                }
            } else {
                figures = 0;
                gap += c == '-' || c == ' ' || c == '(' || c == ')' ? 1 : 9;
            }
            run = number || c == '-' || c == ' ' ? run + 1 : 0;
            bits |= (figures >= 7 ? SEVEN : 0) | (run >= 12 ? RUN12 : 0) | (parts >= 6 ? NUMBER : 0);
            if (c == '-' && end - at >= 2 && digit(at[1])) {
                bits |= SAYS;
                several += at > begin && digit(at[-1]);
            } else if (c == '(') {
                several++;
                bits |= tells(begin, at, end) ? SAYS : 0;
            } else if (c == ')') {
                if (said && (digit(*said) || is(said, end, "日")))
                    bits |= SAYS;
            } else if (c == '@') {
                several++;
            } else if (c == ' ') {
                bits |= PARTED;
                const uint8_t *next = at + 1 < end ? at + 1 + (at[1] < 0x80 ? 1 : at[1] < 0xe0 ? 2 : at[1] < 0xf0 ? 3 : 4) : end;
                if (next < end && *next == ' ')
                    bits |= SPREAD;
                if (at - begin < 60)
                    near_blank = 1;
            } else if (c < 0x20 && c != '\t' && c != '\r') {
                odd = 1;
            } else if (c == '\t' || c == '\r' || c == 0x7f) {
                bits |= PARTED | UNPLAIN;
            } else if (c == ':' || c == '=' || (c == '.' && end - at >= 3 && at[1] == '.' && at[2] == '.')) {
                bits |= UNPLAIN;
            }
            lonely = lonely && alone(at);
            letters += c > ' ' && c != '[' && c != ']' && c != '<' && c != '>';
            if (!blank(c)) {
                said = at;
                first = first ? first : at;
                shown++;
            }
            at++;
            continue;
        }
        figures = run = 0;
        gap = 9;
        uint32_t kind = c >= 0xe0 && c < 0xf0 && end - at >= 3 ? words->kinds[code_of(at)] : 0;
        const uint8_t *next = kind ? behind_plain(at, end, words) : at;
        if (next > at) {
            int64_t more = (next - at) / 3;
            count += more - 1;
            letters += more;
            shown += more;
            first = first ? first : at;
            said = next - 3;
            at = next;
            continue;
        }
        if (!(kind & WHOLE)) {
            odd = 1;
            bits |= pairs_at(at, end, words) | long_at(at, end, words);
            at++;
            while (at < end && (*at & 0xc0) == 0x80)
                at++;
            continue;
        }
        if (kind & BEGINS)
            bits |= long_at(at, end, words);
        switch (kind & SIGN ? (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2] : 0) {
        case 0xe6adb3: /* 歳 */
        case 0xe6898d: /* 才 */
            several += at > begin && digit(at[-1]);
            break;
        case 0xe794b7: /* 男 */
        case 0xe5a5b3: /* 女 */
            several++;
            break;
        case 0xe58583: /* 元 */
            several += first_year(begin, at);
            bits |= first_year(begin, at) ? DATED : 0;
            break;
        case 0xe280a6: /* … */
        case 0xe280a5: /* ‥ */
        case 0xefbc9a: /* ： */
        case 0xefbc9d: /* ＝ */
            bits |= UNPLAIN;
            break;
        }
        lonely &= (kind & NAMING) != 0;
        letters += (kind & LETTER) != 0;
        said = at;
        first = first ? first : at;
        shown++;
        at += 3;
    }
    bits |= several >= 3 ? SEVERAL : 0;
    if (!letter(begin, end))
        bits |= MARKED | UNPLAIN;
    if (letters <= 20 || near_blank)
        bits |= UNPLAIN;
    if (count >= 18 && !(memcmp(end - 3, "。", 3) == 0 || memcmp(end - 3, "」", 3) == 0))
        bits |= OPEN;
    if (first)
        bits |= FILLED | (ruled(first, end) ? RULED : 0) | (addresses(begin, end) ? ADDRESSEE : 0) |
                (lonely && shown <= 39 ? ALONE : 0) | (leads(first, end) ? LEADS : 0);
    return odd ? bits | SHAPES : bits;
}

/* A mask for each line into `masks`, which has room for `room`; how many lines there are, `room` + 1 for any more. Into
   `any` whatever is set in one of them. */
int64_t lines_hold(const uint8_t *data, int64_t size, const uint32_t *slots, const int32_t *begins,
                   const uint8_t *bytes, const uint64_t *word_bits, const uint64_t *single, const uint64_t *firsts,
                   const uint64_t *filled, const uint8_t *own_kinds, int64_t two, int64_t count, uint64_t *masks, int64_t room,
                   uint64_t *any) {
    Words words = {slots, begins, bytes, word_bits, single, firsts, filled, own_kinds, two, count};
    const uint8_t *at = data, *end = data + size;
    int64_t lines = 0;
    *any = 0;
    for (; lines < room; lines++) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        masks[lines] = bits_of(at, stop ? stop : end, &words);
        *any |= masks[lines];
        if (!stop)
            return lines + 1;
        at = stop + 1;
    }
    return lines + 1;
}
