/*
 * sparse TANS.wls COUPLED.wls TENSOR: what a sparse layer by csr and tans costs, as ratios that are measured side by side: its decoding to
 * float32 beside memset of the output and beside the same layer by coupled; its product with a vector beside OpenBLAS's sgemv of the
 * decoded matrix; its compressed rows beside its decoding. One thread; the medians of rounds that take turns, in the thread's time.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "weightless.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#define ROUNDS 7

/* As cblas.h has them. */
enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111 };
void cblas_sgemv(int order, int transposed, int rows, int columns, float alpha, const float *a, int stride, const float *x, int x_step,
                 float beta, float *y, int y_step);
void openblas_set_num_threads(int threads);

enum { MEMSET, DECODE, COUPLED, PRODUCT, SGEMV, ROWS, MEASURES };

typedef struct layer {
    wl_model model;
    wl_tensor info;
    uint32_t tensor;
    void *workspace;
    size_t workspace_size;
} layer;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "sparse: %s: %s\n", what, why);
    exit(1);
}

static void check(wl_status status, const char *what)
{
    if (status != WL_OK)
        fail(what, wl_status_string(status));
}

/* Whole pages, there already. */
static void *take(size_t size)
{
    void *memory = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("memory", "there is not enough");
    memset(memory, 1, size + 1);
    return memory;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static layer open_layer(const char *path, const char *tensor)
{
    struct stat status;
    const void *data;
    layer layer;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status) != 0 || status.st_size == 0)
        fail(path, "cannot be read");
    data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED)
        fail(path, "cannot be mapped");
    check(wl_open(data, (size_t)status.st_size, &layer.model), path);
    check(wl_verify(&layer.model), path);
    check(wl_find_tensor(&layer.model, tensor, &layer.tensor), tensor);
    check(wl_tensor_info(&layer.model, layer.tensor, &layer.info), tensor);
    check(wl_workspace_size(&layer.model, layer.tensor, &layer.workspace_size), tensor);
    layer.workspace = take(layer.workspace_size);
    return layer;
}

static void decode(layer *layer, float *weights, size_t size)
{
    check(wl_decode(&layer->model, layer->tensor, WL_F32, weights, size, layer->workspace, layer->workspace_size), "wl_decode");
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_ratio(const char *what, double ratio, const char *of)
{
    printf("%-34s %6.3f x %s\n", what, ratio, of);
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"memset", "decode", "coupled, decode", "product", "sgemv", "compressed rows"};
    static double times[MEASURES][ROUNDS];
    double median[MEASURES], weights;
    size_t rows, columns, nonzeros, i, size;
    float *dense, *x, *y, *values;
    uint64_t *offsets;
    uint32_t *indexes;
    int round, measure;
    layer tans, coupled;
    if (argc != 4) {
        fprintf(stderr, "usage: sparse TANS.wls COUPLED.wls TENSOR\n");
        return 2;
    }
    openblas_set_num_threads(1);
    tans = open_layer(argv[1], argv[3]);
    coupled = open_layer(argv[2], argv[3]);
    rows = (size_t)tans.info.rows;
    columns = (size_t)tans.info.columns;
    nonzeros = (size_t)tans.info.nonzeros;
    if (coupled.info.rows != rows || coupled.info.columns != columns)
        fail(argv[2], "is another layer");
    size = rows * columns * sizeof *dense;
    dense = take(size);
    x = take(columns * sizeof *x);
    y = take(rows * sizeof *y);
    offsets = take((rows + 1) * sizeof *offsets);
    indexes = take(nonzeros * sizeof *indexes);
    values = take(nonzeros * sizeof *values);
    for (i = 0; i < columns; i++)
        x[i] = (float)(i % 7) - 3;

    for (round = -1; round < ROUNDS; round++) {
        for (measure = 0; measure < MEASURES; measure++) {
            double start = now();
            switch (measure) {
            case MEMSET:
                memset(dense, round, size);
                __asm__ volatile("" : : "r"(dense) : "memory");
                break;
            case DECODE:
                decode(&tans, dense, size);
                break;
            case COUPLED:
                decode(&coupled, dense, size);
                break;
            case PRODUCT:
                check(wl_matvec(&tans.model, tans.tensor, x, columns * sizeof *x, y, rows * sizeof *y, tans.workspace, tans.workspace_size),
                      "wl_matvec");
                break;
            case SGEMV:
                cblas_sgemv(ROW_MAJOR, NOT_TRANSPOSED, (int)rows, (int)columns, 1, dense, (int)columns, x, 1, 0, y, 1);
                break;
            default:
                check(wl_decode_csr(&tans.model, tans.tensor, WL_F32, offsets, (rows + 1) * sizeof *offsets, indexes, values, nonzeros,
                                    tans.workspace, tans.workspace_size), "wl_decode_csr");
            }
            if (round >= 0) /* the first one warms up */
                times[measure][round] = now() - start;
        }
    }
    weights = (double)(rows * columns);
    printf("%s, %zu x %zu, %zu non-zeros, %llu bytes\n", argv[3], rows, columns, nonzeros, (unsigned long long)tans.info.encoded_bytes);
    for (measure = 0; measure < MEASURES; measure++) {
        qsort(times[measure], ROUNDS, sizeof times[measure][0], by_value);
        median[measure] = times[measure][ROUNDS / 2];
        printf("%-34s %6.4f ns a weight, %6.2f ns a non-zero\n", names[measure], median[measure] / weights, median[measure] / (double)nonzeros);
    }
    print_ratio("decode", median[DECODE] / median[MEMSET], "memset");
    print_ratio("decode", median[DECODE] / median[COUPLED], "coupled");
    print_ratio("product", median[PRODUCT] / median[SGEMV], "sgemv");
    print_ratio("compressed rows", median[ROWS] / median[DECODE], "decode");
    return 0;
}
