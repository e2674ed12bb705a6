/* Text in an encoding of one or two bytes a character, as UTF-8. */
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { LITTLE = 1 };
#else
enum { LITTLE = 0 };
#endif

/* ASCII up to the first byte that is none, eight bytes at once; the last few of a text are left. Eight are written
   whatever their number: what follows writes over the rest. */
static inline void ascii_run(const uint8_t *data, int64_t size, int64_t *i, uint8_t **to) {
    uint64_t eight;
    while (*i + 8 <= size) {
        memcpy(&eight, data + *i, 8);
        memcpy(*to, &eight, 8);
        eight &= 0x8080808080808080u;
        int own = eight == 0 ? 8 : LITTLE ? __builtin_ctzll(eight) >> 3 : __builtin_clzll(eight) >> 3;
        *i += own;
        *to += own;
        if (own < 8)
            return;
    }
}

static inline uint8_t *written(uint8_t *to, uint32_t letter) {
    if (letter >= 0x800) {
        *to++ = (uint8_t)(0xE0 | letter >> 12);
        *to++ = (uint8_t)(0x80 | (letter >> 6 & 0x3F));
    } else if (letter >= 0x80)
        *to++ = (uint8_t)(0xC0 | letter >> 6);
    else {
        *to++ = (uint8_t)letter;
        return to;
    }
    *to++ = (uint8_t)(0x80 | (letter & 0x3F));
    return to;
}

/* `table` has the character of each byte, and of each two (the first one above); 0 for none, but for the byte 0. `out`
   takes three bytes for each of `data`, and eight more. How many were written; -1 where a byte or two have no character. */
int64_t recoded(const uint8_t *data, int64_t size, const uint16_t *table, uint8_t *out) {
    uint8_t *to = out;
    int64_t i = 0;
    while (i < size) {
        ascii_run(data, size, &i, &to);
        for (; i < size && (data[i] >= 0x80 || i + 8 > size); i++) {
            uint32_t c = data[i], letter = table[c];
            if (letter == 0 && c != 0) {
                letter = ++i < size ? table[c << 8 | data[i]] : 0;
                if (letter == 0)
                    return -1;
            }
            to = written(to, letter);
        }
    }
    return to - out;
}
