/* The characters of a page with their boxes, asked of a PDF library's own functions, whose addresses are given: a call
   through Python costs a hundred times as much for each of some thousand characters. */
#include "column.h"

typedef struct {
    float left, top, right, bottom;
} Rectangle; /* FS_RECTF of pdfium */

typedef unsigned (*Unicode)(void *, int);
typedef int (*Generated)(void *, int);
typedef int (*Box)(void *, int, double *, double *, double *, double *);
typedef int (*LooseBox)(void *, int, Rectangle *);

enum { HIGH = 0xD800, LOW = 0xDC00, BEYOND = 0xE000, NOBODYS = 0xFFFD, UNKNOWN = 0xFFFE };

/* Left, right, bottom and top of a character; 0 where the library does not say. */
static int boxed(void *page, int i, void *box, int64_t loose, double *at) {
    Rectangle found;
    if (!loose)
        return ((Box)box)(page, i, at, at + 1, at + 2, at + 3);
    if (!((LooseBox)box)(page, i, &found))
        return 0;
    at[0] = found.left;
    at[1] = found.right;
    at[2] = found.bottom;
    at[3] = found.top;
    return 1;
}

/* Codes and boxes of a page's characters, as `pdf_grid.letters` gives them; how many. Line ends and blanks that were
   made up are left out, and two halves are one character. */
int64_t page_characters(void *page, int64_t count, void *unicode, void *generated, void *box, int64_t loose,
                        uint32_t *codes, double *boxes) {
    int64_t found = 0;
    uint32_t high = 0;
    for (int i = 0; i < count; i++) {
        uint32_t code = ((Unicode)unicode)(page, i);
        if (code == 0 || code == '\n' || code == '\r' || code == UNKNOWN || ((Generated)generated)(page, i) == 1)
            continue;
        if (code >= HIGH && code < LOW) {
            high = code;
            continue;
        }
        if (!boxed(page, i, box, loose, boxes + 4 * found))
            return ERROR;
        if (code >= LOW && code < BEYOND)
            code = high ? 0x10000 + ((high - HIGH) << 10) + (code - LOW) : NOBODYS;
        codes[found++] = code;
        high = 0;
    }
    return found;
}
