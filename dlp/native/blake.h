/* Keyed BLAKE2b (RFC 7693). */
#ifndef SEKISHO_BLAKE_H
#define SEKISHO_BLAKE_H

#include "column.h"

/* A key of 1 to 64 bytes taken in, for digests of one width (at most 64 bytes). */
typedef struct {
    uint64_t keyed[8], empty[8];
} Blake;

void blake_key(Blake *blake, const uint8_t *key, int64_t size, int64_t width);
/* The digest of a cell, `width` bytes of it. */
void blake_digest(const Blake *blake, Cell c, int64_t width, uint8_t *out);


enum { BLAKE_BLOCK = 128, BLAKE_LANES = 8 };

/* Cells of one block that wait until there are as many as are hashed at once. Zeroed at first. */
typedef struct {
    uint8_t blocks[BLAKE_LANES][BLAKE_BLOCK], *outs[BLAKE_LANES];
    int64_t sizes[BLAKE_LANES], waiting;
} BlakeLines;

/* The same digest, put to `out` now or by the next blake_finish at the latest; the cell is copied. */
void blake_add(const Blake *blake, BlakeLines *lines, Cell c, int64_t width, uint8_t *out);
void blake_finish(const Blake *blake, BlakeLines *lines, int64_t width);

#endif
