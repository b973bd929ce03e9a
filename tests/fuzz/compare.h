/*
 * compare.h - what the functions of the ABI give, held against each other.
 * SPDX-License-Identifier: MIT
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "weightless.h"

#include <stddef.h>
#include <stdint.h>

/* The whole tensor by wl_decode, of the portable variant where one can be chosen; NULL if the library refuses it. */
const uint8_t *decode_reference(const wl_model *model, uint32_t tensor, wl_type type, size_t size);

/* CHECKs that compressed rows are what is not zero of the whole. */
void compare_csr(const wl_tensor *info, wl_type type, const uint8_t *whole, wl_status status, const void *offsets,
                 const void *indexes, const uint8_t *values, size_t capacity);

/* CHECKs that the product has the bits that the header promises. All are floats, of any alignment. */
void compare_product(const wl_tensor *info, const uint8_t *whole, const uint8_t *x, const uint8_t *y);

/* Keeps a copy of the file, and says later whether it is still the same. */
void remember(const uint8_t *file, size_t size);
int is_remembered(const uint8_t *file, size_t size);

#endif
