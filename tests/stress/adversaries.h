/*
 * adversaries.h - files made to take long: right checksums over parameters that no encoder would choose.
 * SPDX-License-Identifier: MIT
 */
#ifndef ADVERSARIES_H
#define ADVERSARIES_H

#include <stddef.h>
#include <stdint.h>

typedef struct adversary {
    char name[64];
    uint8_t *data;
    size_t size;
} adversary;

/* All of them; they stay until the program ends. */
const adversary *adversaries(int *count);

#endif
