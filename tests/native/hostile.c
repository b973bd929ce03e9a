/*
 * Every truncation and every bit flip of a small file, through the whole ABI, with the file, dst and workspace between
 * pages that nobody may touch. A flip alone mostly dies of a checksum: with the checksums put right again it reaches the
 * decoders.
 */
#include "check.h"
#include "guard.h"
#include "suites.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string.h>

/* A hostile file may announce more than this: then it gets less, and must say so. */
#define MOST ((size_t)4 << 20)

/* The format's fixed header: magic and version, then the hash of everything from here to the directory's end. */
#define HASH_OFFSET 4
#define HASHED_FROM 12

size_t flip_limit;

static guard file_guard, dst_guard, workspace_guard, index_guard, value_guard;

static void check_known(wl_status status)
{
    CHECK(status >= WL_OK && status <= WL_ERROR_UNSUPPORTED && (status <= WL_ERROR_WORKSPACE_SIZE || status >= WL_ERROR_MAGIC));
}

static wl_status decode_rows(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type, uint64_t row,
                             uint64_t count, int keep_workspace, int place)
{
    size_t size, workspace_size, element = type_size(type);
    uint64_t weights = count * info->columns;
    int too_small = info->columns != 0 && (count > MOST / info->columns || weights > MOST / element);
    void *dst, *workspace;
    wl_status status = wl_workspace_size(model, tensor, &workspace_size);
    check_known(status);
    if (status != WL_OK)
        return status;
    if (workspace_size > MOST) {
        too_small = 1;
        workspace_size = MOST;
    }
    size = too_small ? 64 : (size_t)weights * element;
    dst = guard_take(&dst_guard, size, place);
    workspace = keep_workspace ? workspace_guard.buffer : guard_take(&workspace_guard, workspace_size, place);
    status = count == info->rows && !keep_workspace
        ? wl_decode(model, tensor, type, dst, size, workspace, workspace_size)
        : wl_decode_rows(model, tensor, type, row, count, dst, size, workspace, workspace_size);
    check_known(status);
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard));
    CHECK(!too_small || status != WL_OK);
    return status;
}

/* As many elements as half of the weights, whatever the file says; a product with a vector of ones. */
static void decode_sparse(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type, int place)
{
    size_t workspace_size, offsets_size, capacity, i;
    void *workspace, *offsets, *indexes, *values;
    wl_status status = wl_workspace_size(model, tensor, &workspace_size);
    check_known(status);
    if (status != WL_OK || workspace_size > MOST || info->rows > MOST / 8 || info->columns > MOST / 8
        || info->rows * info->columns > MOST)
        return;
    offsets_size = ((size_t)info->rows + 1) * 8;
    capacity = (size_t)(info->rows * info->columns) / 2;
    workspace = guard_take(&workspace_guard, workspace_size, place);
    offsets = guard_take(&dst_guard, offsets_size, place);
    indexes = guard_take(&index_guard, capacity * 4, place);
    values = guard_take(&value_guard, capacity * type_size(type), place);
    check_known(wl_decode_csr(model, tensor, type, offsets, offsets_size, indexes, values, capacity, workspace, workspace_size));
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard) && guard_intact(&index_guard) && guard_intact(&value_guard));
    if (type != WL_F32)
        return;
    values = guard_take(&value_guard, (size_t)info->columns * 4, place);
    for (i = 0; i < info->columns; i++)
        memcpy((uint8_t *)values + 4 * i, "\0\0\x80\x3f", 4);
    offsets = guard_take(&dst_guard, (size_t)info->rows * 4, place);
    check_known(wl_matvec(model, tensor, values, (size_t)info->columns * 4, offsets, (size_t)info->rows * 4, workspace, workspace_size));
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard) && guard_intact(&value_guard));
}

/* Uses the file in every way. If expected is given and the file passes wl_verify, that is what must come out. */
static void use(const uint8_t *data, size_t size, int place, const uint8_t *expected)
{
    wl_model model;
    wl_status verified, status = wl_open(data, size, &model);
    uint32_t tensor, found;
    size_t i;
    guard_alive();
    check_known(status);
    if (status != WL_OK)
        return;
    verified = wl_verify(&model);
    check_known(verified);
    check_known(wl_find_tensor(&model, "ip1.weight", &found));
    for (tensor = 0; tensor < wl_tensor_count(&model) && tensor < 16; tensor++) {
        wl_tensor info;
        status = wl_tensor_info(&model, tensor, &info);
        check_known(status);
        if (status != WL_OK) {
            CHECK(verified != WL_OK);
            continue;
        }
        for (i = 0; i < TYPE_COUNT; i++) {
            uint64_t first, third = info.rows / 3 + 1;
            if (!decodes_to(&info, all_types[i]))
                continue;
            status = decode_rows(&model, tensor, &info, all_types[i], 0, info.rows, 0, place);
            if (expected && verified == WL_OK) {
                CHECK(status == WL_OK);
                if (all_types[i] == info.type) {
                    CHECK(memcmp(dst_guard.buffer, expected, dst_guard.size) == 0);
                    expected += dst_guard.size;
                }
            }
            for (first = 0; first < info.rows; first += third) {
                uint64_t count = info.rows - first < third ? info.rows - first : third;
                decode_rows(&model, tensor, &info, all_types[i], first, count, first > 0, place);
            }
            if (info.rows > 1)
                decode_rows(&model, tensor, &info, all_types[i], info.rows - 1, 1, 0, place);
            if (all_types[i] == info.type || all_types[i] == WL_F32)
                decode_sparse(&model, tensor, &info, all_types[i], place);
        }
    }
}

void truncations(const void *argument)
{
    const golden *file = argument;
    size_t length;
    int place;
    for (place = AT_START; place <= AT_END; place++) {
        for (length = 0; length <= file->size; length++) {
            uint8_t *data = guard_take(&file_guard, length, place);
            snprintf(check.context, sizeof check.context, "%s cut to %lu bytes", file->name, (unsigned long)length);
            memcpy(data, file->data, length);
            use(data, length, place, file->expected);
        }
    }
}

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
        {
            uint32_t checksum = (uint32_t)XXH3_64bits(data + section, (size_t)section_size);
            memcpy(data + at, &checksum, 4);
        }
        at += 4;
        section += (size_t)section_size;
    }
}

/* Puts all checksums right after a flip. */
static void repair(uint8_t *data, size_t size)
{
    size_t at = HASHED_FROM;
    uint64_t directory, hash;
    if (size < HASHED_FROM || !read_varint(data, size, &at, &directory) || directory > size - at)
        return;
    repair_sections(data, size, at, at + (size_t)directory);
    hash = XXH3_64bits(data + HASHED_FROM, at + (size_t)directory - HASHED_FROM);
    memcpy(data + HASH_OFFSET, &hash, 8);
}

static void flip_bits(const golden *file, int repaired)
{
    size_t bits = file->size * 8;
    /* Odd, so that it does not always take the same bits of a byte. */
    size_t stride = flip_limit > 0 && bits > flip_limit ? bits / flip_limit | 1 : 1;
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
