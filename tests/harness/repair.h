/*
 * repair.h - puts the checksums of a file right: a checksum alone must not be what keeps a decoder safe.
 * SPDX-License-Identifier: MIT
 */
#ifndef REPAIR_H
#define REPAIR_H

#include <stddef.h>
#include <stdint.h>

/* Where the header, after magic and version, holds the hash of everything behind it to the directory's end. */
#define HASH_OFFSET 4

/* Puts right the hash of the directory, and the checksum of each section that can still be found. */
void repair(uint8_t *data, size_t size);

#endif
