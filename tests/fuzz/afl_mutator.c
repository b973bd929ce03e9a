/* mutate.c as a custom mutator of AFL++. */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

#define MOST ((size_t)1 << 16)

static uint32_t state = 1;
static uint8_t out[MOST];

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buffer, size_t size, uint8_t **out_buffer, uint8_t *add, size_t add_size, size_t max);
void afl_custom_deinit(void *data);

static uint32_t below(uint32_t bound)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)state * bound >> 32);
}

/* A few bytes changed, doubled or taken out. */
static size_t change_bytes(uint8_t *data, size_t size, size_t max)
{
    uint32_t changes = 1 + below(4);
    while (changes-- > 0 && size > 0) {
        size_t at = below((uint32_t)size), length = 1 + below(8);
        switch (below(5)) {
        case 0: data[at] ^= (uint8_t)(1u << below(8)); break;
        case 1: data[at] = (uint8_t)below(256); break;
        case 2: data[at] = (uint8_t)(data[at] + below(17) - 8); break;
        case 3:
            if (size + length <= max && at + length <= size) {
                memmove(data + at + length, data + at, size - at);
                size += length;
            }
            break;
        default:
            if (length <= size - at) {
                memmove(data + at, data + at + length, size - at - length);
                size -= length;
            }
            break;
        }
    }
    return size;
}

void *afl_custom_init(void *afl, unsigned int seed)
{
    state = seed | 1;
    (void)afl;
    return &state;
}

size_t afl_custom_fuzz(void *data, uint8_t *buffer, size_t size, uint8_t **out_buffer, uint8_t *add, size_t add_size, size_t max)
{
    size_t most = max < MOST ? max : MOST;
    size_t result = 0;
    (void)data;
    *out_buffer = out;
    if (size > most)
        size = most;
    if (add && below(4) == 0)
        result = cross(buffer, size, add, add_size, out, most, below(UINT32_MAX));
    if (result > 0)
        return result;
    memcpy(out, buffer, size);
    return mutate(out, size, most, below(UINT32_MAX), change_bytes);
}

void afl_custom_deinit(void *data)
{
    (void)data;
}
