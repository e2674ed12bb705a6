/* The shared strings of a workbook beside its cells: whether a cell shows each of them. They lie in the order in which
   cells show them first, as nearly all programs write them, so that one walk over the cells tells. */
#include "column.h"

enum { MOST = 4096, LONGEST = 1 << 15 };

typedef struct {
    const uint8_t *data;
    int64_t size, at;          /* where the next item begins */
    Cell item;                 /* the text of the one a cell is looked for for */
    uint8_t text[LONGEST + 8]; /* where that is put together, if it is written with entities */
} Items;

static int is(const Items *items, int64_t at, const char *mark) {
    int64_t size = (int64_t)strlen(mark);
    return at + size <= items->size && memcmp(items->data + at, mark, (size_t)size) == 0;
}

/* A text with entities as what it says; 0 for any but the five of XML, and for one that is too long. */
static int plain(Items *items) {
    static const char *const named[5] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    static const uint8_t said[5] = {'&', '<', '>', '"', '\''};
    int64_t begin = items->item.at - items->data, end = begin + items->item.size, size = 0;
    if (items->item.size > LONGEST)
        return 0;
    while (begin < end) {
        uint8_t c = items->data[begin];
        int k = 0;
        if (c != '&') {
            items->text[size++] = c;
            begin++;
            continue;
        }
        while (k < 5 && !is(items, begin, named[k]))
            k++;
        if (k == 5)
            return 0;
        items->text[size++] = said[k];
        begin += (int64_t)strlen(named[k]);
    }
    items->item = (Cell){items->text, size};
    return 1;
}

/* The next item that says something: 1; 0 where there is none; ERROR where it is anything but one piece of text. */
static int next(Items *items) {
    while (is(items, items->at, "<si><t")) {
        int64_t begin = items->at + 6, end;
        while (begin < items->size && items->data[begin] != '>' && items->data[begin] != '<' && items->data[begin] != '/')
            begin++;
        if (!is(items, begin++, ">"))
            return ERROR;
        const uint8_t *mark = memchr(items->data + begin, '<', (size_t)(items->size - begin));
        end = mark ? mark - items->data : items->size;
        if (!is(items, end, "</t></si>"))
            return ERROR;
        items->item = (Cell){items->data + begin, end - begin};
        items->at = end + 9;
        if (items->item.size == 0)
            continue;
        return memchr(items->item.at, '&', (size_t)items->item.size) == NULL || plain(items) ? 1 : ERROR;
    }
    return is(items, items->at, "</sst>") ? 0 : ERROR;
}

static inline int shows(const Column *column, int64_t i, const Items *items) {
    uint32_t head;
    const View *view = column->views + i;
    if (view->size != items->item.size || !cell_held(column, i))
        return 0;
    memcpy(&head, view->at.inlined, sizeof head); /* most differ in what stands in the view itself */
    if (items->item.size >= 4 && memcmp(&head, items->item.at, sizeof head) != 0)
        return 0;
    return memcmp(cell(column, i).at, items->item.at, (size_t)items->item.size) == 0;
}

static int walked(const Column *columns, int64_t count, int64_t rows, Items *items) {
    int64_t before = items->at;
    int left = next(items);
    for (int64_t i = 0; i < rows && left > 0; i++)
        for (int64_t k = 0; k < count && left > 0; k++)
            if (shows(columns + k, i, items)) {
                before = items->at;
                left = next(items);
            }
    items->at = left > 0 ? before : items->at; /* for the cells of the next sheet */
    return left;
}

/* Whether cells, row by row, show all that is said from `*at` on in the order in which it is: 1; 0: not all, the rest
   begins at `*at`; ERROR where an item is anything but one piece of text. */
int64_t shared_shown(struct ArrowArrayStream **streams, int64_t count, int64_t rows, const uint8_t *data, int64_t size,
                     int64_t *at) {
    Items *items = malloc(sizeof *items);
    Column *columns = calloc((size_t)(count < MOST ? count + 1 : 1), sizeof *columns);
    int64_t opened = 0, done = items && columns && count < MOST && *at >= 0 && *at <= size ? 0 : ERROR;
    while (done == 0 && opened < count) {
        if (column_open(streams[opened], columns + opened))
            done = ERROR;
        else if (columns[opened++].size != rows)
            done = ERROR;
    }
    if (done == 0) {
        items->data = data;
        items->size = size;
        items->at = *at;
        int left = walked(columns, count, rows, items);
        done = left < 0 ? ERROR : left == 0;
        *at = items->at;
    }
    while (opened > 0)
        column_close(columns + --opened);
    free(columns);
    free(items);
    return done;
}
