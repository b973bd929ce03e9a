/*
 * edits.h - hostile edits of a file, a fixed sequence of them, with the checksums made right again.
 * SPDX-License-Identifier: MIT
 */
#ifndef EDITS_H
#define EDITS_H

#include <stddef.h>
#include <stdint.h>

/* An edited file is at most so much longer. */
#define EDIT_GROWTH 64

/*
 * Puts edit `number` of the file into `edited`, which has room for size + EDIT_GROWTH bytes, and returns its size. One to
 * three changes of 1 to 16 bytes each: random values, numbers at the edges of types, chunks copied, put in or taken out;
 * anywhere, or aimed at the directory or at the start of a section.
 */
size_t edit(const uint8_t *data, size_t size, uint64_t number, uint8_t *edited);

#endif
