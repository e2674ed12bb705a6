/* Namesakes compared: which pairs of mentions of one name may be one person, and how many people a name is at least. */
#include "column.h"

enum { MOST = 31, HARD = 1, STRONG = 2, SOFT = 4, KIND = 8, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, ROWS = 128, BLOCK = 16 };

/* Who each row is, and facts of it, all as numbers; `held`: a bit for each fact a row has. */
typedef struct {
    Column columns[MOST + 1];
    int64_t opened, count, rows;
    const uint64_t *facts[MOST];
    uint32_t *held;
    int64_t *order; /* rows that have a name, those of one name side by side, in their own order */
    int64_t named;
} Table;

static void table_close(Table *table) {
    while (table->opened > 0)
        column_close(table->columns + --table->opened);
    free(table->held);
    free(table->order);
}

/* A row and who it is, side by side: what is sorted is read from one end to the other, not from here and there. */
typedef struct {
    uint64_t who;
    int64_t row;
} Named;

static void sorted_by(const Named *from, int64_t count, int shift, Named *to) {
    int64_t begins[DIGITS + 1] = {0};
    for (int64_t i = 0; i < count; i++)
        begins[(from[i].who >> shift & (DIGITS - 1)) + 1]++;
    for (int d = 0; d < DIGITS; d++)
        begins[d + 1] += begins[d];
    for (int64_t i = 0; i < count; i++)
        to[begins[from[i].who >> shift & (DIGITS - 1)]++] = from[i];
}

/* Stable, some bits at a time: nobody can make names meet. */
static int ordered(Table *table) {
    const uint64_t *who = table->columns[0].numbers;
    Named *rows = malloc((size_t)(2 * table->rows + 2) * sizeof *rows), *from = rows, *to = rows + table->rows + 1;
    if (rows == NULL)
        return ERROR;
    for (int64_t i = 0; i < table->rows; i++)
        if (cell_held(table->columns, i))
            from[table->named++] = (Named){who[i], i};
    for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
        sorted_by(from, table->named, shift, to);
        Named *swapped = from;
        from = to;
        to = swapped;
    }
    for (int64_t i = 0; i < table->named; i++)
        table->order[i] = from[i].row;
    free(rows);
    return 0;
}

static int table_open(Table *table, struct ArrowArrayStream **streams, int64_t count, int64_t rows) {
    memset(table, 0, sizeof *table);
    if (count < 1 || count > MOST + 1)
        return ERROR;
    for (; table->opened < count; table->opened++)
        if (column_open_numbers(streams[table->opened], table->columns + table->opened))
            return ERROR;
    table->count = count - 1;
    table->rows = rows;
    table->held = calloc((size_t)rows + 1, sizeof *table->held);
    table->order = malloc((size_t)(rows + 1) * sizeof *table->order);
    if (table->held == NULL || table->order == NULL)
        return ERROR;
    for (int64_t f = 0; f <= table->count; f++)
        if (table->columns[f].size != rows)
            return ERROR;
    for (int64_t f = 0; f < table->count; f++) {
        table->facts[f] = table->columns[f + 1].numbers;
        for (int64_t i = 0; i < rows; i++)
            table->held[i] |= (uint32_t)cell_held(table->columns + f + 1, i) << f;
    }
    return ordered(table);
}

/* Where the rows of one name end that begin at `begin`. */
static int64_t name_end(const Table *table, int64_t begin) {
    const uint64_t *who = table->columns[0].numbers;
    int64_t end = begin + 1;
    while (end < table->named && who[table->order[end]] == who[table->order[begin]])
        end++;
    return end;
}

/* Rows of one name, their facts as small numbers that are equal where the facts are; 0: a row has none. */
typedef struct {
    uint8_t facts[MOST + 1][ROWS], inside[ROWS]; /* all bits of `inside` where there is a row */
    uint8_t kinds[MOST + 1];                     /* of facts that are kinds: whether all rows have one and the same */
    uint32_t held[ROWS];
    int64_t size;
} Name;

enum { SLOTS = 4 * ROWS };

