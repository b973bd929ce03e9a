/* Golden files decode to what is beside them: whole, in bands, in single rows, at any alignment, without any allocation. */
#include "check.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size)
{
    void *memory = malloc(size + 1);
    CHECK(memory);
    return memory;
}

static uint64_t weights(const wl_tensor *info)
{
    return info->rows * info->columns;
}

/* Ids are what they should be if 0 stands for zero, and the same id for the same value. */
static void check_ids(const wl_tensor *info, const uint8_t *ids, const uint8_t *expected)
{
    static const uint8_t zero[8];
    const uint8_t *value_of[256] = {0};
    size_t size = type_size(info->type);
    uint64_t i;
    int a, b;
    for (i = 0; i < weights(info); i++) {
        const uint8_t *value = expected + i * size;
        CHECK(ids[i] <= info->clusters);
        CHECK((ids[i] == 0) == (memcmp(value, zero, size) == 0));
        if (!value_of[ids[i]])
            value_of[ids[i]] = value;
        CHECK(memcmp(value_of[ids[i]], value, size) == 0);
    }
    for (a = 0; a < 256; a++)
        for (b = 0; b < a; b++)
            CHECK(!value_of[a] || !value_of[b] || memcmp(value_of[a], value_of[b], size) != 0);
}

/* Bands and single rows of a tensor are slices of the whole; dst and workspace start at these odd offsets. */
static void check_rows(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type, const uint8_t *whole,
                       size_t offset)
{
    size_t row_bytes = (size_t)info->columns * type_size(type);
    size_t workspace_size;
    uint8_t *memory, *dst;
    uint8_t *workspace_memory, *workspace;
    uint64_t row, count;
    uint32_t state = 1;
    int i, pass;
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    dst = (memory = allocate((size_t)info->rows * row_bytes + offset)) + offset;
    workspace = (workspace_memory = allocate(workspace_size + offset)) + offset;
    memset(workspace, 0xa5, workspace_size);

    /* In order, each band going on where the last one ended; the second time over what the first one left behind. */
    for (pass = 0; pass < 2; pass++) {
        for (row = 0; row < info->rows; row += count) {
            uint64_t left = info->rows - row;
            count = 1 + sequence_next(&state, left < 64 ? (uint32_t)left : 64);
            CHECK_STATUS(wl_decode_rows(model, tensor, type, row, count, dst, (size_t)count * row_bytes, workspace, workspace_size),
                         WL_OK);
            CHECK(memcmp(dst, whole + row * row_bytes, (size_t)count * row_bytes) == 0);
            /* What was written there since is noticed. */
            if (sequence_next(&state, 8) == 0 && workspace_size > 0)
                workspace[sequence_next(&state, (uint32_t)workspace_size)] ^= (uint8_t)(1u << sequence_next(&state, 8));
        }
    }
    for (i = 0; i < 16 && info->rows > 0; i++) {
        row = sequence_next(&state, (uint32_t)info->rows);
        CHECK_STATUS(wl_decode_rows(model, tensor, type, row, 1, dst, row_bytes, workspace, workspace_size), WL_OK);
        CHECK(memcmp(dst, whole + row * row_bytes, row_bytes) == 0);
    }
    free(memory);
    free(workspace_memory);
}

static void check_type(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type, const uint8_t *expected)
{
    size_t size = (size_t)weights(info) * type_size(type);
    size_t workspace_size, i;
    uint8_t *memory = allocate(size + 64);
    uint8_t *whole = allocate(size);
    uint8_t *workspace;
    size_t offset;
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    workspace = allocate(workspace_size + 4);
    for (offset = 0; offset < 4; offset++) {
        uint8_t *dst = memory + offset;
        memset(dst, 0x5a, size + 32);
        CHECK_STATUS(wl_decode(model, tensor, type, dst, size + 32, workspace + offset, workspace_size), WL_OK);
        for (i = 0; i < 32; i++)
            CHECK(dst[size + i] == 0x5a);
        if (type == WL_ID8)
            check_ids(info, dst, expected);
        else
            convert(info->type, expected, type, whole, weights(info));
        if (type == WL_ID8 && offset == 0)
            memcpy(whole, dst, size);
        CHECK(memcmp(dst, whole, size) == 0);
    }
    check_rows(model, tensor, info, type, whole, 0);
    check_rows(model, tensor, info, type, whole, 1);
    free(memory);
    free(whole);
    free(workspace);
}

