/*
 * A workspace keeps what a band left, for the next one; what another file left there, at the same address and with the same
 * checksums, must not be gone on with.
 */
#include "check.h"
#include "guard.h"
#include "repair.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static guard file_guard, dst_guard, workspace_guard;

/* Half of the rows, into a buffer of just that size; memory of the workspace as it is. */
static wl_status decode_half(const wl_tensor *info, const wl_model *model, int second, int clean)
{
    uint64_t half = info->rows / 2;
    size_t size = (size_t)(half * info->columns) * type_size(info->type), workspace_size;
    wl_status status = wl_workspace_size(model, 0, &workspace_size);
    CHECK_STATUS(status, WL_OK);
    CHECK(workspace_size <= workspace_guard.size);
    guard_take(&dst_guard, size, AT_START);
    memset(dst_guard.buffer, 0, size);
    if (clean)
        memset(workspace_guard.buffer, 0, workspace_guard.size);
    status = wl_decode_rows(model, 0, info->type, second ? half : 0, half, dst_guard.buffer, size, workspace_guard.buffer,
                            workspace_size);
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard));
    return status;
}

/* The same tensor, but that it has so many columns. */
static void with_columns(const golden *file, const wl_tensor *info, uint8_t columns)
{
    uint8_t shape[2], *at;
    shape[0] = (uint8_t)info->rows;
    shape[1] = (uint8_t)info->columns;
    at = file_guard.buffer;
    while (memcmp(at, shape, 2) != 0)
        CHECK(++at < file_guard.buffer + file->size - 2);
    at[1] = columns;
    repair(file_guard.buffer, file->size);
}

static void check_columns(const golden *file, uint8_t columns)
{
    wl_model model;
    wl_tensor info, other;
    wl_status clean;
    size_t size;
    uint8_t *expected;
    memcpy(guard_take(&file_guard, file->size, AT_END), file->data, file->size);
    CHECK_STATUS(wl_open(file_guard.buffer, file->size, &model), WL_OK);
    CHECK_STATUS(wl_tensor_info(&model, 0, &info), WL_OK);

    with_columns(file, &info, columns);
    CHECK_STATUS(wl_open(file_guard.buffer, file->size, &model), WL_OK);
    CHECK_STATUS(wl_tensor_info(&model, 0, &other), WL_OK);
    CHECK(other.columns == columns);
    clean = decode_half(&other, &model, 1, 1);
    size = dst_guard.size;
    expected = malloc(size);
    CHECK(expected);
    memcpy(expected, dst_guard.buffer, size);

    memcpy(file_guard.buffer, file->data, file->size);
    CHECK_STATUS(wl_open(file_guard.buffer, file->size, &model), WL_OK);
    CHECK_STATUS(decode_half(&info, &model, 0, 1), WL_OK);
    with_columns(file, &info, columns);
    CHECK_STATUS(wl_open(file_guard.buffer, file->size, &model), WL_OK);
    CHECK_STATUS(decode_half(&other, &model, 1, 0), clean);
    CHECK(clean != WL_OK || memcmp(dst_guard.buffer, expected, size) == 0);
    free(expected);
}

void stale_workspace(const void *argument)
{
    static const uint8_t columns[] = {30, 36, 38, 64, 127};
    const golden_set *set = argument;
    int i, tried = 0;
    size_t j;
    guard_take(&workspace_guard, (size_t)1 << 20, AT_START);
    for (i = 0; i < set->count; i++) {
        const golden *file = &set->list[i];
        wl_model model;
        wl_tensor info;
        CHECK_STATUS(wl_open(file->data, file->size, &model), WL_OK);
        if (wl_tensor_count(&model) != 1 || wl_tensor_info(&model, 0, &info) != WL_OK || info.rank != 2 || info.columns >= 0x80)
            continue;
        for (j = 0; j < sizeof columns; j++) {
            snprintf(check.context, sizeof check.context, "%s with %d columns", file->name, columns[j]);
            if (columns[j] * info.rows >= info.nonzeros && info.method != WL_METHOD_COUPLED) {
                check_columns(file, columns[j]);
                tried++;
            }
        }
    }
    CHECK(tried > 0);
}
