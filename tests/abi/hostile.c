/*
 * Every truncation and every bit flip of a small file, through the whole ABI, with the file, dst and workspace between
 * pages that nobody may touch. A flip alone mostly dies of a checksum: with the checksums put right again it reaches the
 * decoders.
 */
#include "check.h"
#include "guard.h"
#include "repair.h"
#include "suites.h"
#include "use.h"

#include <string.h>

size_t flip_limit;

static guard file_guard;

/* One in how many of so many, by the limit. Odd, so that it does not always take the same bits of a byte. */
static size_t stride_of(size_t count)
{
    return flip_limit > 0 && count > flip_limit ? count / flip_limit | 1 : 1;
}

void truncations(const void *argument)
{
    const golden *file = argument;
    size_t length, stride = stride_of(file->size);
    int place;
    for (place = AT_START; place <= AT_END; place++) {
        for (length = 0; length <= file->size; length += stride) {
            uint8_t *data = guard_take(&file_guard, length, place);
            snprintf(check.context, sizeof check.context, "%s cut to %lu bytes", file->name, (unsigned long)length);
            memcpy(data, file->data, length);
            use(data, length, place, file->expected);
        }
    }
}

static void flip_bits(const golden *file, int repaired)
{
    size_t bits = file->size * 8;
    size_t stride = stride_of(bits);
    size_t bit;
    int place;
    if (stride > 1)
        printf("# %s: one bit in %lu\n", file->name, (unsigned long)stride);
    for (place = AT_START; place <= AT_END; place++) {
        uint8_t *data = guard_take(&file_guard, file->size, place);
        for (bit = 0; bit < bits; bit += stride) {
            snprintf(check.context, sizeof check.context, "%s with bit %d of byte %lu flipped%s", file->name, (int)(bit % 8),
                     (unsigned long)(bit / 8), repaired ? ", checksums repaired" : "");
            memcpy(data, file->data, file->size);
            data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (repaired)
                repair(data, file->size);
            use(data, file->size, place, repaired ? NULL : file->expected);
        }
    }
}

void bit_flips(const void *argument)
{
    flip_bits(argument, 0);
}

void repaired_bit_flips(const void *argument)
{
    const golden *file = argument;
    /* Repairing a sound file must change nothing, or the repair does not know the format. */
    uint8_t *data = guard_take(&file_guard, file->size, AT_END);
    memcpy(data, file->data, file->size);
    repair(data, file->size);
    CHECK(memcmp(data, file->data, file->size) == 0);
    memset(data + HASH_OFFSET, 0, 8);
    repair(data, file->size);
    CHECK(memcmp(data, file->data, file->size) == 0);
    flip_bits(file, 1);
}
