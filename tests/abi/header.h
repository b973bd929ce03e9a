/* header.h - makes the header's promises that a compiler can check into errors. SPDX-License-Identifier: MIT */
#ifndef HEADER_H
#define HEADER_H

/* One for each file and line, so that two translation units can be linked. */
#define PIN_NAME(line) PIN_PASTE(pinned_, line)
#define PIN_PASTE(left, right) left##right
#define PIN(condition) typedef char PIN_NAME(__LINE__)[(condition) ? 1 : -1]

#endif
