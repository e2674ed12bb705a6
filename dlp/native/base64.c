/* Base64 as mails carry it, whole: groups of four signs, blanks wherever lines are broken, padding at the end alone. */
#include "column.h"

enum { NONE = 0x80000000u };

static uint32_t first[256], second[256], third[256], fourth[256]; /* what a sign is at each place of its group; or NONE */

static __attribute__((constructor)) void made_tables(void) {
    static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int c = 0; c < 256; c++)
        first[c] = second[c] = third[c] = fourth[c] = NONE;
    for (uint32_t value = 0; value < 64; value++) {
        uint8_t c = (uint8_t)signs[value];
        first[c] = value << 18;
        second[c] = value << 12;
        third[c] = value << 6;
        fourth[c] = value;
    }
}

static inline int passed_over(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == 0; }

static inline uint8_t *put(uint8_t *out, uint32_t group, int bytes) {
    for (int shift = 16; bytes > 0; bytes--, shift -= 8)
        *out++ = (uint8_t)(group >> shift);
    return out;
}

/* The bytes of `data` into `into`, which has room for three in every four signs and three; how many they are, -1 where
   anything else stands in it. */
int64_t base64_whole(const uint8_t *data, int64_t size, uint8_t *into) {
    const uint8_t *at = data, *end = data + size;
    uint8_t *out = into;
    uint32_t group = 0;
    int held = 0, padding = 0; /* signs of the group that is open; "=" so far */
    while (at < end) {
        while (held == 0 && !padding && end - at >= 4) {
            uint32_t four = first[at[0]] | second[at[1]] | third[at[2]] | fourth[at[3]];
            if (four & NONE)
                break;
            out = put(out, four, 3);
            at += 4;
        }
        if (at == end)
            break;
        uint8_t c = *at++;
        if (passed_over(c))
            continue;
        if (c == '=') {
            if (held < 2 || ++padding > 4 - held)
                return -1;
            continue;
        }
        if (padding || fourth[c] & NONE)
            return -1;
        group |= fourth[c] << (18 - 6 * held);
        if (++held == 4) {
            out = put(out, group, 3);
            group = 0;
            held = 0;
        }
    }
    if (held ? padding != 4 - held : padding)
        return -1;
    return put(out, group, held ? held - 1 : 0) - into;
}
