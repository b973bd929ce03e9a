/*
 * decodes.h - decodes of all golden files by ways drawn from a sequence, each compared with what one quiet thread gave.
 * SPDX-License-Identifier: MIT
 */
#ifndef DECODES_H
#define DECODES_H

#include "golden.h"

/* A tensor, and what has to come out of it. */
typedef struct subject {
    const golden *file;
    const wl_model *model;
    uint32_t tensor;
    wl_tensor info;
    size_t workspace_size;
    uint8_t *elements[TYPE_COUNT]; /* by wl_decode; NULL for a type it does not decode to */
    float *ones, *product;         /* by wl_matvec; NULL if it cannot be multiplied */
} subject;

/* Memory for any decode of any subject. */
typedef struct scratch {
    uint8_t *dst, *workspace, *values;
    uint64_t *offsets;
    uint32_t *indexes;
} scratch;

/* All tensors that are not empty, of all golden files; with a name, of that one alone. CHECKs what it gets. */
subject *subjects_of(const golden *list, int files, const char *name, int *count);

/* Ends the program if there is no memory. */
scratch scratch_for(const subject *list, int count);
void scratch_free(scratch *scratch);

/* One call, chosen by the sequence: everything, a band, sparse rows or a product. Whether it was right. */
int decode_once(const subject *subject, const wl_model *model, const scratch *scratch, uint32_t *sequence);

#endif
