/*
 * The functions of weightless.h. Each calls its namesake in Exports.cs, managed_..., and answers WL_ERROR_INTERNAL if that comes
 * upon a defect, or if this machine has less than the code was compiled for.
 */
#include "runtime.h"
#include "weightless.h"

/* C knows setjmp only in a few places, hence not one expression. A signal handler may call while a call is in flight. */
#define EXPORT(type, name, parameters, arguments, otherwise) \
    type managed_##name parameters;                          \
    __attribute__((visibility("default"))) type name parameters \
    {                                                        \
        jmp_buf end;                                         \
        jmp_buf *const outer = runtime_defect_end;           \
        type result = otherwise;                             \
        if (!runtime_is_ready)                               \
            return otherwise;                                \
        if (_setjmp(end) == 0) {                             \
            runtime_defect_end = &end;                       \
            result = managed_##name arguments;               \
        }                                                    \
        runtime_defect_end = outer;                          \
        return result;                                       \
    }
#define STATUS(name, parameters, arguments) EXPORT(wl_status, name, parameters, arguments, WL_ERROR_INTERNAL)

STATUS(wl_init, (void), ())
EXPORT(uint32_t, wl_version, (void), (), 0)
EXPORT(const char *, wl_status_string, (wl_status status), (status), "")
STATUS(wl_open, (const void *data, size_t size, wl_model *model), (data, size, model))
STATUS(wl_index_size, (const wl_model *model, size_t *size), (model, size))
STATUS(wl_index, (wl_model *model, void *memory, size_t size), (model, memory, size))
EXPORT(uint32_t, wl_tensor_count, (const wl_model *model), (model), 0)
STATUS(wl_tensor_info, (const wl_model *model, uint32_t tensor, wl_tensor *info), (model, tensor, info))
STATUS(wl_find_tensor, (const wl_model *model, const char *name, uint32_t *tensor), (model, name, tensor))
STATUS(wl_workspace_size, (const wl_model *model, uint32_t tensor, size_t *size), (model, tensor, size))
STATUS(wl_decode,
       (const wl_model *model, uint32_t tensor, wl_type type, void *dst, size_t dst_size, void *workspace, size_t workspace_size),
       (model, tensor, type, dst, dst_size, workspace, workspace_size))
STATUS(wl_decode_rows,
       (const wl_model *model, uint32_t tensor, wl_type type, uint64_t first_row, uint64_t row_count, void *dst, size_t dst_size,
        void *workspace, size_t workspace_size),
       (model, tensor, type, first_row, row_count, dst, dst_size, workspace, workspace_size))
STATUS(wl_decode_csr,
       (const wl_model *model, uint32_t tensor, wl_type type, uint64_t *row_offsets, size_t row_offsets_size,
        uint32_t *column_indexes, void *values, size_t capacity, void *workspace, size_t workspace_size),
       (model, tensor, type, row_offsets, row_offsets_size, column_indexes, values, capacity, workspace, workspace_size))
STATUS(wl_matvec,
       (const wl_model *model, uint32_t tensor, const float *x, size_t x_size, float *y, size_t y_size, void *workspace,
        size_t workspace_size),
       (model, tensor, x, x_size, y, y_size, workspace, workspace_size))
STATUS(wl_tensor_scales,
       (const wl_model *model, uint32_t tensor, uint64_t first_channel, uint64_t count, float *scales),
       (model, tensor, first_channel, count, scales))
STATUS(wl_verify, (const wl_model *model), (model))
STATUS(wl_managed_memory, (wl_managed *managed), (managed))
