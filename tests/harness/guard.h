/*
 * guard.h - buffers that lie between two pages which nobody may touch, and a report of who touched one.
 * SPDX-License-Identifier: MIT
 */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

/* Where in its pages a buffer lies: right behind the first guard page, or right before the second. */
enum { AT_START, AT_END };

/* A place for one buffer at a time. */
typedef struct guard {
    uint8_t *pages; /* between the guard pages */
    size_t length;  /* a multiple of the page size */
    uint8_t *buffer;
    size_t size;
} guard;

/* A buffer of exactly this size; the rest of its pages is filled with a pattern. */
uint8_t *guard_take(guard *guard, size_t size, int place);

/* Whether the pattern beside the buffer is unbroken. */
int guard_intact(const guard *guard);

/* From now on a fault, an abort or a call that takes a minute prints check.context and ends the program. */
void guard_report_faults(void);

/* Starts the minute again. */
void guard_alive(void);

#endif
