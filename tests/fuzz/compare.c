#include "compare.h"

#include "check.h"
#include "golden.h"
#include "guard.h"

#include <string.h>

static guard whole_guard, workspace_guard, copy_guard;

const uint8_t *decode_reference(const wl_model *model, uint32_t tensor, wl_type type, size_t size)
{
    size_t workspace_size;
    uint8_t *whole, *workspace;
    if (wl_workspace_size(model, tensor, &workspace_size) != WL_OK)
        return NULL;
    whole = guard_take(&whole_guard, size, AT_END);
    workspace = guard_take(&workspace_guard, workspace_size, AT_END);
    memset(workspace, 0, workspace_size);
    return wl_decode(model, tensor, type, whole, size, workspace, workspace_size) == WL_OK ? whole : NULL;
}

void compare_csr(const wl_tensor *info, wl_type type, const uint8_t *whole, wl_status status, const void *offsets,
                 const void *indexes, const uint8_t *values, size_t capacity)
{
    static const uint8_t zero[8];
    size_t element = type_size(type);
    uint64_t row, column, offset, count = 0;
    uint32_t index;
    for (row = 0; row < info->rows; row++) {
        memcpy(&offset, (const uint8_t *)offsets + 8 * row, 8);
        CHECK(offset == count);
        for (column = 0; column < info->columns; column++, whole += element) {
            if (memcmp(whole, zero, element) == 0)
                continue;
            if (count < capacity && status == WL_OK) {
                memcpy(&index, (const uint8_t *)indexes + 4 * count, 4);
                CHECK(index == column && memcmp(values + count * element, whole, element) == 0);
            }
            count++;
        }
    }
    memcpy(&offset, (const uint8_t *)offsets + 8 * row, 8);
    CHECK(offset == count && (status == WL_OK) == (count <= capacity));
}

void compare_product(const wl_tensor *info, const uint8_t *whole, const uint8_t *x, const uint8_t *y)
{
    uint64_t row, column;
    int lane, half;
    for (row = 0; row < info->rows; row++) {
        float sums[32] = {0}, weight, factor, product;
        for (column = 0; column < info->columns; column++, whole += 4) {
            memcpy(&weight, whole, 4);
            memcpy(&factor, x + 4 * column, 4);
            sums[column % 32] += weight * factor;
        }
        for (half = 16; half > 0; half /= 2)
            for (lane = 0; lane < half; lane++)
                sums[lane] += sums[lane + half];
        memcpy(&product, y + 4 * row, 4);
        /* What is not a number is so on both sides, with whatever bits. */
        CHECK(memcmp(&product, &sums[0], 4) == 0 || (product != product && sums[0] != sums[0]));
    }
}

void remember(const uint8_t *file, size_t size)
{
    memcpy(guard_take(&copy_guard, size, AT_END), file, size);
}

int is_remembered(const uint8_t *file, size_t size)
{
    return copy_guard.size == size && memcmp(copy_guard.buffer, file, size) == 0;
}
