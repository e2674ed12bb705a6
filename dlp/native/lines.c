/* Tokens of people: the line each is written down as, put together from the columns and hashed where it lies. */
#include "blake.h"

enum { MOST = 32, NAMES = 3, SHORT = 4096 };

typedef struct {
    uint8_t *at;
    int64_t size, room;
} Line;

static int put(Line *line, const uint8_t *bytes, int64_t size) {
    if (line->size + size > line->room) {
        int64_t room = 2 * (line->size + size) + SHORT;
        uint8_t *at = realloc(line->at, (size_t)room);
        if (at == NULL)
            return ERROR;
        line->at = at;
        line->room = room;
    }
    memcpy(line->at + line->size, bytes, (size_t)size);
    line->size += size;
    return 0;
}

static int put_text(Line *line, const char *text) { return put(line, (const uint8_t *)text, (int64_t)strlen(text)); }

/* "n|number", "p|who|kind|value" of the first fact there is, "p|who||" where there is none. Columns: what people are
   called by, the number, the facts by how much they say. `kinds`: what the facts are called, one string after another. */
static int written(const Column *columns, int64_t count, const char *kinds, int64_t i, Line *line) {
    Cell who = {(const uint8_t *)"", 0};
    line->size = 0;
    if (cell_held(columns + NAMES, i)) {
        Cell number = cell(columns + NAMES, i);
        return put_text(line, "n|") | put(line, number.at, number.size);
    }
    for (int64_t k = 0; k < NAMES; k++)
        if (cell_held(columns + k, i)) {
            who = cell(columns + k, i);
            break;
        }
    int failed = put_text(line, "p|") | put(line, who.at, who.size) | put_text(line, "|");
    for (int64_t k = NAMES + 1; k < count; k++, kinds += strlen(kinds) + 1)
        if (cell_held(columns + k, i)) {
            Cell value = cell(columns + k, i);
            return failed | put_text(line, kinds) | put_text(line, "|") | put(line, value.at, value.size);
        }
    return failed | put_text(line, "|");
}

/* The keyed digest of each person's line, `width` bytes each. */
int64_t line_digests(struct ArrowArrayStream **streams, int64_t count, int64_t rows, const char *kinds,
                     const uint8_t *key, int64_t key_size, int64_t width, uint8_t *out) {
    Column columns[MOST];
    Line line = {NULL, 0, 0};
    Blake blake;
    BlakeLines waiting = {.waiting = 0};
    int64_t opened = 0, done = ERROR;
    if (key_size < 1 || key_size > 64 || width < 1 || width > 64 || count <= NAMES || count > MOST)
        return ERROR;
    while (opened < count && column_open(streams[opened], columns + opened) == 0) {
        if (columns[opened++].size != rows)
            break;
        done = opened == count ? 0 : ERROR;
    }
    blake_key(&blake, key, key_size, width);
    for (int64_t i = 0; i < rows && done == 0; i++) {
        done = written(columns, count, kinds, i, &line);
        if (done == 0)
            blake_add(&blake, &waiting, (Cell){line.at, line.size}, width, out + i * width);
    }
    blake_finish(&blake, &waiting, width);
    while (opened > 0)
        column_close(columns + --opened);
    free(line.at);
    return done;
}

enum { DIGEST = 16, FEW = 32, HEADS = 1 << 16 };

static int compared(const void *a, const void *b) { return memcmp(a, b, DIGEST); }

/* Of a handful, which digests that begin alike are. */
static void sort_few(uint8_t *at, int64_t count) {
    uint8_t held[DIGEST];
    for (int64_t i = 1; i < count; i++) {
        int64_t k = i;
        if (memcmp(at + DIGEST * (i - 1), at + DIGEST * i, DIGEST) <= 0)
            continue;
        memcpy(held, at + DIGEST * i, DIGEST);
        for (; k > 0 && memcmp(at + DIGEST * (k - 1), held, DIGEST) > 0; k--)
            memcpy(at + DIGEST * k, at + DIGEST * (k - 1), DIGEST);
        memcpy(at + DIGEST * k, held, DIGEST);
    }
}

/* Digests of 16 bytes in order: by their first two bytes, and among those that share them. */
int64_t sorted_digests(const uint8_t *digests, int64_t count, uint8_t *out) {
    int64_t *begins = calloc(HEADS + 1, sizeof *begins);
    if (begins == NULL)
        return ERROR;
    for (int64_t i = 0; i < count; i++)
        begins[(digests[DIGEST * i] << 8 | digests[DIGEST * i + 1]) + 1]++;
    for (int64_t h = 0; h < HEADS; h++)
        begins[h + 1] += begins[h];
    for (int64_t i = 0; i < count; i++) /* afterwards each begins where the next one did */
        memcpy(out + DIGEST * begins[digests[DIGEST * i] << 8 | digests[DIGEST * i + 1]]++, digests + DIGEST * i, DIGEST);
    for (int64_t h = 0, begin = 0; h < HEADS; begin = begins[h++]) {
        if (begins[h] - begin > FEW)
            qsort(out + DIGEST * begin, (size_t)(begins[h] - begin), DIGEST, compared);
        else
            sort_few(out + DIGEST * begin, begins[h] - begin);
    }
    free(begins);
    return 0;
}
