/*
 * corpus.h - the fuzzers' corpus: a plain ustar archive, which `tar tf` lists and `tests/fuzz/corpus` makes.
 * SPDX-License-Identifier: MIT
 */
#ifndef CORPUS_H
#define CORPUS_H

#include <stddef.h>
#include <stdint.h>

typedef struct corpus_input {
    char name[101];
    uint8_t *data; /* memory of its own, so that a sanitizer sees its end */
    size_t size;
} corpus_input;

/* All inputs, in the archive's order. NULL when the archive is missing, damaged or empty. */
corpus_input *corpus_load(const char *archive, int *count);

#endif