/* Compressed rows are what is not zero of the whole, which is rows x columns elements of the type. */
static void check_csr(const wl_model *model, uint32_t tensor, const wl_tensor *info, wl_type type)
{
    static const uint8_t zero[8];
    size_t element = type_size(type);
    size_t size = (size_t)weights(info) * element;
    size_t offsets_size = ((size_t)info->rows + 1) * sizeof(uint64_t);
    size_t workspace_size, count, next = 0;
    uint8_t *whole, *values, *workspace;
    uint64_t *offsets, row, column;
    uint32_t *indexes;
    wl_status status;
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    whole = allocate(size);
    workspace = allocate(workspace_size);
    offsets = allocate(offsets_size);
    CHECK_STATUS(wl_decode(model, tensor, type, whole, size, workspace, workspace_size), WL_OK);
    status = wl_decode_csr(model, tensor, type, offsets, offsets_size, NULL, NULL, 0, workspace, workspace_size);
    count = (size_t)offsets[info->rows];
    CHECK(status == (count == 0 ? WL_OK : WL_ERROR_DST_SIZE) && count <= weights(info));
    values = allocate(count * element);
    indexes = allocate(count * sizeof *indexes);
    if (count > 0)
        CHECK_STATUS(wl_decode_csr(model, tensor, type, offsets, offsets_size, indexes, values, count - 1, workspace, workspace_size),
                     WL_ERROR_DST_SIZE);
    CHECK_STATUS(wl_decode_csr(model, tensor, type, offsets, offsets_size, indexes, values, count, workspace, workspace_size), WL_OK);
    for (row = 0; row < info->rows; row++) {
        CHECK(offsets[row] == next);
        for (column = 0; column < info->columns; column++) {
            const uint8_t *value = whole + (row * info->columns + column) * element;
            if (memcmp(value, zero, element) == 0)
                continue;
            CHECK(next < count && indexes[next] == column && memcmp(values + next * element, value, element) == 0);
            next++;
        }
    }
    CHECK(next == count && offsets[info->rows] == count);
    free(whole);
    free(workspace);
    free(offsets);
    free(values);
    free(indexes);
}

/* The product has the bits that the header promises, computed here from the decoded matrix. */
static void check_product(const wl_model *model, uint32_t tensor, const wl_tensor *info)
{
    size_t rows = (size_t)info->rows, columns = (size_t)info->columns;
    size_t workspace_size, i, j, half;
    float *whole = allocate(rows * columns * sizeof(float));
    float *x = allocate(columns * sizeof(float));
    float *y = allocate((rows + 1) * sizeof(float));
    uint8_t *workspace;
    uint32_t state = 2;
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    workspace = allocate(workspace_size);
    CHECK_STATUS(wl_decode(model, tensor, WL_F32, whole, rows * columns * sizeof(float), workspace, workspace_size), WL_OK);
    for (j = 0; j < columns; j++)
        x[j] = ((float)sequence_next(&state, 2001) - 1000) / 7;
    y[rows] = 12345;
    CHECK_STATUS(wl_matvec(model, tensor, x, columns * sizeof(float), y, rows * sizeof(float), workspace, workspace_size), WL_OK);
    for (i = 0; i < rows; i++) {
        float sums[32] = {0};
        for (j = 0; j < columns; j++)
            sums[j % 32] += whole[i * columns + j] * x[j];
        for (half = 16; half > 0; half /= 2)
            for (j = 0; j < half; j++)
                sums[j] += sums[j + half];
        /* What is not a number is so on both sides, with whatever bits. */
        CHECK(memcmp(&y[i], &sums[0], sizeof y[i]) == 0 || (y[i] != y[i] && sums[0] != sums[0]));
    }
    CHECK(y[rows] == 12345);
    free(whole);
    free(x);
    free(y);
    free(workspace);
}

