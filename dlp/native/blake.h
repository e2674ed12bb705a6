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

#endif
