/* Lines of base64 that are surely neither text nor a file: most of any packed picture or archive. */
#include "column.h"

enum { BASE64_ALONE = 0x40, OTHER = 0xFF }; /* a letter that neither hex nor base32 has; no letter of base64 */

static uint8_t value[256];
/* For a sign's place (of four) and two signs: a bit for each place at which four signs may begin, where a byte that lies
   in the two is a control. A byte takes six, four or two bits of the first. */
static uint8_t controlling[4][1 << 12];

/* Of controls, an escape may say that Japanese follows. */
static int control(uint32_t byte) {
    return (byte < 32 && byte != '\t' && byte != '\n' && byte != '\r' && byte != 27) || byte == 127;
}

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
    for (uint32_t two = 0; two < 1 << 12; two++)
        for (uint32_t way = 0; way < 3; way++)
            if (control(two >> (4 - 2 * way) & 255))
                for (uint32_t place = 0; place < 4; place++)
                    controlling[place][two] |= (uint8_t)(1 << ((place + 4 - way) & 3));
}

enum { CUT = 40 }; /* signs of a line from which it may have been cut between the four that stand for three bytes */

/* Whether a line unpacks to bytes with a control among them wherever four signs begin in it. */
static int dull_cut(const uint8_t *line, int64_t size) {
    if (size < CUT)
        return 1;
    uint32_t done = 0, last = value[line[0]] & 63;
    for (int64_t k = 0; k + 1 < size; k++) {
        const uint32_t next = value[line[k + 1]] & 63;
        done |= controlling[k & 3][last << 6 | next];
        if (done == 15)
            return 1;
        last = next;
    }
    return 0;
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
    return controls && dull_cut(line, size);
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

/* The same of a run of nothing but signs, padding at the ends of lines, and line ends, as `runs.c` tells it: looked at no
   further than it takes. */
static int dull_signs(const uint8_t *line, int64_t size, const uint8_t *begins) {
    if (*line == 'A' && !memcmp(line, line + 1, (size_t)size - 1))
        return 1;
    while (size > 0 && line[size - 1] == '=')
        size--;
    int64_t k = 0;
    for (int alone = 0, controls = 0; k + 4 <= size; k += 4) {
        const uint32_t a = value[line[k]], b = value[line[k + 1]], c = value[line[k + 2]], d = value[line[k + 3]];
        uint32_t bits = (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
        if (k == 0 && begins[bits >> 8])
            return 0;
        alone |= (a | b | c | d) & BASE64_ALONE;
        controls |= control(bits >> 16) || control(bits >> 8 & 255) || control(bits & 255);
        if (alone && controls)
            return dull_cut(line, size);
        if (controls)
            for (int64_t rest = k + 4; rest < size; rest++)
                if (value[line[rest]] & BASE64_ALONE)
                    return dull_cut(line, size);
        if (controls)
            return 0;
    }
    return 0;
}

/* The lines of `least` signs and more that may be something, as `telling` gives them. */
int64_t telling_of_run(const uint8_t *run, int64_t size, int64_t least, const uint8_t *begins, uint8_t *out) {
    int64_t used = 0;
    for (const uint8_t *at = run, *end = run + size; at < end;) {
        const uint8_t *next = memchr(at, '\n', (size_t)(end - at)), *stop = next ? next : end;
        int64_t length = stop - at - (stop > at && stop[-1] == '\r');
        if (length >= least && length > 0 && !dull_signs(at, length, begins)) {
            memcpy(out + used, at, (size_t)length);
            out[used + length] = '\n';
            used += length + 1;
        }
        at = next ? next + 1 : end;
    }
    return used;
}