/* The model comes back in pieces of any length, whatever was done to the workspace; a file without one says so. */
static void check_rebuild(const golden *file, const wl_model *model)
{
    uint64_t size = 1, first, count;
    size_t workspace_size = 1, i;
    uint8_t *memory, *dst, *workspace_memory, *workspace;
    uint32_t state = 3;
    wl_status status = wl_rebuild_size(model, &size, &workspace_size);
    snprintf(check.context, sizeof check.context, "rebuild");
    if (!file->model) {
        CHECK(status == WL_ERROR_NO_MODEL && size == 0 && workspace_size == 0);
        CHECK_STATUS(wl_rebuild(model, 0, 0, NULL, 0, NULL, 0), WL_ERROR_NO_MODEL);
        return;
    }
    CHECK_STATUS(status, WL_OK);
    CHECK(size == file->model_size);
    dst = (memory = allocate((size_t)size + 16)) + 1;
    workspace = (workspace_memory = allocate(workspace_size + 1)) + 1;
    memset(workspace, 0xa5, workspace_size);
    for (i = 0; i < 5; i++) {
        for (first = 0; first < size; first += count) {
            count = 1 + (i == 0 ? size : sequence_next(&state, (uint32_t)1 << 3 * i));
            if (count > size - first)
                count = size - first;
            memset(dst, 0x5a, (size_t)count + 8);
            CHECK_STATUS(wl_rebuild(model, first, count, dst, (size_t)count + 8, workspace, workspace_size), WL_OK);
            CHECK(memcmp(dst, file->model + first, (size_t)count) == 0 && memcmp(dst + count, "ZZZZZZZZ", 8) == 0);
            if (sequence_next(&state, 64) == 0)
                workspace[sequence_next(&state, (uint32_t)workspace_size)] ^= (uint8_t)(1u << sequence_next(&state, 8));
        }
    }
    for (i = 0; i < 64; i++) {
        first = sequence_next(&state, (uint32_t)size);
        count = sequence_next(&state, (uint32_t)(size - first) + 1);
        CHECK_STATUS(wl_rebuild(model, first, count, dst, (size_t)count, workspace, workspace_size), WL_OK);
        CHECK(memcmp(dst, file->model + first, (size_t)count) == 0);
    }
    free(memory);
    free(workspace_memory);
}

void round_trip(const void *argument)
{
    const golden *file = argument;
    const uint8_t *expected = file->expected;
    uint8_t wrong_type[8];
    wl_model model;
    uint32_t tensor;
    size_t i, encoded = 0;
    CHECK_STATUS(wl_open(file->data, file->size, &model), WL_OK);
    CHECK_STATUS(wl_verify(&model), WL_OK);
    for (tensor = 0; tensor < wl_tensor_count(&model); tensor++) {
        wl_tensor info;
        uint32_t found;
        char name[256];
        CHECK_STATUS(wl_tensor_info(&model, tensor, &info), WL_OK);
        snprintf(check.context, sizeof check.context, "tensor %u %.*s", tensor, (int)info.name_length, info.name);
        CHECK(info.name_length < sizeof name && info.rank <= WL_MAX_RANK);
        memcpy(name, info.name, info.name_length);
        name[info.name_length] = '\0';
        CHECK_STATUS(wl_find_tensor(&model, name, &found), WL_OK);
        CHECK(found == tensor);
        CHECK(weights(&info) * type_size(info.type) <= file->expected_size - (size_t)(expected - file->expected));
        if (info.method == WL_METHOD_STORED && weights(&info) > 0) {
            CHECK(((const uint8_t *)info.stored - file->data) % 64 == 0);
            CHECK(memcmp(info.stored, expected, (size_t)weights(&info) * type_size(info.type)) == 0);
        } else {
            CHECK(info.method == WL_METHOD_STORED || !info.stored);
        }
        for (i = 0; i < TYPE_COUNT; i++) {
            if (decodes_to(&info, all_types[i])) {
                check_type(&model, tensor, &info, all_types[i], expected);
                check_csr(&model, tensor, &info, all_types[i]);
            } else {
                CHECK_STATUS(wl_decode(&model, tensor, all_types[i], wrong_type, sizeof wrong_type, NULL, 0), WL_ERROR_TYPE);
                CHECK_STATUS(wl_decode_csr(&model, tensor, all_types[i], NULL, 0, NULL, NULL, 0, NULL, 0), WL_ERROR_TYPE);
            }
        }
        if (decodes_to(&info, WL_F32))
            check_product(&model, tensor, &info);
        else
            CHECK_STATUS(wl_matvec(&model, tensor, NULL, 0, NULL, 0, NULL, 0), WL_ERROR_TYPE);
        expected += weights(&info) * type_size(info.type);
        encoded += (size_t)info.encoded_bytes;
    }
    CHECK(expected == file->expected + file->expected_size);
    CHECK(encoded < file->size);
    check_rebuild(file, &model);
}

