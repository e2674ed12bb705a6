/* Where in bytes of no known format text may stand: the stretches around cores, together where they meet. */
#include "cores.h"

uint8_t cores_ascii[256], cores_wide[256];

/* The same by blocks of 64 bytes; ERROR where this processor cannot. */
int64_t islands_by_blocks(const uint8_t *data, int64_t size, int64_t encoding, int64_t around, int64_t *out);

static void among(uint8_t *table, uint8_t bit, int low, int high) {
    while (low <= high)
        table[low++] |= bit;
}

static void listed(uint8_t *table, uint8_t bit, const char *signs) {
    while (*signs)
        table[(uint8_t)*signs++] |= bit;
}

static __attribute__((constructor)) void made_tables(void) {
    among(ascii, DIGIT | WORD | CODED | DOTTED, '0', '9');
    among(ascii, LETTER | WORD | CODED | DOTTED, 'A', 'Z');
    among(ascii, LETTER | WORD | CODED | DOTTED, 'a', 'z');
    listed(ascii, WORD, "_");
    listed(ascii, CODED | DOTTED, "-");
    listed(ascii, DOTTED, "@.");
    listed(ascii, PARTING, " ,\t");
    among(ascii, LEAD3, 0xE3, 0xE9);
    among(ascii, TRAIL3, 0x80, 0xBF);
    among(wide, SJIS_LEAD, 0x81, 0x83);
    among(wide, SJIS_LEAD, 0x88, 0x97);
    among(wide, SJIS_TRAIL, 0x40, 0x7E);
    among(wide, SJIS_TRAIL, 0x80, 0xFC);
    among(wide, KANA, 0xB1, 0xDF);
    among(wide, KANA_NEXT, 0xA6, 0xDF);
    listed(wide, KANA_NEXT, " ");
    listed(wide, EUC_LEAD, "\xA1\xA4\xA5");
    among(wide, EUC_LEAD, 0xB0, 0xCF);
    among(wide, EUC_TRAIL, 0xA1, 0xFE);
    among(wide, HIRA, 0x41, 0xFE);
}

/* Begin and end of each stretch into `out` (room for one in every 2 * `around` bytes, and one); how many they are. */
static inline __attribute__((always_inline)) int64_t stretches(const uint8_t *data, int64_t size, int encoding,
                                                               int64_t around, int64_t *out) {
    const uint8_t *end = data + size;
    int64_t count = 0, last = -1;
    for (const uint8_t *at = data; at < end;) {
        int64_t length = core(encoding, at, end);
        if (!length) {
            at++;
            continue;
        }
        int64_t start = at - data - around;
        if (last < 0 || start > last)
            out[2 * count++] = start > 0 ? start : 0;
        at += length;
        last = out[2 * count - 1] = at - data + around;
    }
    return count;
}

/* A byte at a time. */
int64_t islands_by_bytes(const uint8_t *data, int64_t size, int64_t encoding, int64_t around, int64_t *out) {
    switch (encoding) { /* a loop of its own for each */
    case UTF8:
        return stretches(data, size, UTF8, around, out);
    case CP932:
        return stretches(data, size, CP932, around, out);
    case EUC:
        return stretches(data, size, EUC, around, out);
    case UTF16LE:
        return stretches(data, size, UTF16LE, around, out);
    case UTF16BE:
        return stretches(data, size, UTF16BE, around, out);
    case ISO2022:
        return stretches(data, size, ISO2022, around, out);
    }
    return ERROR;
}

int64_t islands(const uint8_t *data, int64_t size, int64_t encoding, int64_t around, int64_t *out) {
    int64_t count = islands_by_blocks(data, size, encoding, around, out);
    return count == ERROR ? islands_by_bytes(data, size, encoding, around, out) : count;
}
