/*
 * mutate.h - changes to .wls files that know the format: lengths and checksums fit again afterwards.
 * SPDX-License-Identifier: MIT
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes some bytes of [data, data + size) and perhaps their number; returns the number, at most max. */
typedef size_t mutate_bytes(uint8_t *data, size_t size, size_t max);

/* Changes a file: its parameters, one of its sections, the order of its tensors, the script behind it, or just bytes. */
size_t mutate(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_bytes *bytes);

/* Puts a file of tensors of both into out. */
size_t cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size, uint8_t *out, size_t max, unsigned seed);

#endif
