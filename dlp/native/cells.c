/* Cells of a delimited text without quotes, as columns: each cell lies where it lay in the text. */
#include "column.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 16, INLINE = 12 };
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
enum { LITTLE = 1 };
#else
enum { LITTLE = 0 };
#endif

typedef struct {
    const uint8_t *text;
    int64_t size, width, row, column;
    Made **made;
} Reader;

/* The view of a cell behind which the text goes on: twelve bytes are taken, and those kept that are its own. */
static inline void view_filled(View *view, const uint8_t *at, int32_t offset) {
    static const uint32_t kept[5] = {0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF};
    int32_t size = view->size;
    uint64_t low;
    uint32_t high = 0;
    memcpy(&low, at, sizeof low);
    if (size > INLINE) {
        memcpy(view->at.far.prefix, &low, sizeof view->at.far.prefix);
        view->at.far.buffer = 0;
        view->at.far.offset = offset;
        return;
    }
    if (size >= 8) {
        memcpy(&high, at + 8, sizeof high);
        high &= kept[size - 8];
    } else
        low &= ((uint64_t)1 << 8 * size) - 1;
    memcpy(view->at.inlined, &low, sizeof low);
    memcpy(view->at.inlined + 8, &high, sizeof high);
}

static inline void cell_add(Reader *to, int64_t begin, int64_t end) {
    Made *made = to->made[to->column];
    View *view = (View *)made->values + to->row;
    if (end == begin) {
        *view = (View){0}; /* nothing is null */
        return;
    }
    view->size = (int32_t)(end - begin);
    if (LITTLE && begin + INLINE <= to->size)
        view_filled(view, to->text + begin, (int32_t)begin);
    else if (end - begin <= INLINE) {
        memset(view->at.inlined, 0, INLINE);
        memcpy(view->at.inlined, to->text + begin, (size_t)(end - begin));
    } else {
        memcpy(view->at.far.prefix, to->text + begin, 4);
        view->at.far.buffer = 0;
        view->at.far.offset = (int32_t)begin;
    }
    made_held(made, to->row);
}

/* A cell's end, at a delimiter or the end of a line; 0 where polars would not read on, or otherwise. */
static inline int cell_ends(Reader *to, int64_t *begin, int64_t at, int line) {
    int64_t end = at;
    if (to->column >= to->width)
        return 0;
    if (line && end > *begin && to->text[end - 1] == '\r')
        end--;
    if (line && ((to->column == 0 && end == *begin) || (to->row == 0 && to->column + 1 < to->width)))
        return 0; /* an empty line, or a first one with fewer cells than there are columns */
    cell_add(to, *begin, end);
    for (int64_t k = to->column + 1; line && k < to->width; k++) /* a line with fewer cells than there are columns */
        ((View *)to->made[k]->values)[to->row] = (View){0};
    to->column = line ? 0 : to->column + 1;
    to->row += line;
    *begin = at + 1;
    return 1;
}

/* Reads the text, and copies it on the way. */
static int read_all(Reader *to, uint8_t delimiter, uint8_t *copy) {
    int64_t begin = 0, i = 0, size = to->size;
#ifdef __SSE2__
    const __m128i split = _mm_set1_epi8((char)delimiter), line = _mm_set1_epi8('\n');
    for (; i + BLOCK <= size; i += BLOCK) {
        __m128i block = _mm_loadu_si128((const __m128i *)(to->text + i));
        _mm_storeu_si128((__m128i *)(copy + i), block);
        unsigned ends = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, split), _mm_cmpeq_epi8(block, line)));
        for (; ends; ends &= ends - 1) {
            int64_t at = i + __builtin_ctz(ends);
            if (!cell_ends(to, &begin, at, to->text[at] == '\n'))
                return 0;
        }
    }
#endif
    memcpy(copy + i, to->text + i, (size_t)(size - i));
    for (; i < size; i++)
        if ((to->text[i] == delimiter || to->text[i] == '\n') && !cell_ends(to, &begin, i, to->text[i] == '\n'))
            return 0;
    return (begin == size && to->column == 0) || cell_ends(to, &begin, size, 1);
}

typedef uint8_t Bytes __attribute__((vector_size(BLOCK)));

static int64_t lines_of(const uint8_t *text, int64_t size) {
    int64_t lines = text[size - 1] != '\n', i = 0;
    while (i + BLOCK <= size) {
        Bytes found = {0}, block;
        for (int n = 0; n < 255 && i + BLOCK <= size; n++, i += BLOCK) {
            memcpy(&block, text + i, sizeof block);
            found -= (Bytes)(block == '\n'); /* all bits: one less than none */
        }
        for (int k = 0; k < BLOCK; k++)
            lines += found[k];
    }
    for (; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

/* A column for each of `width`, in `made`; how many rows there are. ERROR for empty lines, too many cells, and a first line
   with too few. */
int64_t csv_columns(const uint8_t *text, int64_t size, int64_t delimiter, int64_t width, Made **made) {
    if (size <= 0 || size >= INT32_MAX || width < 1)
        return ERROR;
    int64_t rows = lines_of(text, size), ready = 0;
    if (rows > (2 * size + 64) / width) /* a byte a cell, at the least: else memory would be set aside in vain */
        return ERROR;
    Shared *shared = malloc(sizeof *shared + (size_t)size);
    if (shared == NULL)
        return ERROR;
    *shared = (Shared){.owners = 1, .size = size};
    for (; ready < width && (made[ready] = made_bare("vu", sizeof(View), rows)) != NULL; ready++) {
        made[ready]->shared = shared;
        shared->owners++;
    }
    Reader to = {text, size, width, 0, 0, made};
    int whole = ready == width && read_all(&to, (uint8_t)delimiter, shared->bytes) && to.row == rows;
    for (int64_t k = 0; k < ready && !whole; k++)
        made_free(made[k]);
    if (--shared->owners == 0)
        free(shared);
    return whole ? rows : ERROR;
}