/* Numbers for the values a fact has in the rows of a name: how many rows have one, and how many values there are. */
static int64_t numbered(const Table *table, int64_t begin, int64_t f, Name *name, int64_t *different) {
    uint8_t slots[SLOTS] = {0}, next = 0;
    uint64_t values[ROWS], told[ROWS];
    int64_t held = 0;
    for (int64_t i = 0; i < name->size; i++) /* asked for all at once: they lie here and there in memory */
        told[i] = table->facts[f][table->order[begin + i]];
    for (int64_t i = 0; i < name->size; i++) {
        if (!(name->held[i] >> f & 1))
            continue;
        held++;
        uint64_t slot = (told[i] * 0x9E3779B97F4A7C15u) >> 32;
        while (slots[slot % SLOTS] && values[slots[slot % SLOTS] - 1] != told[i])
            slot++;
        if (!slots[slot % SLOTS]) {
            values[next++] = told[i];
            slots[slot % SLOTS] = next;
        }
        name->facts[f][i] = slots[slot % SLOTS];
    }
    *different = next;
    return held;
}

static void rows_read(const Table *table, int64_t begin, int64_t size, Name *name) {
    name->size = size;
    for (int64_t i = 0; i < size; i++)
        name->held[i] = table->held[table->order[begin + i]];
}

/* 0 where no two of the rows can be one person: all differ in a fact that tells people apart, or in one that does so
   where nothing strong is shared, and share nothing strong. */
static int name_read(const Table *table, const uint8_t *roles, int64_t begin, int64_t size, Name *name) {
    int shared = 0, apart = 0;
    rows_read(table, begin, size, name);
    memset(name->inside, 0, ROWS);
    memset(name->inside, 0xFF, (size_t)size);
    for (int64_t f = table->count - 1; f >= 0 && size > 1; f--) { /* kinds before their facts */
        int64_t different, held;
        memset(name->facts[f], 0, ROWS);
        held = numbered(table, begin, f, name, &different);
        if (roles[f] & KIND) {
            name->kinds[f] = held == size && different == 1;
            continue;
        }
        int alike = !(roles[f + 1] & KIND) || name->kinds[f + 1];
        shared |= different < held ? roles[f] & STRONG : 0;
        apart |= held == size && different == size && alike ? roles[f] & (HARD | SOFT) : 0;
    }
    return size > 1 && !(apart & HARD) && (shared || !(apart & SOFT));
}

/* Sixteen rows at once, in the compiler's own vectors. */
typedef uint8_t Bytes __attribute__((vector_size(BLOCK)));

static inline Bytes at(const uint8_t *data) {
    Bytes bytes;
    memcpy(&bytes, data, sizeof bytes);
    return bytes;
}

/* Which of sixteen rows may be one person with row `i`, and in which of them both agree in something strong. A row's
   facts that it has are in `has`. */
static inline Bytes may_be(const Name *name, const uint8_t *has, int count, const uint8_t *roles, int64_t i,
                           int64_t block, Bytes *agree) {
    Bytes same = {0}, differ = {0};
    for (int n = 0; n < count; n++) {
        int f = has[n];
        Bytes others = at(name->facts[f] + block), equal = (Bytes)(others == name->facts[f][i]), held = (Bytes)(others != 0);
        if (roles[f + 1] & KIND) /* facts of two kinds contradict nothing */
            held &= (Bytes)(at(name->facts[f + 1] + block) == name->facts[f + 1][i]);
        same |= equal & roles[f];
        differ |= ~equal & held & roles[f];
    }
    *agree = (Bytes)((same & STRONG) != 0);
    return at(name->inside + block) & (Bytes)((differ & HARD) == 0) & (*agree | (Bytes)((differ & SOFT) == 0));
}

