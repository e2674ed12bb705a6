/* Keys of the cells that are written plainly, in one pass over a column. A cell that is not is marked as hard and left
   to Python: no judgement is made here that is not made there, and a test holds both together. */
#include "column.h"

enum { PLAIN = 1, DROPPED = 2, HARD = 4, LAST = 8, PAIR = 16 };

static inline int is_figure(uint8_t c) { return c >= '0' && c <= '9'; }
static inline int is_small(uint8_t c) { return c >= 'a' && c <= 'z'; }

/* The next character of a cell if it is below U+10000, else -1. Cells are valid UTF-8: polars holds no others. */
static inline int letter(const uint8_t **at, const uint8_t *end) {
    const uint8_t *p = *at;
    if (*p < 0x80) {
        *at = p + 1;
        return *p;
    }
    if (*p < 0xE0 && end - p >= 2) {
        *at = p + 2;
        return (*p & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (*p < 0xF0 && end - p >= 3) {
        *at = p + 3;
        return (*p & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    return -1;
}

static inline uint8_t *write_letter(uint8_t *out, int c) {
    if (c < 0x80) {
        *out++ = (uint8_t)c;
    } else if (c < 0x800) {
        *out++ = (uint8_t)(0xC0 | c >> 6);
        *out++ = (uint8_t)(0x80 | (c & 0x3F));
    } else {
        *out++ = (uint8_t)(0xE0 | c >> 12);
        *out++ = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        *out++ = (uint8_t)(0x80 | (c & 0x3F));
    }
    return out;
}

/* What a pass over a column shares: the column, the keys, which cells were left over and how many. */
typedef struct {
    Column column;
    Made *made;
    uint8_t *hard;
    int64_t left;
} Pass;

static int pass_begin(Pass *pass, struct ArrowArrayStream *stream, uint8_t *hard, int64_t rows, const char *format,
                      int64_t width) {
    pass->hard = hard;
    pass->left = 0;
    if (column_open(stream, &pass->column))
        return ERROR;
    pass->made = pass->column.size == rows ? made_new(format, width, rows) : NULL;
    if (pass->made == NULL) {
        column_close(&pass->column);
        return ERROR;
    }
    return 0;
}

static int64_t pass_end(Pass *pass, int failed, Made **out) {
    column_close(&pass->column);
    if (failed) {
        made_free(pass->made);
        return ERROR;
    }
    *out = pass->made;
    return pass->left;
}

static inline void leave(Pass *pass, int64_t i) {
    pass->hard[i] = 1;
    pass->left++;
}

/* Names and readings: for each letter what it becomes and, above that, of which kind it is. A pair of letters among `pairs` begins a word
   that is no name. */
int64_t key_letters(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, const uint32_t *letters,
                    const uint32_t *pairs, int64_t pair_count, int64_t least, int64_t most,
                    Made **out) {
    Pass pass;
    if (pass_begin(&pass, stream, hard, rows, "vu", sizeof(View)))
        return ERROR;
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        if (c.size == 0)
            continue;
        uint8_t *begin = c.size < 1024 ? made_room(pass.made, c.size * 3) : NULL, *to = begin;
        if (begin == NULL) {
            if (c.size < 1024)
                return pass_end(&pass, 1, out);
            leave(&pass, i);
            continue;
        }
        const uint8_t *at = c.at, *end = c.at + c.size;
        int64_t count = 0;
        uint32_t before = 0, said = 0;
        int bad = 0, last = 0;
        while (at < end) {
            int code = letter(&at, end);
            uint32_t told = code < 0 ? HARD << 16 : letters[code], kind = told >> 16, into = told & 0xFFFF;
            if (kind & HARD) {
                bad = 1;
                break;
            }
            if (kind & DROPPED)
                continue;
            if (last & PAIR)
                for (int64_t k = 0; k < pair_count; k++)
                    bad |= pairs[k] == (before << 16 | into);
            if (into != 0x3005 || said == 0) /* 々 says the letter before it again */
                said = into;
            before = into;
            last = (int)kind;
            count++;
            to = write_letter(to, (int)said);
        }
        if (bad || count < least || count > most || (last & LAST))
            leave(&pass, i);
        else
            made_text(pass.made, i, begin, to - begin);
    }
    return pass_end(&pass, 0, out);
}

/* A telephone in figures and "-": its figures. */
static int phone(Cell c, uint8_t *figures) {
    int n = 0;
    if (c.size > 20)
        return 0;
    for (int64_t k = 0; k < c.size; k++) {
        if (is_figure(c.at[k])) {
            if (n == 11)
                return 0;
            figures[n++] = c.at[k];
        } else if (c.at[k] != '-')
            return 0;
    }
    if (n < 10 || figures[0] != '0' || figures[1] == '0')
        return 0;
    if (n == 11 && (figures[1] < '5' || figures[2] != '0' || figures[3] == '0'))
        return 0;
    static const char nobodys[7][5] = {"0120", "0800", "0570", "0990", "0180", "0170", "0910"};
    for (int k = 0; k < 7; k++)
        if (memcmp(figures, nobodys[k], 4) == 0)
            return 0;
    return n;
}

int64_t key_phones(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, Made **out) {
    Pass pass;
    if (pass_begin(&pass, stream, hard, rows, "vu", sizeof(View)))
        return ERROR;
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        uint8_t figures[12];
        if (c.size == 0)
            continue;
        int n = phone(c, figures);
        if (n)
            made_text(pass.made, i, figures, n);
        else
            leave(&pass, i);
    }
    return pass_end(&pass, 0, out);
}

static int email(Cell c) {
    const uint8_t *at = c.at, *end = c.at + c.size, *dot = NULL;
    if (!is_small(*at) && !is_figure(*at))
        return 0;
    while (at < end && (is_small(*at) || is_figure(*at) || *at == '.' || *at == '_' || *at == '%' || *at == '+' || *at == '-'))
        at++;
    if (at == end || *at++ != '@')
        return 0;
    const uint8_t *label = at;
    for (; at < end; at++) {
        if (*at == '.') {
            if (at == label)
                return 0;
            dot = at;
            label = at + 1;
        } else if (!is_small(*at) && !is_figure(*at) && *at != '-')
            return 0;
    }
    if (dot == NULL || end - label < 2)
        return 0;
    for (at = label; at < end; at++)
        if (!is_small(*at))
            return 0;
    return 1;
}

int64_t key_emails(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, Made **out) {
    Pass pass;
    if (pass_begin(&pass, stream, hard, rows, "vu", sizeof(View)))
        return ERROR;
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        if (c.size == 0)
            continue;
        if (!email(c)) {
            leave(&pass, i);
            continue;
        }
        uint8_t *to = made_room(pass.made, c.size);
        if (to == NULL)
            return pass_end(&pass, 1, out);
        memcpy(to, c.at, (size_t)c.size);
        made_text(pass.made, i, to, c.size);
    }
    return pass_end(&pass, 0, out);
}

/* 1999/1/2, 1999-01-02, 1999.1.2, and the same with 年 and 月, perhaps 日, as yyyymmdd; else 0. */
static int western(Cell c) {
    const uint8_t *at = c.at, *end = c.at + c.size;
    int parts[3] = {0, 0, 0};
    static const uint8_t ends[3][3] = {{0xE5, 0xB9, 0xB4}, {0xE6, 0x9C, 0x88}, {0xE6, 0x97, 0xA5}};
    for (int k = 0; k < 3; k++) {
        int n = 0;
        for (; at < end && is_figure(*at) && n < 4; at++, n++)
            parts[k] = parts[k] * 10 + *at - '0';
        if (k == 0 ? n != 4 : n < 1 || n > 2)
            return 0;
        if (end - at >= 3 && memcmp(at, ends[k], 3) == 0)
            at += 3;
        else if (k < 2 && at < end && (*at == '/' || *at == '-' || *at == '.'))
            at++;
        else if (k < 2)
            return 0;
    }
    static const uint8_t days[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (at != end || parts[0] < 1900 || parts[0] >= 2100 || parts[1] < 1 || parts[1] > 12)
        return 0;
    if (parts[2] < 1 || parts[2] > days[parts[1]])
        return 0;
    return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

int64_t key_births(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, Made **out) {
    Pass pass;
    if (pass_begin(&pass, stream, hard, rows, "i", sizeof(int32_t)))
        return ERROR;
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        if (c.size == 0)
            continue;
        int day = western(c);
        if (day == 0) {
            leave(&pass, i);
            continue;
        }
        ((int32_t *)pass.made->values)[i] = day;
        made_held(pass.made, i);
    }
    return pass_end(&pass, 0, out);
}

/* Which of some words a cell is, the last one that was moved to the front of `order`: most columns have two. */
static int64_t word_at(Cell c, const uint8_t *words, const int32_t *begins, int16_t *order, int64_t count) {
    for (int64_t n = 0; n < count; n++) {
        int16_t k = order[n];
        if (begins[k + 1] - begins[k] != c.size || memcmp(words + begins[k], c.at, (size_t)c.size) != 0)
            continue;
        if (n > 1) {
            memmove(order + 1, order, (size_t)n * sizeof *order);
            order[0] = k;
        }
        return k;
    }
    return count;
}

enum { MOST_WORDS = 256 };

/* Cells that are one of a few words, each with a number: `words` of `sizes` bytes, `numbers`. */
int64_t key_words(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, const uint8_t *words,
                  const int32_t *sizes, const int8_t *numbers, int64_t count, Made **out) {
    Pass pass;
    int32_t begins[MOST_WORDS + 1] = {0};
    int16_t order[MOST_WORDS];
    if (count > MOST_WORDS || pass_begin(&pass, stream, hard, rows, "c", 1))
        return ERROR;
    for (int64_t k = 0; k < count; k++) {
        begins[k + 1] = begins[k] + sizes[k];
        order[k] = (int16_t)k;
    }
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        if (c.size == 0)
            continue;
        int64_t k = word_at(c, words, begins, order, count);
        if (k == count) {
            leave(&pass, i);
            continue;
        }
        ((int8_t *)pass.made->values)[i] = numbers[k];
        made_held(pass.made, i);
    }
    return pass_end(&pass, 0, out);
}

/* "label:cell" of figures and "-" that begin with a figure other than 0 or have four figures. */
static int numbered(Cell c) {
    int64_t figures = 0;
    for (int64_t k = 0; k < c.size; k++) {
        if (!is_figure(c.at[k]) && (c.at[k] != '-' || k == 0))
            return 0;
        figures += c.at[k] != '-';
    }
    return c.at[0] != '0' || figures >= 4;
}

int64_t key_labelled(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, const uint8_t *label, int64_t size,
                     Made **out) {
    Pass pass;
    if (pass_begin(&pass, stream, hard, rows, "vu", sizeof(View)))
        return ERROR;
    for (int64_t i = 0; i < rows; i++) {
        Cell c = cell(&pass.column, i);
        if (c.size == 0)
            continue;
        if (!numbered(c)) {
            leave(&pass, i);
            continue;
        }
        uint8_t *to = made_room(pass.made, size + c.size);
        if (to == NULL)
            return pass_end(&pass, 1, out);
        memcpy(to, label, (size_t)size);
        memcpy(to + size, c.at, (size_t)c.size);
        made_text(pass.made, i, to, size + c.size);
    }
    return pass_end(&pass, 0, out);
}

/* 1 in `may` where the first letter of a cell is one that `firsts` marks, or beyond U+FFFF; how many are. It stands in the
   view itself. */
int64_t begins(struct ArrowArrayStream *stream, int64_t rows, const uint8_t *firsts, uint8_t *may) {
    Column column;
    if (column_open(stream, &column))
        return ERROR;
    int64_t found = column.size == rows ? 0 : ERROR;
    for (int64_t i = 0; i < rows && found >= 0; i++) {
        const View *view = column.views + i;
        const uint8_t *at = (const uint8_t *)view->at.inlined;
        if (view->size == 0 || !cell_held(&column, i))
            continue;
        int code = letter(&at, at + 4);
        may[i] = code < 0 || firsts[code];
        found += may[i];
    }
    column_close(&column);
    return found;
}

/* 1 in `said` where a cell is two or more figures, perhaps with "-" among them. */
int64_t figured(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, uint8_t *said) {
    Column column;
    if (column_open(stream, &column))
        return ERROR;
    int64_t left = column.size == rows ? 0 : ERROR;
    for (int64_t i = 0; i < rows && left >= 0; i++) {
        Cell c = cell(&column, i);
        if (c.size == 0)
            continue;
        int64_t k = 0;
        while (k < c.size && (is_figure(c.at[k]) || (c.at[k] == '-' && k > 0)))
            k++;
        said[i] = k == c.size && k > 1;
        hard[i] = !said[i];
        left += hard[i];
    }
    column_close(&column);
    return left;
}
