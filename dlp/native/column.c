#include "column.h"

static int opened(struct ArrowArrayStream *stream, Column *column, const char *format) {
    struct ArrowSchema schema;
    memset(&schema, 0, sizeof schema);
    memset(column, 0, sizeof *column);
    if (stream->get_schema(stream, &schema))
        return ERROR;
    int text = schema.format && strcmp(schema.format, format) == 0;
    if (schema.release)
        schema.release(&schema);
    if (!text || stream->get_next(stream, &column->array))
        return ERROR;
    if (column->array.release == NULL)
        return 0; /* no rows */
    struct ArrowArray rest;
    memset(&rest, 0, sizeof rest);
    int more = stream->get_next(stream, &rest);
    if (rest.release) {
        rest.release(&rest);
        more = 1;
    }
    if (more) {
        column_close(column);
        return ERROR;
    }
    column->valid = column->array.buffers[0];
    column->size = column->array.length;
    return 0;
}

int column_open(struct ArrowArrayStream *stream, Column *column) {
    if (opened(stream, column, "vu"))
        return ERROR;
    if (column->array.release)
        column->views = (const View *)column->array.buffers[1] + column->array.offset;
    return 0;
}

int column_open_numbers(struct ArrowArrayStream *stream, Column *column) {
    if (opened(stream, column, "L"))
        return ERROR;
    if (column->array.release)
        column->numbers = (const uint64_t *)column->array.buffers[1] + column->array.offset;
    return 0;
}

void column_close(Column *column) {
    if (column->array.release)
        column->array.release(&column->array);
}

static Made *made_with(const char *format, int64_t width, int64_t size, uint8_t *values) {
    Made *made = calloc(1, sizeof *made);
    if (made == NULL) {
        free(values);
        return NULL;
    }
    *made = (Made){.format = format, .size = size, .nulls = size, .width = width};
    made->valid = calloc((size_t)(size / 8 + 8), 1);
    made->values = values;
    if (made->valid == NULL || made->values == NULL) {
        made_free(made);
        return NULL;
    }
    return made;
}

Made *made_new(const char *format, int64_t width, int64_t size) {
    return made_with(format, width, size, calloc((size_t)(size + 1), (size_t)width));
}

Made *made_bare(const char *format, int64_t width, int64_t size) {
    return made_with(format, width, size, malloc((size_t)(size + 1) * (size_t)width));
}

void made_free(Made *made) {
    if (made == NULL)
        return;
    if (made->shared && __atomic_sub_fetch(&made->shared->owners, 1, __ATOMIC_ACQ_REL) == 0)
        free(made->shared);
    free(made->valid);
    free(made->values);
    free(made->bytes);
    free(made);
}

uint8_t *made_grown(Made *made, int64_t most) {
    int64_t room = (made->used + most) * 2 + 4096;
    uint8_t *bytes = room < INT32_MAX ? realloc(made->bytes, (size_t)room) : NULL;
    if (bytes == NULL)
        return NULL;
    made->bytes = bytes;
    made->room = room;
    return made->bytes + made->used;
}

/* What is exported: the column, and the arrays Arrow wants beside it. */
typedef struct {
    Made *made;
    const void *buffers[4];
    int64_t bytes;
} Held;

static void array_release(struct ArrowArray *array) {
    Held *held = array->private_data;
    made_free(held->made);
    free(held);
    array->release = NULL;
}

static void schema_release(struct ArrowSchema *schema) { schema->release = NULL; }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) {
    Held *held = stream->private_data;
    memset(schema, 0, sizeof *schema);
    schema->format = held->made->format;
    schema->name = "";
    schema->flags = 2; /* may be null */
    schema->release = schema_release;
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *array) {
    Held *held = stream->private_data;
    memset(array, 0, sizeof *array);
    if (held->buffers[1] == NULL)
        return 0; /* it was handed over before: the end */
    Held *whole = malloc(sizeof *whole);
    Made *rest = calloc(1, sizeof *rest);
    if (whole == NULL || rest == NULL) {
        free(whole);
        free(rest);
        return 12;
    }
    *whole = *held;
    int text = strcmp(held->made->format, "vu") == 0;
    whole->bytes = held->made->used;
    if (text && whole->made->shared) {
        whole->bytes = whole->made->shared->size;
        whole->buffers[2] = whole->made->shared->bytes;
        whole->buffers[3] = &whole->bytes;
    } else if (text) {
        whole->buffers[2] = whole->made->bytes ? (const void *)whole->made->bytes : (const void *)&whole->bytes;
        whole->buffers[3] = &whole->bytes;
    }
    array->length = held->made->size;
    array->null_count = held->made->nulls;
    array->n_buffers = text ? 4 : 2;
    array->buffers = whole->buffers;
    array->release = array_release;
    array->private_data = whole;
    rest->format = held->made->format; /* the schema may still be asked for */
    held->made = rest;
    held->buffers[1] = NULL;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return NULL;
}

static void stream_release(struct ArrowArrayStream *stream) {
    Held *held = stream->private_data;
    made_free(held->made);
    free(held);
    stream->release = NULL;
}

/* Hand a column over; its memory belongs to `stream` from now on. */
int made_export(Made *made, struct ArrowArrayStream *stream) {
    Held *held = calloc(1, sizeof *held);
    if (held == NULL) {
        made_free(made);
        return ERROR;
    }
    held->made = made;
    held->buffers[0] = made->valid;
    held->buffers[1] = made->values;
    *stream = (struct ArrowArrayStream){get_schema, get_next, get_last_error, stream_release, held};
    return 0;
}

#ifndef SEKISHO_SOURCE
#define SEKISHO_SOURCE "unknown"
#endif

/* The digest of what this was compiled from: a library that is older than the source beside it is not used. */
const char *source(void) { return SEKISHO_SOURCE; }
