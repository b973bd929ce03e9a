/* suites.h - what abi.c runs. SPDX-License-Identifier: MIT */
#ifndef SUITES_H
#define SUITES_H

#include "golden.h"

/* Of one golden file. */
void zero_gc(const void *golden);
void round_trip(const void *golden);
void truncations(const void *golden);
void bit_flips(const void *golden);
void repaired_bit_flips(const void *golden);

/* Of all golden files. */
typedef struct golden_set {
    const golden *list;
    int count;
} golden_set;
void threads(const void *golden_set);
void misuse(const void *golden_set);
void stale_workspace(const void *golden_set);

/* Of models of many tensors. */
void indexed(const void *unused);
void unindexed(const void *unused);

/* Of all golden files, in child processes: runs before the library's first call in this one. */
void variants(const void *golden_set);

/* Of the process: runs in a child of its own, before the library's first call in this one. */
void sigpipe(const void *unused);

/* The tests of bit flips and truncations look at about so many of a file; 0 for all. */
extern size_t flip_limit;

#endif
