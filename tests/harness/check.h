/*
 * check.h - named tests that print "ok NAME" or "not ok NAME" with the reason, and are counted.
 *
 * The first CHECK that does not hold ends its test. CHECK is for the thread that runs the test.
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdio.h>

typedef struct check_state {
    int failed;
    char context[256]; /* what the test is looking at: printed when it fails */
    jmp_buf end;
} check_state;

extern check_state check;

/* Runs a test; NAME is "suite" or "suite/subject". */
void check_run(const char *suite, const char *subject, void (*test)(const void *), const void *argument);

/* Ends the running test with a reason. */
void check_fail(const char *file, int line, const char *reason);

#define CHECK(condition)                                  \
    do {                                                  \
        if (!(condition))                                 \
            check_fail(__FILE__, __LINE__, #condition);   \
    } while (0)

#define CHECK_STATUS(call, expected)                                  \
    do {                                                              \
        wl_status check_status_ = (call);                             \
        if (check_status_ != (expected))                              \
            check_status(__FILE__, __LINE__, #call, check_status_, #expected); \
    } while (0)

void check_status(const char *file, int line, const char *call, int status, const char *expected);

#endif
