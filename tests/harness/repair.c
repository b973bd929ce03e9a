#include "repair.h"

#include "weightless.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string.h>

#define HASHED_FROM (HASH_OFFSET + 8)

static int read_varint(const uint8_t *data, size_t end, size_t *at, uint64_t *value)
{
    int shift;
    *value = 0;
    for (shift = 0; shift < 64 && *at < end; shift += 7) {
        uint8_t byte = data[(*at)++];
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return 1;
    }
    return 0;
}

static void repair_section(const uint8_t *section, size_t size, uint8_t *checksum)
{
    uint32_t hash = (uint32_t)XXH3_64bits(section, size);
    memcpy(checksum, &hash, 4);
}

/* Puts the checksums of all sections right, as far as the directory can still be followed. */
static void repair_sections(uint8_t *data, size_t size, size_t at, size_t end)
{
    uint64_t count, length, section_size;
    size_t section = end;
    int dimension;
    if (!read_varint(data, end, &at, &count))
        return;
    while (count-- > 0) {
        int method, rank;
        if (!read_varint(data, end, &at, &length) || length > end - at || end - at - length < 2)
            return;
        at += (size_t)length;
        method = data[at] & 0x0f;
        rank = data[at + 1] >> 4;
        at += 2;
        for (dimension = 0; dimension < rank; dimension++)
            if (!read_varint(data, end, &at, &length))
                return;
        if (!read_varint(data, end, &at, &section_size) || end - at < 4)
            return;
        if (method == WL_METHOD_STORED && section_size > 0)
            section = (section + 63) / 64 * 64;
        if (section > size || section_size > size - section)
            return;
        repair_section(data + section, (size_t)section_size, data + at);
        at += 4;
        section += (size_t)section_size;
    }
    /* A skeleton's place is behind the last tensor's. */
    if (at < end && read_varint(data, end, &at, &section_size) && end - at >= 4 && section <= size && section_size <= size - section)
        repair_section(data + section, (size_t)section_size, data + at);
}

void repair(uint8_t *data, size_t size)
{
    size_t at = HASHED_FROM;
    uint64_t directory, hash;
    if (size < HASHED_FROM || !read_varint(data, size, &at, &directory) || directory > size - at)
        return;
    repair_sections(data, size, at, at + (size_t)directory);
    hash = XXH3_64bits(data + HASHED_FROM, at + (size_t)directory - HASHED_FROM);
    memcpy(data + HASH_OFFSET, &hash, 8);
}
