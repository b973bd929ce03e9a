/*
 * The ABI of a decoder that runs in .NET: every function goes through a table that the managed side fills, so that the one
 * harness serves both. ManagedAbi.cs has the same order.
 */
#include "../exercise.h"

#include "golden.h"
#include "guard.h"
#include "repair.h"
#include "use.h"

#include "weightless.h"

#include <string.h>

typedef struct functions {
    wl_status (*init)(void);
    uint32_t (*version)(void);
    const char *(*status_string)(wl_status status);
    wl_status (*open)(const void *data, size_t size, wl_model *model);
    wl_status (*index_size)(const wl_model *model, size_t *size);
    wl_status (*index)(wl_model *model, void *memory, size_t size);
    uint32_t (*tensor_count)(const wl_model *model);
    wl_status (*tensor_info)(const wl_model *model, uint32_t tensor, wl_tensor *info);
    wl_status (*find_tensor)(const wl_model *model, const char *name, uint32_t *tensor);
    wl_status (*workspace_size)(const wl_model *model, uint32_t tensor, size_t *size);
    wl_status (*decode)(const wl_model *model, uint32_t tensor, wl_type type, void *dst, size_t dst_size, void *workspace,
                        size_t workspace_size);
    wl_status (*decode_rows)(const wl_model *model, uint32_t tensor, wl_type type, uint64_t first_row, uint64_t row_count, void *dst,
                             size_t dst_size, void *workspace, size_t workspace_size);
    wl_status (*decode_csr)(const wl_model *model, uint32_t tensor, wl_type type, uint64_t *row_offsets, size_t row_offsets_size,
                            uint32_t *column_indexes, void *values, size_t capacity, void *workspace, size_t workspace_size);
    wl_status (*matvec)(const wl_model *model, uint32_t tensor, const float *x, size_t x_size, float *y, size_t y_size,
                        void *workspace, size_t workspace_size);
    wl_status (*verify)(const wl_model *model);
    void (*variant)(int variant);
} functions;

static functions abi;

void exercise_through(const functions *table);
void use_everywhere(const uint8_t *data, size_t size);

void exercise_through(const functions *table)
{
    abi = *table;
}

/* As replay.c does. */
void use_everywhere(const uint8_t *data, size_t size)
{
    static guard file;
    int place;
    for (place = AT_START; place <= AT_END; place++) {
        uint8_t *copy = guard_take(&file, size, place);
        memcpy(copy, data, size);
        repair(copy, size);
        use(copy, size, place, NULL);
    }
}

wl_status wl_init(void)
{
    return abi.init();
}

uint32_t wl_version(void)
{
    return abi.version();
}

const char *wl_status_string(wl_status status)
{
    return abi.status_string(status);
}

wl_status wl_open(const void *data, size_t size, wl_model *model)
{
    return abi.open(data, size, model);
}

wl_status wl_index_size(const wl_model *model, size_t *size)
{
    return abi.index_size(model, size);
}

wl_status wl_index(wl_model *model, void *memory, size_t size)
{
    return abi.index(model, memory, size);
}

uint32_t wl_tensor_count(const wl_model *model)
{
    return abi.tensor_count(model);
}

wl_status wl_tensor_info(const wl_model *model, uint32_t tensor, wl_tensor *info)
{
    return abi.tensor_info(model, tensor, info);
}

wl_status wl_find_tensor(const wl_model *model, const char *name, uint32_t *tensor)
{
    return abi.find_tensor(model, name, tensor);
}

wl_status wl_workspace_size(const wl_model *model, uint32_t tensor, size_t *size)
{
    return abi.workspace_size(model, tensor, size);
}

wl_status wl_decode(const wl_model *model, uint32_t tensor, wl_type type, void *dst, size_t dst_size, void *workspace,
                    size_t workspace_size)
{
    return abi.decode(model, tensor, type, dst, dst_size, workspace, workspace_size);
}

wl_status wl_decode_rows(const wl_model *model, uint32_t tensor, wl_type type, uint64_t first_row, uint64_t row_count,
                         void *dst, size_t dst_size, void *workspace, size_t workspace_size)
{
    return abi.decode_rows(model, tensor, type, first_row, row_count, dst, dst_size, workspace, workspace_size);
}

wl_status wl_decode_csr(const wl_model *model, uint32_t tensor, wl_type type, uint64_t *row_offsets, size_t row_offsets_size,
                        uint32_t *column_indexes, void *values, size_t capacity, void *workspace, size_t workspace_size)
{
    return abi.decode_csr(model, tensor, type, row_offsets, row_offsets_size, column_indexes, values, capacity, workspace,
                          workspace_size);
}

wl_status wl_matvec(const wl_model *model, uint32_t tensor, const float *x, size_t x_size, float *y, size_t y_size,
                    void *workspace, size_t workspace_size)
{
    return abi.matvec(model, tensor, x, x_size, y, y_size, workspace, workspace_size);
}

wl_status wl_verify(const wl_model *model)
{
    return abi.verify(model);
}

void fuzz_variant(int variant)
{
    abi.variant(variant);
}
