/* The cores of `dlp/extract/plain/binary.py`, six encodings, each as its expression there matches: what chance hardly makes of
   bytes of no known format, and every text of people has. */
#ifndef SEKISHO_CORES_H
#define SEKISHO_CORES_H
#include "column.h"

enum { UTF8, CP932, EUC, UTF16LE, UTF16BE, ISO2022, ENCODINGS };

enum { WORD = 1, LETTER = 2, DIGIT = 4, CODED = 8, DOTTED = 16, LEAD3 = 32, TRAIL3 = 64, PARTING = 128 };
enum { SJIS_LEAD = 1, SJIS_TRAIL = 2, KANA = 4, KANA_NEXT = 8, EUC_LEAD = 16, EUC_TRAIL = 32, HIRA = 64 };

extern uint8_t cores_ascii[256], cores_wide[256];
#define ascii cores_ascii
#define wide cores_wide

static inline int all(const uint8_t *table, uint8_t bit, const uint8_t *at, int count) {
    for (int k = 0; k < count; k++)
        if (!(table[at[k]] & bit))
            return 0;
    return 1;
}

static inline int pairs(uint8_t first, uint8_t second, const uint8_t *at) {
    for (int k = 0; k < 8; k += 2)
        if (!(wide[at[k]] & first) || !(wide[at[k + 1]] & second))
            return 0;
    return 1;
}

/* Bytes of a mail address from the sign before its @ to the letter after its first dot. */
static inline int64_t addressed(const uint8_t *at, const uint8_t *end) {
    const uint8_t *host = at + 2, *k = host;
    while (k < end && (ascii[*k] & WORD || *k == '-'))
        k++;
    return k > host && k + 1 < end && *k == '.' && ascii[k[1]] & WORD ? k + 2 - at : 0;
}

static inline int64_t utf8(const uint8_t *at, const uint8_t *end) {
    int64_t left = end - at;
    if (left >= 6 && ascii[at[0]] & LEAD3 && all(ascii, TRAIL3, at + 1, 2) && ascii[at[3]] & LEAD3 &&
        all(ascii, TRAIL3, at + 4, 2))
        return 6;
    if (left >= 4 && all(ascii, DIGIT, at, 4))
        return 4;
    if (left >= 5 && at[1] == '@' && (ascii[at[0]] & WORD || at[0] == '.' || at[0] == '+' || at[0] == '-')) {
        int64_t size = addressed(at, end);
        if (size)
            return size;
    }
    return left >= 7 && all(ascii, LETTER, at, 3) && ascii[at[3]] & PARTING && all(ascii, LETTER, at + 4, 3) ? 7 : 0;
}

static inline int64_t cp932(const uint8_t *at, const uint8_t *end) {
    return end - at >= 8 && (pairs(SJIS_LEAD, SJIS_TRAIL, at) || pairs(KANA, KANA_NEXT, at)) ? 8 : 0;
}

static inline int64_t euc(const uint8_t *at, const uint8_t *end) {
    return end - at >= 8 && pairs(EUC_LEAD, EUC_TRAIL, at) ? 8 : 0;
}

/* Three letters of two bytes: `high` is where the byte stands that tells ASCII (0) and kana (0x30). */
static inline int64_t utf16(const uint8_t *at, const uint8_t *end, int high) {
    if (end - at < 6)
        return 0;
    const uint8_t *tells = at + high, *low = at + 1 - high;
    if (tells[0] == 0 && tells[2] == 0 && tells[4] == 0)
        return ascii[low[0]] & CODED && ascii[low[2]] & DOTTED && ascii[low[4]] & DOTTED ? 6 : 0;
    if (tells[0] == 0x30 && tells[2] == 0x30 && tells[4] == 0x30)
        return wide[low[0]] & HIRA && wide[low[2]] & HIRA && wide[low[4]] & HIRA ? 6 : 0;
    return 0;
}

static inline int64_t iso2022(const uint8_t *at, const uint8_t *end) {
    return end - at >= 3 && at[0] == 0x1B && at[1] == '$' && (at[2] == '@' || at[2] == 'B' || at[2] == '(') ? 3 : 0;
}

static inline int64_t core(int encoding, const uint8_t *at, const uint8_t *end) {
    switch (encoding) {
    case UTF8:
        return utf8(at, end);
    case CP932:
        return cp932(at, end);
    case EUC:
        return euc(at, end);
    case UTF16LE:
        return utf16(at, end, 1);
    case UTF16BE:
        return utf16(at, end, 0);
    default:
        return iso2022(at, end);
    }
}

#endif
