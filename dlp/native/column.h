/* A column of text as polars hands it over (Arrow's C stream, "vu": string views), and columns handed back the same way.

   Nothing of Python is used: the library is loaded by ctypes and works for every version of it. */
#ifndef SEKISHO_COLUMN_H
#define SEKISHO_COLUMN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ERROR (-1)

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

/* Up to 12 bytes lie in the view itself; of more, the first four and where all of them are. */
typedef struct {
    int32_t size;
    union {
        char inlined[12];
        struct {
            char prefix[4];
            int32_t buffer, offset;
        } far;
    } at;
} View;

typedef struct {
    struct ArrowArray array;
    const View *views;       /* of a column of text */
    const uint64_t *numbers; /* of one of numbers */
    const uint8_t *valid; /* one bit a cell; NULL: all are */
    int64_t size;
} Column;

typedef struct {
    const uint8_t *at;
    int64_t size;
} Cell;

/* 0, or ERROR for anything but one chunk of string views. */
int column_open(struct ArrowArrayStream *stream, Column *column);
/* The same for one chunk of unsigned numbers of 64 bits. */
int column_open_numbers(struct ArrowArrayStream *stream, Column *column);
void column_close(Column *column);

static inline int cell_held(const Column *c, int64_t i) {
    int64_t at = i + c->array.offset;
    return c->valid == NULL || (c->valid[at >> 3] >> (at & 7) & 1);
}

/* A null cell is an empty one. */
static inline Cell cell(const Column *c, int64_t i) {
    Cell found = {(const uint8_t *)"", 0};
    if (cell_held(c, i)) {
        const View *view = c->views + i;
        found.size = view->size;
        found.at = view->size <= 12 ? (const uint8_t *)view->at.inlined
                                    : (const uint8_t *)c->array.buffers[2 + view->at.far.buffer] + view->at.far.offset;
    }
    return found;
}

/* Bytes that several columns have their cells in; whoever is the last to go frees them. */
typedef struct {
    int64_t owners, size;
    uint8_t bytes[];
} Shared;

/* A column being made: views and bytes of text ("vu"), or values of `width` bytes. All cells are null until set. Its
   cells lie in `bytes`, which are its own, or in `shared`. */
typedef struct {
    const char *format;
    int64_t size, nulls, width, used, room;
    uint8_t *valid, *values, *bytes;
    Shared *shared;
} Made;

Made *made_new(const char *format, int64_t width, int64_t size);
/* The same with values that are not zeros yet: each has to be set, of what is null as well. */
Made *made_bare(const char *format, int64_t width, int64_t size);
void made_free(Made *made);
uint8_t *made_grown(Made *made, int64_t most);

/* Where up to `most` bytes of text may be written; NULL: no memory. */
static inline uint8_t *made_room(Made *made, int64_t most) {
    return made->used + most <= made->room ? made->bytes + made->used : made_grown(made, most);
}

static inline void made_held(Made *made, int64_t i) {
    made->valid[i >> 3] |= (uint8_t)(1 << (i & 7));
    made->nulls--;
}

/* Cell `i` is the `size` bytes last written at made_room. */
static inline void made_text(Made *made, int64_t i, const uint8_t *at, int64_t size) {
    View *view = (View *)made->values + i;
    view->size = (int32_t)size;
    if (size <= 12) {
        memcpy(view->at.inlined, at, (size_t)size);
    } else {
        memcpy(view->at.far.prefix, at, 4);
        view->at.far.offset = (int32_t)(at - made->bytes);
        made->used = at - made->bytes + size;
    }
    made_held(made, i);
}

#endif
