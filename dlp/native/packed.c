/* Lines of base64 that are surely neither text nor a file: most of any packed picture or archive. */
#include "column.h"

enum { BASE64_ALONE = 0x40, OTHER = 0xFF }; /* a letter that neither hex nor base32 has; no letter of base64 */

static uint8_t value[256];

static __attribute__((constructor)) void made_values(void) {
    memset(value, OTHER, sizeof value);
    for (int k = 0; k < 26; k++) {
        value['A' + k] = (uint8_t)k;
        value['a' + k] = (uint8_t)((26 + k) | ('a' + k > 'f' ? BASE64_ALONE : 0));
    }
    for (int k = 0; k < 10; k++)
        value['0' + k] = (uint8_t)(52 + k);
    value['+'] = value['-'] = 62 | BASE64_ALONE;
    value['/'] = value['_'] = 63 | BASE64_ALONE;
}

static int control(uint32_t byte) {
    return (byte < 32 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 127;
}

/* Whether a line unpacks to bytes with a control among them that begin as no file does; or to one byte, over and over. */
static int dull(const uint8_t *line, int64_t size, const uint8_t *begins) {
    int alone = 0, controls = 0;
    if (size > 1 && *line == 'A' && !memcmp(line, line + 1, (size_t)size - 1))
        return 1; /* zeros; read as hex, as it may be, 0xAA */
    while (size > 0 && line[size - 1] == '=')
        size--;
    for (int64_t k = 0; k < size; k++) {
        if (value[line[k]] == OTHER)
            return 0;
        alone |= value[line[k]] & BASE64_ALONE;
    }
    if (!alone || size < 4)
        return 0;
    for (int64_t k = 0; k + 4 <= size; k += 4) {
        uint32_t bits = 0;
        for (int j = 0; j < 4; j++)
            bits = bits << 6 | (value[line[k + j]] & 63);
        if (k == 0 && begins[bits >> 8])
            return 0;
        if (control(bits >> 16) || control(bits >> 8 & 255) || control(bits & 255)) {
            controls = 1;
            break;
        }
    }
    return controls;
}

/* The lines of `text` that may be something, each with its newline, into `out`; how many bytes. `begins`: whether a
   file may begin with two bytes, for every two. */
int64_t telling(const uint8_t *text, int64_t size, const uint8_t *begins, uint8_t *out) {
    int64_t used = 0;
    for (const uint8_t *at = text, *end = text + size; at < end;) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        int64_t length = (stop ? stop : end) - at;
        if (!dull(at, length, begins)) {
            memcpy(out + used, at, (size_t)length);
            out[used + length] = '\n';
            used += length + 1;
        }
        at += length + 1;
    }
    return used;
}
