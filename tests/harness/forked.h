/*
 * forked.h - tests that each run in a process of their own, which the library has not touched yet.
 *
 * A test answers PASSED, FAILED or SKIPPED; the first REQUIRE that does not hold ends it. For programs that measure what a
 * process is before the library is in it, and cannot jump out of a test as check.h does.
 * SPDX-License-Identifier: MIT
 */
#ifndef FORKED_H
#define FORKED_H

#include <stdio.h>

enum { PASSED, FAILED, SKIPPED };

#define REQUIRE(condition)                                             \
    do {                                                               \
        if (!(condition)) {                                            \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);   \
            return FAILED;                                             \
        }                                                              \
    } while (0)

/* Runs a test of a suite, prints how it went, and answers whether it failed; one that does not end is killed. */
int forked_run(const char *suite, const char *name, int (*test)(void));

#endif
