/* A caller's mistakes are answered with a status, and nothing is written. */
#include "check.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* A tensor that needs a workspace, has two rows at least and is not empty. */
static int find_demanding(const golden_set *set, wl_model *model, uint32_t *tensor)
{
    int i;
    for (i = 0; i < set->count; i++) {
        CHECK_STATUS(wl_open(set->list[i].data, set->list[i].size, model), WL_OK);
        for (*tensor = 0; *tensor < wl_tensor_count(model); ++*tensor) {
            wl_tensor info;
            size_t workspace_size;
            CHECK_STATUS(wl_tensor_info(model, *tensor, &info), WL_OK);
            CHECK_STATUS(wl_workspace_size(model, *tensor, &workspace_size), WL_OK);
            if (workspace_size > 0 && info.rows > 1 && info.columns > 0)
                return 1;
        }
    }
    return 0;
}

static void null_pointers(const wl_model *model, uint32_t tensor, const golden *file)
{
    wl_model unopened;
    wl_tensor info;
    size_t size;
    uint32_t index;
    memset(&unopened, 0, sizeof unopened);
    CHECK_STATUS(wl_open(NULL, 0, &unopened), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_open(NULL, 1000, &unopened), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_open(file->data, file->size, NULL), WL_ERROR_ARGUMENT);
    CHECK(wl_tensor_count(NULL) == 0);
    CHECK(wl_tensor_count(&unopened) == 0);
    CHECK_STATUS(wl_tensor_info(NULL, 0, &info), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_tensor_info(&unopened, 0, &info), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_tensor_info(model, 0, NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_find_tensor(NULL, "a", &index), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_find_tensor(&unopened, "a", &index), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_find_tensor(model, NULL, &index), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_find_tensor(model, "a", NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_workspace_size(NULL, 0, &size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_workspace_size(&unopened, 0, &size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_workspace_size(model, 0, NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_verify(NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_managed_memory(NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_verify(&unopened), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode(NULL, 0, WL_F32, &info, sizeof info, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode(&unopened, 0, WL_F32, &info, sizeof info, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode_rows(NULL, 0, WL_F32, 0, 1, &info, sizeof info, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode_csr(NULL, 0, WL_F32, NULL, 0, NULL, NULL, 0, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode_csr(&unopened, 0, WL_F32, NULL, 0, NULL, NULL, 0, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_matvec(NULL, 0, NULL, 0, NULL, 0, NULL, 0), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_matvec(&unopened, 0, NULL, 0, NULL, 0, NULL, 0), WL_ERROR_ARGUMENT);
    /* A failed wl_open leaves no model behind. */
    unopened = *model;
    CHECK_STATUS(wl_open("not a .wls file", 15, &unopened), WL_ERROR_MAGIC);
    CHECK_STATUS(wl_verify(&unopened), WL_ERROR_ARGUMENT);
    /* A model may be copied. */
    unopened = *model;
    CHECK_STATUS(wl_verify(&unopened), WL_OK);
    CHECK_STATUS(wl_tensor_info(&unopened, tensor, &info), WL_OK);
}

static void wrong_numbers(const wl_model *model, uint32_t tensor, const golden *file)
{
    static const uint32_t no_types[] = {13, 14, 31, 33, 64, 255, 256, 65536, 0x80000000u, UINT32_MAX};
    static const int odd_statuses[] = {-1, 7, 15, 23, 47, 49, 1000, INT32_MAX, INT32_MIN};
    uint32_t count = wl_tensor_count(model);
    wl_tensor info;
    size_t size, i, row_bytes, whole, workspace_size;
    uint32_t index;
    uint8_t *dst, *workspace;
    CHECK_STATUS(wl_tensor_info(model, count, &info), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_tensor_info(model, UINT32_MAX, &info), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_workspace_size(model, count, &size), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_decode(model, count, WL_F32, &info, sizeof info, NULL, 0), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_decode_rows(model, UINT32_MAX, WL_F32, 0, 1, &info, sizeof info, NULL, 0), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_find_tensor(model, "", &index), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_find_tensor(model, "no such tensor", &index), WL_ERROR_NO_TENSOR);
    for (i = 0; i < sizeof odd_statuses / sizeof odd_statuses[0]; i++)
        CHECK(wl_status_string(odd_statuses[i]) && wl_status_string(odd_statuses[i])[0]);
    CHECK(strcmp(wl_status_string(WL_OK), wl_status_string(WL_ERROR_CORRUPT)) != 0);
    CHECK(wl_version() >> 16 == WL_VERSION_MAJOR && wl_version() >= WL_VERSION);

    CHECK_STATUS(wl_tensor_info(model, tensor, &info), WL_OK);
    CHECK_STATUS(wl_workspace_size(model, tensor, &workspace_size), WL_OK);
    row_bytes = (size_t)info.columns * type_size(info.type);
    whole = row_bytes * (size_t)info.rows;
    dst = malloc(whole + 1);
    workspace = malloc(workspace_size);
    CHECK(dst && workspace);
    memset(dst, 0x5a, whole + 1);
    for (i = 0; i < sizeof no_types / sizeof no_types[0]; i++)
        CHECK_STATUS(wl_decode(model, tensor, no_types[i], dst, whole, workspace, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode(model, tensor, WL_I64, dst, whole, workspace, workspace_size), WL_ERROR_TYPE);
    CHECK_STATUS(wl_decode(model, tensor, info.type, NULL, whole, workspace, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, whole, NULL, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, whole - 1, workspace, workspace_size), WL_ERROR_DST_SIZE);
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, 0, workspace, workspace_size), WL_ERROR_DST_SIZE);
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, whole, workspace, workspace_size - 1), WL_ERROR_WORKSPACE_SIZE);
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, whole, NULL, 0), WL_ERROR_WORKSPACE_SIZE);

#define ROWS(first, count, size) wl_decode_rows(model, tensor, info.type, first, count, dst, size, workspace, workspace_size)
    CHECK_STATUS(ROWS(0, info.rows + 1, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(info.rows, 1, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(info.rows + 1, 0, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(1, UINT64_MAX, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(UINT64_MAX, 1, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(UINT64_MAX, UINT64_MAX, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(UINT64_MAX / 2 + 1, UINT64_MAX / 2 + 1, whole), WL_ERROR_ROWS);
    CHECK_STATUS(ROWS(0, 2, 2 * row_bytes - 1), WL_ERROR_DST_SIZE);
    CHECK_STATUS(ROWS(0, 0, 0), WL_OK);
    CHECK_STATUS(ROWS(info.rows, 0, 0), WL_OK);
    for (i = 0; i <= whole; i++)
        CHECK(dst[i] == 0x5a);

    {
        uint64_t *offsets = malloc(8 * ((size_t)info.rows + 1));
        float *x = calloc((size_t)info.columns, sizeof *x), *y = malloc((size_t)info.rows * sizeof *y);
        size_t offsets_size = 8 * ((size_t)info.rows + 1);
        size_t x_size = (size_t)info.columns * sizeof *x, y_size = (size_t)info.rows * sizeof *y;
        CHECK(offsets && x && y);
#define CSR(type, offsets, offsets_size, capacity, workspace, workspace_size) \
    wl_decode_csr(model, tensor, type, offsets, offsets_size, NULL, NULL, capacity, workspace, workspace_size)
        CHECK_STATUS(CSR(77, offsets, offsets_size, 0, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(CSR(WL_I64, offsets, offsets_size, 0, workspace, workspace_size), WL_ERROR_TYPE);
        CHECK_STATUS(CSR(info.type, NULL, offsets_size, 0, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(CSR(info.type, offsets, offsets_size - 1, 0, workspace, workspace_size), WL_ERROR_DST_SIZE);
        CHECK_STATUS(CSR(info.type, offsets, 0, 0, workspace, workspace_size), WL_ERROR_DST_SIZE);
        CHECK_STATUS(CSR(info.type, offsets, offsets_size, 1, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(CSR(info.type, offsets, offsets_size, 0, workspace, workspace_size - 1), WL_ERROR_WORKSPACE_SIZE);
        CHECK_STATUS(CSR(info.type, offsets, offsets_size, 0, NULL, workspace_size), WL_ERROR_ARGUMENT);
#define PRODUCT(x, x_size, y, y_size, workspace, workspace_size) \
    wl_matvec(model, tensor, x, x_size, y, y_size, workspace, workspace_size)
        CHECK_STATUS(PRODUCT(NULL, x_size, y, y_size, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(PRODUCT(x, x_size - 1, y, y_size, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(PRODUCT(x, x_size, NULL, y_size, workspace, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(PRODUCT(x, x_size, y, y_size - 1, workspace, workspace_size), WL_ERROR_DST_SIZE);
        CHECK_STATUS(PRODUCT(x, x_size, y, y_size, workspace, workspace_size - 1), WL_ERROR_WORKSPACE_SIZE);
        CHECK_STATUS(PRODUCT(x, x_size, y, y_size, NULL, workspace_size), WL_ERROR_ARGUMENT);
        CHECK_STATUS(PRODUCT(x, x_size, y, y_size, workspace, workspace_size), WL_OK);
        free(offsets);
        free(x);
        free(y);
    }
    /* After all that the model is as good as new. */
    CHECK_STATUS(wl_decode(model, tensor, info.type, dst, whole, workspace, workspace_size), WL_OK);
    if (tensor == 0)
        CHECK(memcmp(dst, file->expected, whole) == 0);
    CHECK(dst[whole] == 0x5a);
    free(dst);
    free(workspace);
}

static void wrong_ranges(const golden_set *set)
{
    wl_model model, unopened;
    uint64_t size;
    size_t workspace_size;
    uint8_t *dst, *workspace;
    const golden *file = set->list;
    memset(&unopened, 0, sizeof unopened);
    while (!file->model)
        CHECK(++file < set->list + set->count);
    CHECK_STATUS(wl_open(file->data, file->size, &model), WL_OK);
    CHECK_STATUS(wl_rebuild_size(NULL, &size, &workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild_size(&unopened, &size, &workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild_size(&model, NULL, &workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild_size(&model, &size, NULL), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild_size(&model, &size, &workspace_size), WL_OK);
    dst = malloc((size_t)size + 1);
    workspace = malloc(workspace_size);
    CHECK(dst && workspace && size > 2);
    memset(dst, 0x5a, (size_t)size + 1);
#define REBUILD(first, count, dst_size) wl_rebuild(&model, first, count, dst, dst_size, workspace, workspace_size)
    CHECK_STATUS(wl_rebuild(NULL, 0, 1, dst, 1, workspace, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild(&unopened, 0, 1, dst, 1, workspace, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild(&model, 0, 1, NULL, 1, workspace, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild(&model, 0, 1, dst, 1, NULL, workspace_size), WL_ERROR_ARGUMENT);
    CHECK_STATUS(wl_rebuild(&model, 0, 1, dst, 1, workspace, 0), WL_ERROR_WORKSPACE_SIZE);
    CHECK_STATUS(wl_rebuild(&model, 0, size, dst, (size_t)size, workspace, workspace_size - 1), WL_ERROR_WORKSPACE_SIZE);
    CHECK_STATUS(REBUILD(0, size + 1, (size_t)size + 1), WL_ERROR_ROWS);
    CHECK_STATUS(REBUILD(size, 1, 1), WL_ERROR_ROWS);
    CHECK_STATUS(REBUILD(size + 1, 0, 0), WL_ERROR_ROWS);
    CHECK_STATUS(REBUILD(1, UINT64_MAX, 1), WL_ERROR_ROWS);
    CHECK_STATUS(REBUILD(UINT64_MAX, 2, 2), WL_ERROR_ROWS);
    CHECK_STATUS(REBUILD(0, 2, 1), WL_ERROR_DST_SIZE);
    CHECK_STATUS(REBUILD(0, 0, 0), WL_OK);
    CHECK_STATUS(REBUILD(size, 0, 0), WL_OK);
    CHECK_STATUS(REBUILD(0, size, (size_t)size), WL_OK);
    CHECK(memcmp(dst, file->model, (size_t)size) == 0 && dst[size] == 0x5a);
    free(dst);
    free(workspace);
}

void misuse(const void *argument)
{
    const golden_set *set = argument;
    wl_model model;
    uint32_t tensor = 0;
    int i;
    CHECK(find_demanding(set, &model, &tensor));
    for (i = 0; set->list[i].data != model.data; i++)
        continue;
    null_pointers(&model, tensor, &set->list[i]);
    wrong_numbers(&model, tensor, &set->list[i]);
    wrong_ranges(set);
}
