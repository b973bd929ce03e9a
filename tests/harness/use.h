/*
 * use.h - does with a file all that the ABI allows, with dst and workspace between pages that nobody may touch.
 * SPDX-License-Identifier: MIT
 */
#ifndef USE_H
#define USE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Whatever the file holds, CHECKs that only known statuses come back and nothing is written outside. Buffers lie at
 * `place` of guard.h. If expected is given and the file passes wl_verify, that is what must come out.
 */
void use(const uint8_t *data, size_t size, int place, const uint8_t *expected);

/*
 * The same with one tensor, one type and one kind of call, chosen by `choice`: for many files in little time. Over many choices
 * all come up.
 */
void use_once(const uint8_t *data, size_t size, int place, uint32_t choice);

#endif
