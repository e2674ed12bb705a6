/* The runs of text in bytes of no known format: what the expressions `_RUNS` of `dlp/extract/plain/binary.py` find, in their
   order. None of these can read a place in two ways, so that a run ends where no sign more is one. */
#include "cores.h"

enum { LEAST = 6, LEAST_WIDE = 4 };

static inline int in(uint8_t c, int low, int high) { return c >= low && c <= high; }

/* Bytes of the sign that begins at a place; 0 where none does. */
static inline int64_t sign_at(int encoding, const uint8_t *at, const uint8_t *end) {
    int64_t left = end - at;
    if (encoding == UTF16LE || encoding == UTF16BE) {
        if (left < 2)
            return 0;
        uint8_t high = at[encoding == UTF16LE], low = at[encoding == UTF16BE];
        int plain = high == 0 && (in(low, 0x20, 0x7e) || low == '\t' || low == '\n' || low == '\r');
        return plain || high == 0x30 || in(high, 0x4e, 0x9f) || high == 0xff ? 2 : 0;
    }
    uint8_t c = left > 0 ? at[0] : 0, d = left > 1 ? at[1] : 0, e = left > 2 ? at[2] : 0;
    if (in(c, 0x20, 0x7e) || c == '\t' || c == '\n')
        return 1;
    if (c == '\r')
        return d == '\n' ? 2 : 0;
    if (encoding == CP932)
        return in(c, 0xa1, 0xdf) ? 1 : (in(c, 0x81, 0x9f) || in(c, 0xe0, 0xfc)) && (in(d, 0x40, 0x7e) || in(d, 0x80, 0xfc)) ? 2 : 0;
    if (encoding == EUC) {
        if (c == 0x8e)
            return in(d, 0xa1, 0xdf) ? 2 : 0;
        if (c == 0x8f)
            return in(d, 0xa1, 0xf4) && in(e, 0xa1, 0xfe) ? 3 : 0;
        return in(c, 0xa1, 0xf4) && in(d, 0xa1, 0xfe) ? 2 : 0;
    }
    if (in(c, 0xc2, 0xdf))
        return in(d, 0x80, 0xbf) ? 2 : 0;
    if (in(c, 0xe2, 0xef))
        return in(d, 0x80, 0xbf) && in(e, 0x80, 0xbf) ? 3 : 0;
    return c == 0xf0 && left > 3 && in(d, 0x90, 0xbf) && in(e, 0x80, 0xbf) && in(at[3], 0x80, 0xbf) ? 4 : 0;
}

/* Begin and end of each run into `out`, which has room for one in every six bytes, and one; how many they are. */
int64_t string_runs(const uint8_t *data, int64_t size, int64_t encoding, int64_t *out) {
    const uint8_t *end = data + size;
    int64_t count = 0, least = encoding == UTF16LE || encoding == UTF16BE ? LEAST_WIDE : LEAST;
    if (encoding < 0 || encoding >= ISO2022)
        return ERROR;
    for (const uint8_t *begin = data; begin < end;) {
        const uint8_t *at = begin;
        int64_t signs = 0, more;
        while ((more = sign_at((int)encoding, at, end)) != 0) {
            at += more;
            signs++;
        }
        if (signs < least) {
            begin++;
            continue;
        }
        out[2 * count] = begin - data;
        out[2 * count++ + 1] = at - data;
        begin = at;
    }
    return count;
}