static inline int any(Bytes bytes) {
    uint64_t halves[2];
    memcpy(halves, &bytes, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* What was found so far, and the room there is for it. */
typedef struct {
    int32_t *out;
    int64_t found, room;
} Pairs;

static void pair_add(Pairs *pairs, int64_t a, int64_t b, int agree) {
    if (pairs->found < pairs->room) {
        int32_t *out = pairs->out + 3 * pairs->found;
        out[0] = (int32_t)a;
        out[1] = (int32_t)b;
        out[2] = agree;
    }
    pairs->found++;
}

/* 1: two rows agree in something strong; 0: they contradict each other in nothing; ERROR: they are two people. */
static int judged(const Table *table, const uint8_t *roles, int64_t a, int64_t b) {
    int agree = 0, differ = 0;
    for (uint32_t both = table->held[a] & table->held[b]; both; both &= both - 1) {
        int f = __builtin_ctz(both);
        if (roles[f] & KIND)
            continue;
        if (table->facts[f][a] == table->facts[f][b])
            agree |= roles[f] & STRONG;
        else if (roles[f + 1] & KIND && table->facts[f + 1][a] != table->facts[f + 1][b])
            continue;
        else if (roles[f] & HARD)
            return ERROR;
        else
            differ |= roles[f] & SOFT;
    }
    return agree ? 1 : differ ? ERROR : 0;
}

/* A few rows of one name, each beside each. */
static void pairs_of_few(const Table *table, const uint8_t *roles, int64_t begin, int64_t end, Pairs *pairs) {
    for (int64_t i = begin; i < end; i++)
        for (int64_t k = i + 1; k < end; k++) {
            int agree = judged(table, roles, table->order[i], table->order[k]);
            if (agree >= 0)
                pair_add(pairs, table->order[i], table->order[k], agree);
        }
}

static void pairs_of(const Table *table, const Name *name, const uint8_t *roles, int64_t begin, Pairs *pairs) {
    for (int64_t i = 0; i + 1 < name->size; i++) {
        uint8_t has[MOST];
        int count = 0;
        for (int f = 0; f < table->count; f++)
            if (name->facts[f][i] && !(roles[f] & KIND))
                has[count++] = (uint8_t)f;
        for (int64_t block = (i + 1) / BLOCK * BLOCK; block < name->size; block += BLOCK) {
            Bytes agree, may = may_be(name, has, count, roles, i, block, &agree);
            for (int64_t k = 0; k < BLOCK && any(may); k++) {
                if (may[k] && block + k > i)
                    pair_add(pairs, table->order[begin + i], table->order[begin + block + k], agree[k] != 0);
            }
        }
    }
}

/* Pairs of rows of one name, but of names that more than `crowd` rows have: one row, the other, whether they agree. In
   order of the first where there is room for all. How many there are; `left`: rows of names that are too common. */
int64_t namesakes(struct ArrowArrayStream **streams, int64_t count, int64_t rows, const uint8_t *roles, int64_t crowd,
                  int64_t room, int32_t *out, int64_t *left) {
    Table table;
    Name name;
    uint8_t told[MOST + 1] = {0}; /* one more than there are: no kind follows the last */
    Pairs pairs = {out, 0, room};
    int64_t found = ERROR;
    *left = 0;
    memset(&table, 0, sizeof table);
    if (rows < INT32_MAX && crowd <= ROWS && table_open(&table, streams, count, rows) == 0) {
        memcpy(told, roles, (size_t)table.count);
        for (int64_t begin = 0, end; begin < table.named; begin = end) {
            end = name_end(&table, begin);
            if (end - begin > crowd) {
                *left += end - begin;
                continue;
            }
            if (end - begin <= BLOCK) {
                pairs_of_few(&table, told, begin, end, &pairs);
                continue;
            }
            if (name_read(&table, told, begin, end - begin, &name))
                pairs_of(&table, &name, told, begin, &pairs);
        }
        found = pairs.found;
    }
    table_close(&table);
    return found;
}

static int less(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* How many values a fact has in the rows of a name that too many have to number them. */
static int64_t different_of(const Table *table, int64_t begin, int64_t end, int64_t f, uint64_t *values) {
    int64_t n = 0, different = 0;
    for (int64_t i = begin; i < end; i++)
        if (table->held[table->order[i]] >> f & 1)
            values[n++] = table->facts[f][table->order[i]];
    qsort(values, (size_t)n, sizeof *values, less);
    for (int64_t i = 0; i < n; i++)
        different += i == 0 || values[i] != values[i - 1];
    return different;
}

/* As many people as a name is at least: the values of the fact of which it has most. */
static int64_t most_of(const Table *table, int64_t begin, int64_t end, Name *name, uint64_t *values) {
    int64_t most = 1, different;
    if (end - begin <= ROWS)
        rows_read(table, begin, end - begin, name);
    for (int64_t f = 0; end - begin > 1 && f < table->count; f++) {
        if (end - begin <= ROWS)
            numbered(table, begin, f, name, &different);
        else
            different = different_of(table, begin, end, f, values);
        most = different > most ? different : most;
    }
    return most;
}

/* What nobody could take for fewer people: of each name as many as it has values of the fact of which it has most. */
int64_t at_least(struct ArrowArrayStream **streams, int64_t count, int64_t rows) {
    Table table;
    Name name;
    int64_t people = ERROR;
    uint64_t *values = malloc((size_t)(rows + 1) * sizeof *values);
    if (table_open(&table, streams, count, rows) == 0 && values) {
        people = 0;
        for (int64_t begin = 0, end; begin < table.named; begin = end) {
            end = name_end(&table, begin);
            people += most_of(&table, begin, end, &name, values);
        }
    }
    free(values);
    table_close(&table);
    return people;
}
