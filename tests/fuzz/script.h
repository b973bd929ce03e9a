/*
 * script.h - decisions that an input takes itself: they are read from its end, where a .wls file may be followed by anything.
 * SPDX-License-Identifier: MIT
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stddef.h>
#include <stdint.h>

/* So many of an input's last bytes may be decisions. */
#define SCRIPT_MAX 64

typedef struct script {
    const uint8_t *start;
    const uint8_t *next; /* one behind it */
} script;

static inline script script_of(const uint8_t *data, size_t size)
{
    script script;
    script.next = data + size;
    script.start = script.next - (size < SCRIPT_MAX ? size : SCRIPT_MAX);
    return script;
}

static inline int script_left(const script *script)
{
    return script->next > script->start;
}

/* A number below bound (at most 65536); 0 when the script has ended. */
static inline uint32_t draw(script *script, uint32_t bound)
{
    uint32_t value = script_left(script) ? *--script->next : 0;
    if (bound > 256 && script_left(script))
        value |= (uint32_t)*--script->next << 8;
    return bound ? value % bound : 0;
}

#endif
