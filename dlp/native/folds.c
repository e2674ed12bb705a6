/* Lines that hold pieces of one length of something packed, few signs each or with other signs about them (indented,
   quoted, in a list of a program): what `dlp/extract/plain/folds.py` finds by expressions. */
#include "column.h"

enum { NARROW = 4, WIDE = 40, LEAST = 32 };
enum { NONE, FIGURE, LETTER };

static uint8_t kinds[256];

static __attribute__((constructor)) void made_kinds(void) {
    for (int k = 0; k < 26; k++)
        kinds['A' + k] = kinds['a' + k] = LETTER;
    for (int k = '0'; k <= '9'; k++)
        kinds[k] = FIGURE;
    kinds['+'] = kinds['/'] = kinds['-'] = kinds['_'] = FIGURE;
}

/* Signs of the longest run of a line; `letters`: whether a letter is among them. */
static int64_t longest(const uint8_t *at, const uint8_t *stop, int *letters) {
    int64_t most = 0;
    while (at < stop) {
        const uint8_t *begin = at;
        int seen = NONE;
        for (; at < stop && kinds[*at]; at++)
            seen |= kinds[*at];
        if (at - begin > most) {
            most = at - begin;
            *letters = (seen & LETTER) != 0;
        }
        while (at < stop && !kinds[*at])
            at++;
    }
    return most;
}

typedef struct {
    const uint8_t *begin, *after;
    int64_t width, signs, lines;
    int loose; /* whether its lines are no run, as `runs.c` finds them */
} Stretch;

static int64_t kept(const Stretch *s, const uint8_t *data, int64_t *out, int64_t count) {
    if (s->lines < 2 || s->signs < LEAST || !s->loose)
        return count;
    out[2 * count] = s->begin - data;
    out[2 * count + 1] = s->after - data;
    return count + 1;
}

/* Begin and end of each stretch of such lines, the lines without signs among them passed over, into `out`, which has
   room for one in every 32 bytes; how many they are. */
int64_t packed_folds(const uint8_t *data, int64_t size, int64_t *out) {
    const uint8_t *end = data + size;
    Stretch s = {data, data, 0, 0, 0, 0};
    int64_t count = 0;
    int gap = 0;
    for (const uint8_t *at = data; at < end;) {
        const uint8_t *next = memchr(at, '\n', (size_t)(end - at)), *stop = next ? next : end;
        int letters = 0;
        int64_t found = longest(at, stop, &letters);
        int64_t bare = stop - at - (stop > at && stop[-1] == '\r');
        if (found && found != s.width) {
            count = kept(&s, data, out, count);
            s = (Stretch){at, at, found >= NARROW ? found : -1, 0, 0, 0};
            gap = 0;
        }
        if (found && found == s.width) {
            s.signs += letters ? found : 0;
            s.lines++;
            s.loose |= gap || found < WIDE || found != bare;
            s.after = stop;
        }
        gap = !found;
        at = next ? next + 1 : end;
    }
    return kept(&s, data, out, count);
}
