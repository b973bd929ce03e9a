/*
 * exercise.h - the fuzzers' harness: one input, used as its own last bytes say.
 * SPDX-License-Identifier: MIT
 */
#ifndef EXERCISE_H
#define EXERCISE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Puts a copy of the input between guard pages, mends its checksums (mostly), opens it and calls the ABI in a drawn order with
 * drawn arguments, right and wrong ones. All buffers have guard pages. Beside the statuses it checks that what one
 * function gives is what the others give. Work is bounded: about 8,192 cheap weights an input.
 * Returns 0, or 1 after it has printed what does not hold.
 */
int exercise(const uint8_t *data, size_t size);

/* Of the instrumented library only: counts branches in an area of 65,536 bytes; chooses a variant of the vector loops by any number. */
#define FUZZ_AREA 65536
void fuzz_trace(uint8_t *area) __attribute__((weak));
void fuzz_variant(int variant) __attribute__((weak));

#endif