void zero_gc(const void *argument)
{
    const golden *file = argument;
    wl_model model;
    uint32_t tensor, found;
    CHECK_STATUS(wl_init(), WL_OK);
    CHECK(wl_status_string(WL_OK));
    CHECK_STATUS(wl_open(file->data, file->size, &model), WL_OK);
    CHECK_STATUS(wl_verify(&model), WL_OK);
    CHECK_STATUS(wl_find_tensor(&model, "no such tensor", &found), WL_ERROR_NO_TENSOR);
    for (tensor = 0; tensor < wl_tensor_count(&model); tensor++) {
        wl_tensor info;
        size_t workspace_size, i;
        uint64_t row;
        CHECK_STATUS(wl_tensor_info(&model, tensor, &info), WL_OK);
        CHECK_STATUS(wl_workspace_size(&model, tensor, &workspace_size), WL_OK);
        for (i = 0; i < TYPE_COUNT; i++) {
            size_t row_bytes = (size_t)info.columns * type_size(all_types[i]);
            size_t size = row_bytes * (size_t)info.rows;
            wl_status expected = decodes_to(&info, all_types[i]) ? WL_OK : WL_ERROR_TYPE;
            uint64_t band = info.rows / 3 + 1;
            void *dst = allocate(size);
            void *workspace = allocate(workspace_size);
            snprintf(check.context, sizeof check.context, "tensor %u type %u", tensor, all_types[i]);
            CHECK_STATUS(wl_decode(&model, tensor, all_types[i], dst, size, workspace, workspace_size), expected);
            for (row = 0; row < info.rows; row += band) {
                uint64_t count = info.rows - row < band ? info.rows - row : band;
                CHECK_STATUS(wl_decode_rows(&model, tensor, all_types[i], row, count, dst, size, workspace, workspace_size),
                             expected);
            }
            free(dst);
            dst = allocate(8 * ((size_t)info.rows + 1));
            CHECK_STATUS(wl_decode_csr(&model, tensor, all_types[i], dst, 8 * ((size_t)info.rows + 1), NULL, NULL, 0, workspace,
                                       workspace_size),
                         expected == WL_OK && ((uint64_t *)dst)[info.rows] > 0 ? WL_ERROR_DST_SIZE : expected);
            free(dst);
            free(workspace);
        }
        if (decodes_to(&info, WL_F32)) {
            float *x = allocate((size_t)info.columns * sizeof *x);
            float *y = allocate((size_t)info.rows * sizeof *y);
            void *workspace = allocate(workspace_size);
            memset(x, 0, (size_t)info.columns * sizeof *x);
            CHECK_STATUS(wl_matvec(&model, tensor, x, (size_t)info.columns * sizeof *x, y, (size_t)info.rows * sizeof *y, workspace,
                                   workspace_size), WL_OK);
            free(x);
            free(y);
            free(workspace);
        }
    }
}
