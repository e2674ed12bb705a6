/* Runs of signs as packed bytes are written in text, and blocks of lines that are nothing else: what the expressions of
   `dlp/extract/plain/runs.py` match. */
#include "column.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LEAST = 24, PADS = 6, NARROW = 60, BROAD = 80, LINES = 8 };
enum { SIGN = 1, PLAIN = 2, LOWER = 4, UPPER = 8 }; /* of base64 in any spelling; in the usual one */

static uint8_t kinds[256];

static __attribute__((constructor)) void made_kinds(void) {
    for (int k = 0; k < 26; k++) {
        kinds['A' + k] = SIGN | PLAIN | UPPER;
        kinds['a' + k] = SIGN | PLAIN | LOWER;
    }
    for (int k = '0'; k <= '9'; k++)
        kinds[k] = SIGN | PLAIN;
    kinds['+'] = kinds['/'] = SIGN | PLAIN;
    kinds['-'] = kinds['_'] = SIGN;
}

#ifdef __SSE2__
static inline __m128i within(__m128i bytes, uint8_t first, uint8_t last) {
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8((char)first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(last - first))), from);
}

static inline __m128i is(__m128i bytes, char sign) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(sign)); }

/* Of sixteen bytes, the first that is no sign; 16 where all are. */
static inline int stops(const uint8_t *at) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i signs = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    signs = _mm_or_si128(signs, _mm_or_si128(within(bytes, '/', '9'), is(bytes, '+')));
    signs = _mm_or_si128(signs, _mm_or_si128(is(bytes, '-'), is(bytes, '_')));
    return __builtin_ctz(~(unsigned)_mm_movemask_epi8(signs));
}
#endif

/* Where signs end that begin at a place. */
static inline const uint8_t *past_signs(const uint8_t *at, const uint8_t *end) {
#ifdef __SSE2__
    while (end - at >= 16) {
        int k = stops(at);
        at += k;
        if (k < 16)
            return at;
    }
#endif
    while (at < end && kinds[*at])
        at++;
    return at;
}

static inline const uint8_t *past_pads(const uint8_t *at, const uint8_t *end) {
    for (int k = 0; k < PADS && at < end && *at == '='; k++)
        at++;
    return at;
}

/* Behind a line's end, where there is one; else NULL. */
static inline const uint8_t *past_break(const uint8_t *at, const uint8_t *end) {
    at += at < end && *at == '\r';
    return at < end && *at == '\n' ? at + 1 : NULL;
}

/* Begin and end of each run of 24 signs and more, with the lines of signs below it, into `out`, which has room for one in
   every 24 bytes; how many they are. */
int64_t packed_runs(const uint8_t *data, int64_t size, int64_t *out) {
    const uint8_t *at = data, *end = data + size;
    int64_t count = 0;
    while (end - at >= LEAST) {
        const uint8_t *probe = at + LEAST - 1; /* a run stands over one of every 24 places */
        while (end - probe > LEAST && !kinds[*probe])
            probe += LEAST;
        if (!kinds[*probe])
            break;
        const uint8_t *begin = probe, *stop = past_signs(probe, end);
        while (begin > at && kinds[begin[-1]])
            begin--;
        if (stop - begin < LEAST) {
            at = stop;
            continue;
        }
        at = past_pads(stop, end);
        for (const uint8_t *next; (next = past_break(at, end)) && next < end && kinds[*next];)
            at = past_pads(past_signs(next, end), end);
        out[2 * count] = begin - data;
        out[2 * count++ + 1] = at - data;
    }
    return count;
}

#ifdef __SSE2__
/* Where plain signs end in whole sixteens of bytes, and of what kinds they are. */
static inline const uint8_t *past_sixteens(const uint8_t *at, const uint8_t *stop, int *seen, int *zeros) {
    __m128i lower = _mm_setzero_si128(), upper = lower, other = lower;
    for (; stop - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i small = within(bytes, 'a', 'z'), large = within(bytes, 'A', 'Z');
        __m128i rest = _mm_or_si128(within(bytes, '/', '9'), is(bytes, '+'));
        if (_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(small, large), rest)) != 0xFFFF)
            break;
        lower = _mm_or_si128(lower, small);
        upper = _mm_or_si128(upper, large);
        other = _mm_or_si128(other, _mm_xor_si128(bytes, _mm_set1_epi8('A')));
    }
    *seen |= (_mm_movemask_epi8(lower) ? LOWER : 0) | (_mm_movemask_epi8(upper) ? UPPER : 0);
    *zeros &= _mm_movemask_epi8(_mm_cmpeq_epi8(other, _mm_setzero_si128())) == 0xFFFF;
    return at;
}
#endif

/* Behind a line of 60 to 80 plain signs, capitals and small letters among them or zeros all; NULL where it is none. */
static const uint8_t *past_packed_line(const uint8_t *line, const uint8_t *end) {
    const uint8_t *at = line, *stop = end - line > BROAD ? line + BROAD : end;
    int seen = 0, zeros = 1;
#ifdef __SSE2__
    at = past_sixteens(at, stop, &seen, &zeros);
#endif
    for (; at < stop && kinds[*at] & PLAIN; at++) {
        seen |= kinds[*at];
        zeros &= *at == 'A';
    }
    if (at - line < NARROW || !(zeros || (seen & (LOWER | UPPER)) == (LOWER | UPPER)))
        return NULL;
    return past_break(at, end);
}

/* Begin and end of each block of eight such lines and more; `out` has room for one in every 488 bytes. */
int64_t packed_blocks(const uint8_t *data, int64_t size, int64_t *out) {
    const uint8_t *at = data, *end = data + size;
    int64_t count = 0;
    while (at < end) {
        const uint8_t *begin = at, *next;
        int64_t lines = 0;
        for (; (next = past_packed_line(at, end)); at = next)
            lines++;
        if (lines >= LINES) {
            out[2 * count] = begin - data;
            out[2 * count++ + 1] = at - data;
        }
        next = memchr(at, '\n', (size_t)(end - at));
        at = next ? next + 1 : end;
    }
    return count;
}

/* Of a run: signs of its first line; lines as long without padding before any other; lines, up to three; where the former
   end, and where one more does. */
void packed_shape(const uint8_t *run, int64_t size, int64_t out[5]) {
    const uint8_t *at = run, *end = run + size;
    int64_t width = -1, full = 0, lines = 0, whole = 0, more = -1;
    while (at < end && (more < 0 || lines < 3)) {
        const uint8_t *next = memchr(at, '\n', (size_t)(end - at)), *stop = next ? next : end;
        stop -= stop > at && stop[-1] == '\r';
        if (width < 0)
            width = stop - at;
        if (more < 0 && stop - at == width && (stop == at || stop[-1] != '=')) {
            full++;
            whole = stop - run;
        } else if (more < 0)
            more = stop - run;
        lines++;
        at = next ? next + 1 : end;
    }
    out[0] = width;
    out[1] = full;
    out[2] = lines;
    out[3] = whole;
    out[4] = more < 0 ? whole : more;
}
