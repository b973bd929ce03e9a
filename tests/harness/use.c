#include "use.h"

#include "check.h"
#include "golden.h"
#include "guard.h"

#include <string.h>

/* A hostile file may announce more than this: then it gets less, and must say so. */
#define MOST ((size_t)4 << 20)

static guard dst_guard, workspace_guard, index_guard, value_guard;

static void check_known(wl_status status)
{
    CHECK(status >= WL_OK && status <= WL_ERROR_UNSUPPORTED && (status <= WL_ERROR_NO_MODEL || status >= WL_ERROR_MAGIC));
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

/* In order, in three bands: a sequential method goes on from one to the next. */
static void decode_bands(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type, int place)
{
    uint64_t first, third = info->rows / 3 + 1;
    for (first = 0; first < info->rows; first += third) {
        uint64_t count = info->rows - first < third ? info->rows - first : third;
        decode_rows(model, tensor, info, type, first, count, first > 0, place);
    }
}

/* All of the model, if it has at most MOST bytes, in so many pieces; and a piece of its middle. */
static void rebuild(const wl_model *model, uint32_t pieces, int place)
{
    uint64_t size, first, count;
    size_t workspace_size;
    uint8_t *workspace;
    wl_status status = wl_rebuild_size(model, &size, &workspace_size);
    check_known(status);
    if (status != WL_OK || workspace_size > MOST)
        return;
    workspace = guard_take(&workspace_guard, workspace_size, place);
    count = size / pieces + 1 < MOST ? size / pieces + 1 : MOST;
    for (first = 0; first < size && first < MOST; first += count) {
        if (count > size - first)
            count = size - first;
        check_known(wl_rebuild(model, first, count, guard_take(&dst_guard, (size_t)count, place), (size_t)count, workspace, workspace_size));
        CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard));
    }
    if (size > MOST)
        return;
    first = size / 3;
    count = size / 5;
    check_known(wl_rebuild(model, first, count, guard_take(&dst_guard, (size_t)count, place), (size_t)count, workspace, workspace_size));
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard));
}

void use(const uint8_t *data, size_t size, int place, const uint8_t *expected)
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
    rebuild(&model, 1, place);
    rebuild(&model, 7, place);
    for (tensor = 0; tensor < wl_tensor_count(&model) && tensor < 16; tensor++) {
        wl_tensor info;
        status = wl_tensor_info(&model, tensor, &info);
        check_known(status);
        if (status != WL_OK) {
            CHECK(verified != WL_OK);
            continue;
        }
        for (i = 0; i < TYPE_COUNT; i++) {
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
            decode_bands(&model, tensor, &info, all_types[i], place);
            if (info.rows > 1)
                decode_rows(&model, tensor, &info, all_types[i], info.rows - 1, 1, 0, place);
            if (all_types[i] == info.type || all_types[i] == WL_F32)
                decode_sparse(&model, tensor, &info, all_types[i], place);
        }
    }
}

void use_once(const uint8_t *data, size_t size, int place, uint32_t choice)
{
    wl_model model;
    wl_tensor info;
    uint32_t count, tensor, found;
    wl_type type;
    wl_status status = wl_open(data, size, &model);
    guard_alive();
    check_known(status);
    if (status != WL_OK)
        return;
    check_known(wl_verify(&model));
    check_known(wl_find_tensor(&model, "layer", &found));
    if (sequence_next(&choice, 4) == 0)
        rebuild(&model, 1 + sequence_next(&choice, 9), place);
    count = wl_tensor_count(&model);
    if (count == 0)
        return;
    tensor = sequence_next(&choice, count);
    status = wl_tensor_info(&model, tensor, &info);
    check_known(status);
    do
        type = all_types[sequence_next(&choice, TYPE_COUNT)];
    while (!decodes_to(&info, type));
    if (status != WL_OK)
        return;
    switch (sequence_next(&choice, 4)) {
    case 0: decode_rows(&model, tensor, &info, type, 0, info.rows, 0, place); break;
    case 1: decode_bands(&model, tensor, &info, type, place); break;
    case 2: decode_sparse(&model, tensor, &info, type, place); break;
    default:
        if (info.rows > 0)
            decode_rows(&model, tensor, &info, type, info.rows - 1, 1, 0, place);
        break;
    }
}
