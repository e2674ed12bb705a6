/* Addresses: what stands before the house number repeats, so each different one is told apart here and read in Python. */
#include "column.h"

/* Places looked at for a town. Whoever writes a table can make all its towns meet in one: beyond these it is left. */
enum { MOST_PLACES = 256 };

static uint64_t hash(const uint8_t *at, int64_t size) {
    uint64_t h = 0x9E3779B97F4A7C15u ^ (uint64_t)size, word;
    for (; size > 0; at += 8, size -= 8) {
        word = 0;
        memcpy(&word, at, size < 8 ? (size_t)size : 8);
        h = (h ^ word) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    h = (h ^ h >> 29) * 0xC4CEB9FE1A85EC53u; /* else the last letter would hardly tell in the low bits */
    return h ^ h >> 32;
}

/* Figures, perhaps with single "-" between them, to the end. */
static int numbered(const uint8_t *at, const uint8_t *end) {
    int dash = 1;
    for (; at < end; at++) {
        if (*at == '-' && !dash)
            dash = 1;
        else if (*at >= '0' && *at <= '9')
            dash = 0;
        else
            return 0;
    }
    return !dash;
}

/* Sixteen bytes at once, in the compiler's own vectors. */
typedef uint8_t Bytes __attribute__((vector_size(16)));

/* Bytes before the house number; 0 where there is none. */
static int64_t town(Cell c) {
    int64_t k = 0;
    for (; k + 16 <= c.size; k += 16) {
        Bytes bytes;
        uint64_t halves[2];
        memcpy(&bytes, c.at + k, sizeof bytes);
        bytes = (Bytes)(bytes - '0' < 10);
        memcpy(halves, &bytes, sizeof halves);
        if (halves[0] | halves[1])
            break;
    }
    while (k < c.size && !(c.at[k] >= '0' && c.at[k] <= '9'))
        k++;
    return k < c.size && numbered(c.at + k, c.at + c.size) ? k : 0;
}

/* Whether no letter of a town is one that `odd` marks. */
static int plain(Cell c, int64_t size, const uint8_t *odd) {
    for (int64_t k = 0; k < size;) {
        int code = c.at[k], step = 1;
        if (code >= 0xF0)
            return 0;
        if (code >= 0xE0) {
            code = (code & 0x0F) << 12 | (c.at[k + 1] & 0x3F) << 6 | (c.at[k + 2] & 0x3F);
            step = 3;
        } else if (code >= 0x80) {
            code = (code & 0x1F) << 6 | (c.at[k + 1] & 0x3F);
            step = 2;
        }
        if (odd[code])
            return 0;
        k += step;
    }
    return 1;
}

/* The number of each cell's town in `ids`, how long it is in `sizes` (0: an empty or a hard cell); and the towns. */
int64_t towns(struct ArrowArrayStream *stream, int64_t rows, uint8_t *hard, const uint8_t *odd, int32_t *ids,
              int32_t *sizes, Made **out) {
    Column column;
    if (column_open(stream, &column))
        return ERROR;
    int64_t room = 16, count = 0, left = 0, failed = column.size != rows;
    while (room < rows * 2)
        room *= 2;
    int32_t *slots = calloc((size_t)room, sizeof *slots);
    int32_t *firsts = calloc((size_t)rows + 1, sizeof *firsts);
    failed |= slots == NULL || firsts == NULL;
    for (int64_t i = 0; i < rows && !failed; i++) {
        Cell c = cell(&column, i);
        sizes[i] = c.size && c.size < 4096 ? (int32_t)town(c) : 0;
        if (sizes[i] == 0) {
            hard[i] = c.size > 0;
            left += c.size > 0;
            continue;
        }
        uint64_t slot = hash(c.at, sizes[i]), last = slot + MOST_PLACES;
        for (; slot != last; slot++) {
            int32_t known = slots[slot & (uint64_t)(room - 1)] - 1;
            if (known < 0) {
                if (!plain(c, sizes[i], odd)) { /* asked once of each town: one that is known was plain */
                    slot = last;
                    break;
                }
                firsts[count] = (int32_t)i;
                ids[i] = (int32_t)count++;
                slots[slot & (uint64_t)(room - 1)] = (int32_t)count;
                break;
            }
            int64_t first = firsts[known];
            if (sizes[first] == sizes[i] && memcmp(cell(&column, first).at, c.at, (size_t)sizes[i]) == 0) {
                ids[i] = known;
                break;
            }
        }
        if (slot == last) {
            sizes[i] = 0;
            hard[i] = 1;
            left++;
        }
    }
    Made *made = failed ? NULL : made_new("vu", sizeof(View), count);
    for (int64_t k = 0; made && k < count; k++) {
        uint8_t *to = made_room(made, sizes[firsts[k]]);
        if (to == NULL) {
            made_free(made);
            made = NULL;
            break;
        }
        memcpy(to, cell(&column, firsts[k]).at, (size_t)sizes[firsts[k]]);
        made_text(made, k, to, sizes[firsts[k]]);
    }
    free(slots);
    free(firsts);
    column_close(&column);
    *out = made;
    return made ? left : ERROR;
}

static int64_t letters(Cell c) {
    int64_t n = 0;
    for (int64_t k = 0; k < c.size; k++)
        n += (c.at[k] & 0xC0) != 0x80;
    return n;
}

static int digit(uint8_t letter) {
    return letter >= '0' && letter <= '9';
}

/* How long a key is without the room that ends it: a number of three or four digits behind three others. */
static int64_t house(const uint8_t *key, int64_t size) {
    int64_t k = size, end = size;
    for (int group = 0; group < 4; group++) {
        int64_t last = k;
        while (k > 0 && digit(key[k - 1]))
            k--;
        if (k == last || (group == 0 && (last - k < 3 || last - k > 4)))
            return size;
        if (group == 3)
            return end;
        last = k;
        while (k > 0 && key[k - 1] == '-')
            k--;
        if (k == last)
            return size;
        if (group == 0)
            end = k;
    }
    return size;
}

/* Each town as its key has it, and the house number; hard where the town has none, or all are fewer than `least`. */
int64_t key_addresses(struct ArrowArrayStream *stream, struct ArrowArrayStream *known, int64_t rows, uint8_t *hard,
                      const int32_t *ids, const int32_t *sizes, int64_t least, Made **out) {
    Column column, keys;
    if (column_open(stream, &column))
        return ERROR;
    if (column_open(known, &keys)) {
        column_close(&column);
        return ERROR;
    }
    Made *made = column.size == rows ? made_new("vu", sizeof(View), rows) : NULL;
    int64_t left = 0;
    for (int64_t i = 0; made && i < rows; i++) {
        if (sizes[i] == 0)
            continue;
        if (ids[i] < 0 || ids[i] >= keys.size) { /* keys of other towns */
            made_free(made);
            made = NULL;
            break;
        }
        Cell c = cell(&column, i), begin = cell(&keys, ids[i]);
        int64_t rest = c.size - sizes[i];
        if (!cell_held(&keys, ids[i]) || letters(begin) + rest < least) {
            hard[i] = 1;
            left++;
            continue;
        }
        uint8_t *to = made_room(made, begin.size + rest);
        if (to == NULL) {
            made_free(made);
            made = NULL;
            break;
        }
        memcpy(to, begin.at, (size_t)begin.size);
        memcpy(to + begin.size, c.at + sizes[i], (size_t)rest);
        made_text(made, i, to, house(to, begin.size + rest));
    }
    column_close(&keys);
    column_close(&column);
    *out = made;
    return made ? left : ERROR;
}
