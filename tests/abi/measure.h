/*
 * measure.h - what a process takes of its machine, also where an emulator shows its own figures in /proc/self/status.
 * SPDX-License-Identifier: MIT
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>

/* Bytes of address space that are mapped, reserved ones too. */
size_t measure_mapped(void);

/* Bytes of it that are in memory. Of a mapped file it counts what the system has cached, so it is never too little. */
size_t measure_resident(void);

/* Threads of the process; of an emulator's own as well. */
int measure_threads(void);

#endif
