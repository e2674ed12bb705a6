/* Text in an encoding of one or two bytes a character, as UTF-8. */
#include <stdint.h>
#include <string.h>

/* `table` has the character of each byte, and of each two (the first one above); 0 for none, but for the byte 0. `out`
   takes three bytes for each of `data`. How many were written; -1 where a byte or two have no character. */
int64_t recoded(const uint8_t *data, int64_t size, const uint16_t *table, uint8_t *out) {
    uint8_t *to = out;
    int64_t i = 0;
    while (i < size) {
        uint64_t eight;
        while (i + 8 <= size && (memcpy(&eight, data + i, 8), (eight & 0x8080808080808080u) == 0)) {
            memcpy(to, &eight, 8);
            to += 8;
            i += 8;
        }
        if (i == size)
            break;
        uint32_t c = data[i++];
        if (c < 0x80) {
            *to++ = (uint8_t)c;
            continue;
        }
        uint32_t letter = table[c];
        if (letter == 0) {
            letter = i < size ? table[c << 8 | data[i]] : 0;
            i++;
        }
        if (letter == 0)
            return -1;
        if (letter < 0x800) {
            *to++ = (uint8_t)(0xC0 | letter >> 6);
        } else {
            *to++ = (uint8_t)(0xE0 | letter >> 12);
            *to++ = (uint8_t)(0x80 | (letter >> 6 & 0x3F));
        }
        *to++ = (uint8_t)(0x80 | (letter & 0x3F));
    }
    return to - out;
}
