/*
 * decode.c - decodes every tensor of a .wls file in bands of rows, as a program on a small board would.
 *
 *     decode FILE.wls
 *
 * The file is mapped, not read; the weights go through one buffer of 64 KiB, however large a layer is. One line a tensor,
 * its fields separated by tabs:
 *
 *     name   shape (784x300)   type   method   coder   checksum of the decoded weights
 *
 * The checksum is FNV-1a, 64 bits, over the elements in the tensor's own type, row-major, little-endian.
 * Build:  cc -std=c99 decode.c libweightless.a      or      cc -std=c99 decode.c -lweightless
 *
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weightless.h"

static const char *const method_names[] = {"stored", "dense", "csr", "bloomier", "coupled", "context"};
static const char *const coder_names[] = {"none", "huffman", "arithmetic", "tans"};

/* Names and sizes by wl_type. */
static const char *const type_names[] = {"f32", "f16", "bf16", "i8",  "u8",  "f64", "i16",
                                         "u16", "i32", "u32",  "i64", "u64", "bool"};
static const size_t type_sizes[] = {4, 2, 2, 1, 1, 8, 2, 2, 4, 4, 8, 8, 1};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME_OF(names, number) ((number) < COUNT(names) ? (names)[number] : "?")

static uint64_t fnv1a(uint64_t hash, const unsigned char *bytes, size_t count)
{
    while (count-- > 0)
        hash = (hash ^ *bytes++) * UINT64_C(0x100000001b3);
    return hash;
}

/* Decodes one tensor band by band and hashes what comes out. */
static wl_status hash_tensor(const wl_model *model, uint32_t tensor, const wl_tensor *info, uint64_t *hash)
{
    static unsigned char buffer[65536];
    unsigned char *band = buffer;
    unsigned char *workspace = NULL;
    size_t workspace_size, row_bytes;
    uint64_t row, count, rows_a_band;
    wl_status status;

    /* A later library may know types that this program does not. */
    if (info->type >= COUNT(type_sizes))
        return WL_ERROR_TYPE;
    row_bytes = (size_t)info->columns * type_sizes[info->type];
    rows_a_band = row_bytes > 0 ? sizeof buffer / row_bytes : info->rows;

    status = wl_workspace_size(model, tensor, &workspace_size);
    if (status != WL_OK)
        return status;

    /* The same workspace for all bands of a tensor, so that each band goes on where the last one ended. */
    if (workspace_size > 0 && !(workspace = malloc(workspace_size)))
        return WL_ERROR_WORKSPACE_SIZE;

    /* A single row that is larger than the buffer gets a buffer of its own. */
    if (rows_a_band == 0) {
        rows_a_band = 1;
        if (!(band = malloc(row_bytes))) {
            free(workspace);
            return WL_ERROR_DST_SIZE;
        }
    }

    *hash = UINT64_C(0xcbf29ce484222325);
    for (row = 0; row < info->rows && status == WL_OK; row += count) {
        count = info->rows - row < rows_a_band ? info->rows - row : rows_a_band;
        status = wl_decode_rows(model, tensor, info->type, row, count, band, (size_t)count * row_bytes, workspace,
                                workspace_size);
        if (status == WL_OK)
            *hash = fnv1a(*hash, band, (size_t)count * row_bytes);
    }

    if (band != buffer)
        free(band);
    free(workspace);
    return status;
}

static void print_tensor(const wl_tensor *info, uint64_t hash)
{
    uint32_t i;
    printf("%.*s\t", (int)info->name_length, info->name);
    if (info->rank == 0)
        printf("scalar");
    for (i = 0; i < info->rank; i++)
        printf("%s%" PRIu64, i > 0 ? "x" : "", info->shape[i]);
    printf("\t%s\t%s\t%s\t%016" PRIx64 "\n", NAME_OF(type_names, info->type), NAME_OF(method_names, info->method),
           NAME_OF(coder_names, info->coder), hash);
}

static int fail(const char *path, const char *reason)
{
    fprintf(stderr, "decode: %s: %s\n", path, reason);
    return 1;
}

int main(int argc, char **argv)
{
    const char *path = argv[1];
    struct stat file;
    void *data;
    int descriptor;
    uint32_t tensor;
    wl_model model;
    wl_status status;

    if (argc != 2) {
        fprintf(stderr, "usage: decode FILE.wls\n");
        return 2;
    }
    if (!WL_ABI_MATCHES())
        return fail(path, "libweightless has another ABI than the header that this program was compiled with");

    descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &file) != 0)
        return fail(path, strerror(errno));
    if (file.st_size == 0)
        return fail(path, "the file is empty");
    data = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (data == MAP_FAILED)
        return fail(path, strerror(errno));

    status = wl_open(data, (size_t)file.st_size, &model);
    /* Once after a download is enough: decoding a damaged file is safe, but gives damaged weights. */
    if (status == WL_OK)
        status = wl_verify(&model);
    if (status != WL_OK)
        return fail(path, wl_status_string(status));

    for (tensor = 0; tensor < wl_tensor_count(&model); tensor++) {
        wl_tensor info;
        uint64_t hash;
        status = wl_tensor_info(&model, tensor, &info);
        if (status == WL_OK)
            status = hash_tensor(&model, tensor, &info, &hash);
        if (status != WL_OK)
            return fail(path, wl_status_string(status));
        print_tensor(&info, hash);
    }
    munmap(data, (size_t)file.st_size);
    return ferror(stdout) || fflush(stdout) != 0 ? fail("standard output", strerror(errno)) : 0;
}
