/*
 * The header is included here and in header_again.c, both are compiled as C99 and as C++11 with all warnings as errors,
 * and linked together. What programs were compiled with must never change: a wrong number below does not compile.
 */
#include "weightless.h"
#include "weightless.h"

#include "header.h"

#include <stdio.h>

PIN(WL_OK == 0 && WL_ERROR_ARGUMENT == 1 && WL_ERROR_NO_TENSOR == 2 && WL_ERROR_TYPE == 3 && WL_ERROR_ROWS == 4);
PIN(WL_ERROR_DST_SIZE == 5 && WL_ERROR_WORKSPACE_SIZE == 6 && WL_ERROR_NO_MODEL == 7);
PIN(WL_ERROR_MAGIC == 16 && WL_ERROR_VERSION == 17 && WL_ERROR_TRUNCATED == 18 && WL_ERROR_DIRECTORY == 19);
PIN(WL_ERROR_CHECKSUM == 20 && WL_ERROR_CORRUPT == 21 && WL_ERROR_UNSUPPORTED == 22 && WL_ERROR_INTERNAL == 48);
PIN(WL_F32 == 0 && WL_F16 == 1 && WL_BF16 == 2 && WL_I8 == 3 && WL_U8 == 4 && WL_F64 == 5 && WL_I16 == 6 && WL_U16 == 7);
PIN(WL_I32 == 8 && WL_U32 == 9 && WL_I64 == 10 && WL_U64 == 11 && WL_BOOL == 12 && WL_ID8 == 32);
PIN(WL_METHOD_STORED == 0 && WL_METHOD_DENSE == 1 && WL_METHOD_CSR == 2 && WL_METHOD_BLOOMIER == 3);
PIN(WL_METHOD_COUPLED == 4 && WL_METHOD_CONTEXT == 5 && WL_METHOD_WORDS == 6 && WL_METHOD_EXPONENT == 7);
PIN(WL_CODER_NONE == 0 && WL_CODER_HUFFMAN == 1 && WL_CODER_ARITHMETIC == 2 && WL_CODER_TANS == 3);
PIN(WL_MAX_RANK == 8 && WL_VERSION == 0x10000);

PIN(sizeof(wl_status) == 4 && (wl_status)-1 < 0);
PIN(sizeof(wl_type) == 4 && (wl_type)-1 > 0);

PIN(sizeof(wl_managed) == 16 && offsetof(wl_managed, allocated_bytes) == 0 && offsetof(wl_managed, collections) == 8);
PIN(sizeof(((wl_managed *)0)->collections) == 8);
PIN(sizeof(wl_model) == 112 && offsetof(wl_model, data) == 0 && offsetof(wl_model, size) == 8 && offsetof(wl_model, opaque) == 16);

PIN(sizeof(wl_tensor) == 160);
PIN(offsetof(wl_tensor, name) == 0 && offsetof(wl_tensor, stored) == 8 && offsetof(wl_tensor, shape) == 16);
PIN(offsetof(wl_tensor, rows) == 80 && offsetof(wl_tensor, columns) == 88 && offsetof(wl_tensor, nonzeros) == 96);
PIN(offsetof(wl_tensor, encoded_bytes) == 104 && offsetof(wl_tensor, channels) == 112);
PIN(offsetof(wl_tensor, name_length) == 120 && offsetof(wl_tensor, rank) == 124);
PIN(offsetof(wl_tensor, type) == 128 && offsetof(wl_tensor, method) == 132 && offsetof(wl_tensor, coder) == 136);
PIN(offsetof(wl_tensor, clusters) == 140 && offsetof(wl_tensor, cell_bits) == 144 && offsetof(wl_tensor, grid_bits) == 148);
PIN(offsetof(wl_tensor, channel_axis) == 152 && offsetof(wl_tensor, reserved) == 156);

int version_seen_again(void);

int main(int argc, char **argv)
{
    int same = WL_ABI_MATCHES() && wl_version() == WL_VERSION && version_seen_again() == WL_VERSION;
    (void)argc;
    (void)argv;
#ifdef __cplusplus
    printf("%s header/c++11\n", same ? "ok" : "not ok");
#else
    printf("%s header/c99\n", same ? "ok" : "not ok");
#endif
    return same ? 0 : 1;
}
