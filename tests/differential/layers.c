/*
 * layers.c - decodes random layers in every way there is and compares with what the managed build made of them.
 *
 *     layers FOLDER
 *
 * FOLDER holds NAME.wls and NAME.expected, whose lines are: tensor, type, and hashes (XXH3) of the elements, of the row
 * offsets, column indexes and values of the sparse rows and, of WL_F32, of the product.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "golden.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int layers;

static void *take(size_t size)
{
    void *memory = malloc(size + 1);
    CHECK(memory);
    return memory;
}

/* Decodes it again, in bands of any size, in a workspace that holds what the last tensor left. */
static void bands(const wl_model *model, uint32_t tensor, wl_type type, const uint8_t *whole, void *workspace,
                  size_t workspace_size)
{
    wl_tensor info;
    uint64_t row, count;
    uint32_t state = tensor;
    size_t row_size, size;
    uint8_t *dst;
    wl_tensor_info(model, tensor, &info);
    row_size = (size_t)info.columns * type_size(type);
    dst = take((size_t)info.rows * row_size);
    for (row = 0; row < info.rows; row += count) {
        count = 1 + sequence_next(&state, (uint32_t)info.rows);
        if (count > info.rows - row)
            count = info.rows - row;
        size = (size_t)count * row_size;
        CHECK_STATUS(wl_decode_rows(model, tensor, type, row, count, dst, size, workspace, workspace_size), WL_OK);
        CHECK(memcmp(dst, whole + row * row_size, size) == 0);
    }
    free(dst);
}

static uint64_t product(const wl_model *model, uint32_t tensor, void *workspace, size_t workspace_size)
{
    wl_tensor info;
    uint32_t i;
    uint64_t hash;
    size_t x_size, y_size;
    float *x, *y;
    wl_tensor_info(model, tensor, &info);
    x_size = (size_t)info.columns * sizeof *x;
    y_size = (size_t)info.rows * sizeof *y;
    x = take(x_size);
    y = take(y_size);
    for (i = 0; i < info.columns; i++)
        x[i] = (float)((int)((i * 2654435761u) >> 24) - 128) / 64;
    CHECK_STATUS(wl_matvec(model, tensor, x, x_size, y, y_size, workspace, workspace_size), WL_OK);
    hash = XXH3_64bits(y, y_size);
    free(x);
    free(y);
    return hash;
}

/* The line of NAME.expected; returns its length. */
static int digest(const wl_model *model, uint32_t tensor, wl_type type, char *line, size_t size)
{
    wl_tensor info;
    size_t workspace_size, elements_size, offsets_size, count;
    uint8_t *workspace, *elements, *values;
    uint64_t *offsets;
    uint32_t *columns;
    wl_status counted;
    int length;
    CHECK_STATUS(wl_tensor_info(model, tensor, &info), WL_OK);
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    workspace = take(workspace_size);
    elements_size = (size_t)(info.rows * info.columns) * type_size(type);
    elements = take(elements_size);
    CHECK_STATUS(wl_decode(model, tensor, type, elements, elements_size, workspace, workspace_size), WL_OK);
    bands(model, tensor, type, elements, workspace, workspace_size);

    offsets_size = ((size_t)info.rows + 1) * sizeof *offsets;
    offsets = take(offsets_size);
    counted = wl_decode_csr(model, tensor, type, offsets, offsets_size, NULL, NULL, 0, workspace, workspace_size);
    count = (size_t)offsets[info.rows];
    CHECK(counted == (count ? WL_ERROR_DST_SIZE : WL_OK));
    columns = take(count * sizeof *columns);
    values = take(count * type_size(type));
    CHECK_STATUS(wl_decode_csr(model, tensor, type, offsets, offsets_size, columns, values, count, workspace, workspace_size),
                 WL_OK);

    length = snprintf(line, size, "%" PRIu32 " %" PRIu32 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64, tensor,
                      type, XXH3_64bits(elements, elements_size), XXH3_64bits(offsets, offsets_size),
                      XXH3_64bits(columns, count * sizeof *columns), XXH3_64bits(values, count * type_size(type)));
    if (type == WL_F32) {
        length += snprintf(line + length, size - (size_t)length, " %016" PRIx64,
                           product(model, tensor, workspace, workspace_size));
    }
    length += snprintf(line + length, size - (size_t)length, "\n");
    free(workspace);
    free(elements);
    free(offsets);
    free(columns);
    free(values);
    return length;
}

static void compare(const void *argument)
{
    const golden *file = argument;
    const char *expected = (const char *)file->expected, *end = expected + file->expected_size;
    wl_model model;
    uint32_t tensor;
    CHECK_STATUS(wl_open(file->data, file->size, &model), WL_OK);
    CHECK_STATUS(wl_verify(&model), WL_OK);
    for (tensor = 0; tensor < wl_tensor_count(&model); tensor++) {
        wl_tensor info;
        int i;
        CHECK_STATUS(wl_tensor_info(&model, tensor, &info), WL_OK);
        for (i = 0; i < TYPE_COUNT; i++) {
            char line[256];
            int length;
            if (!decodes_to(&info, all_types[i]))
                continue;
            snprintf(check.context, sizeof check.context, "type %d of %.*s", (int)all_types[i], (int)info.name_length, info.name);
            length = digest(&model, tensor, all_types[i], line, sizeof line);
            CHECK(length <= end - expected && memcmp(expected, line, (size_t)length) == 0);
            expected += length;
        }
        layers++;
    }
    CHECK(expected == end);
}

int main(int argc, char **argv)
{
    golden *list;
    int count, i;
    if (argc != 2) {
        fprintf(stderr, "usage: layers FOLDER\n");
        return 2;
    }
    list = golden_load(argv[1], &count);
    for (i = 0; i < count; i++)
        check_run("layers", list[i].name, compare, &list[i]);
    printf("figure %d layers as the managed build decodes them\n", layers);
    return check.failed ? 1 : 0;
}
