/*
 * golden.h - the golden files: NAME.wls, NAME.expected with the elements of its tensors, one tensor after the other, and NAME.model with
 * the model that it is rebuilt to, if it has one.
 * SPDX-License-Identifier: MIT
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "weightless.h"

#include <stddef.h>
#include <stdint.h>

typedef struct golden {
    char name[128];
    uint8_t *data;
    size_t size;
    uint8_t *expected;
    size_t expected_size;
    uint8_t *model; /* what it is rebuilt to; NULL if it has no model */
    size_t model_size;
} golden;

/* All golden files of a folder, by name. Ends the program when there is none. */
golden *golden_load(const char *folder, int *count);

/* Every type number that the header defines. */
#define TYPE_COUNT 14
extern const wl_type all_types[TYPE_COUNT];

/* Bytes an element takes; 0 for a number that is no type. */
size_t type_size(wl_type type);

/* Whether the header says that this tensor decodes to this type. */
int decodes_to(const wl_tensor *info, wl_type type);

/* Converts count elements as the header says wl_decode does, by another way than the library's. */
void convert(wl_type from, const uint8_t *elements, wl_type to, uint8_t *converted, uint64_t count);

/* A fixed sequence of numbers, the same on every machine: one in [0, bound). */
uint32_t sequence_next(uint32_t *state, uint32_t bound);

#endif
