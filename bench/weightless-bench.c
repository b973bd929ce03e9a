/*
 * weightless-bench FILE.wls [TENSOR]: what decoding costs through the C ABI, one JSON line a tensor.
 * weightless-bench FILE.wls TENSOR TIMES: only decodes it so many times, for tools that count instructions, and prints the nanoseconds
 * of the fastest.
 *
 * A tensor takes half a second, or a few of its decodes where those are slower; "skipped" names what would have taken longer.
 * Every figure is a median of rounds in which decoding, memset of the same output and the rest take turns. The clock is that of the
 * thread's processor time, which other programs lengthen less than they do the wall clock's.
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
#include <unistd.h>

#define ROUNDS 9
/* Of slow tensors there are fewer rounds, but three: none begins when so many nanoseconds have gone by. */
#define MOST_TIME 0.5e9
#define FEWEST_ROUNDS 3
/* A round does what it measures until it has gone through so many weights, or so many nanoseconds have. */
#define ROUND_WEIGHTS 2000000
#define ROUND_TIME (MOST_TIME / (FEWEST_ROUNDS * MEASURES))
/* What takes longer than that at once is left out, but for decoding itself, and products of no more than so many decodes. */
#define MOST_DECODES 4
#define LANES 32
#define BAND_ROWS 16

enum { DECODE, MEMSET, ROWS, BANDS, MATVEC, DENSE_PRODUCT, MEASURES };

typedef struct bench {
    const wl_model *model;
    uint32_t tensor;
    wl_tensor info;
    wl_type type;
    int has_product;
    uint8_t *dst;
    size_t dst_size, row_bytes;
    void *workspace;
    size_t workspace_size;
    float *x, *y;
    uint64_t row;
} bench;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "weightless-bench: %s: %s\n", what, why);
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

static size_t type_size(wl_type type)
{
    switch (type) {
    case WL_I8: case WL_U8: case WL_BOOL: case WL_ID8: return 1;
    case WL_F16: case WL_BF16: case WL_I16: case WL_U16: return 2;
    case WL_F64: case WL_I64: case WL_U64: return 8;
    default: return 4;
    }
}

/* The product of a dense row as a compiler vectorises it. */
static float dot(const float *w, const float *x, size_t count)
{
    float sums[LANES] = {0}, sum = 0;
    size_t i, j;
    for (i = 0; i + LANES <= count; i += LANES)
        for (j = 0; j < LANES; j++)
            sums[j] += w[i + j] * x[i + j];
    for (; i < count; i++)
        sums[i % LANES] += w[i] * x[i];
    for (j = 0; j < LANES; j++)
        sum += sums[j];
    return sum;
}

static void decode(bench *b)
{
    check(wl_decode(b->model, b->tensor, b->type, b->dst, b->dst_size, b->workspace, b->workspace_size), "wl_decode");
}

/* Does it once and says how many weights that was. */
static uint64_t run(bench *b, int measure)
{
    uint64_t i, bands;
    switch (measure) {
    case DECODE:
        decode(b);
        break;
    case MEMSET:
        memset(b->dst, 0, b->dst_size);
        /* What nobody reads the compiler would leave out. */
        __asm__ volatile("" : : "r"(b->dst) : "memory");
        break;
    case ROWS:
        /* From one end to the other without an order. */
        b->row = (b->row + 7919) % b->info.rows;
        check(wl_decode_rows(b->model, b->tensor, b->type, b->row, 1, b->dst, b->row_bytes, b->workspace, b->workspace_size),
              "wl_decode_rows");
        return b->info.columns;
    case BANDS:
        bands = b->info.rows / BAND_ROWS;
        b->row = (b->row + 7919) % bands;
        check(wl_decode_rows(b->model, b->tensor, b->type, b->row * BAND_ROWS, BAND_ROWS, b->dst, BAND_ROWS * b->row_bytes, b->workspace,
                             b->workspace_size), "wl_decode_rows");
        return BAND_ROWS * b->info.columns;
    case MATVEC:
        check(wl_matvec(b->model, b->tensor, b->x, (size_t)b->info.columns * 4, b->y, (size_t)b->info.rows * 4, b->workspace,
                        b->workspace_size), "wl_matvec");
        break;
    default:
        decode(b);
        for (i = 0; i < b->info.rows; i++)
            b->y[i] = dot((const float *)(const void *)(b->dst + i * b->row_bytes), b->x, (size_t)b->info.columns);
    }
    return b->info.rows * b->info.columns;
}

static double time_weight(bench *b, int measure, uint64_t most)
{
    uint64_t weights = 0;
    double start = now();
    do
        weights += run(b, measure);
    while (weights < most && now() - start < ROUND_TIME);
    return (now() - start) / (double)weights;
}

/* Whether doing it once takes more time than a tensor may. */
static int is_slow(bench *b, int measure, double decode_time)
{
    double start = now(), most = ROUND_TIME;
    run(b, measure);
    if (measure != ROWS && measure != BANDS && decode_time * MOST_DECODES > most)
        most = decode_time * MOST_DECODES;
    return now() - start > most;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_figure(const char *name, double value, int known)
{
    if (known)
        printf(", \"%s\": %.4f", name, value);
    else
        printf(", \"%s\": null", name);
}

static void measure_tensor(const wl_model *model, uint32_t tensor, long only_decode)
{
    static const char *const methods[] = {"stored", "dense", "csr", "bloomier", "coupled", "context", "words", "exponent"};
    static const char *const coders[] = {"none", "huffman", "arithmetic", "tans"};
    static const char *const names[MEASURES] = {"decode", "memset", "rows", "bands", "matvec", "dense_product"};
    static double times[MEASURES][ROUNDS];
    double median[MEASURES], decode_time;
    int known[MEASURES], slow[MEASURES];
    wl_managed before, after;
    uint64_t weights, i;
    int round, rounds, measure;
    double start;
    bench b;
    memset(&b, 0, sizeof b);
    b.model = model;
    b.tensor = tensor;
    check(wl_tensor_info(model, tensor, &b.info), "wl_tensor_info");
    check(wl_workspace_size(model, tensor, &b.workspace_size), "wl_workspace_size");
    weights = b.info.rows * b.info.columns;
    if (weights == 0)
        return;
    b.has_product = b.info.type <= WL_U8;
    b.type = b.has_product ? WL_F32 : b.info.type;
    b.row_bytes = (size_t)b.info.columns * type_size(b.type);
    b.dst_size = (size_t)b.info.rows * b.row_bytes;
    b.dst = take(b.dst_size);
    b.workspace = take(b.workspace_size);
    b.x = take((size_t)b.info.columns * sizeof *b.x);
    b.y = take((size_t)b.info.rows * sizeof *b.y);
    for (i = 0; i < b.info.columns; i++)
        b.x[i] = (float)(i % 7) - 3;

    if (only_decode > 0) {
        double fastest = 0, time;
        for (; only_decode > 0; only_decode--) {
            start = now();
            decode(&b);
            time = now() - start;
            if (fastest == 0 || time < fastest)
                fastest = time;
        }
        printf("%.0f\n", fastest);
        return;
    }

    check(wl_managed_memory(&before), "wl_managed_memory");
    start = now();
    decode(&b);
    decode_time = now() - start;
    for (measure = 0; measure < MEASURES; measure++) {
        known[measure] = measure < BANDS || (measure == BANDS ? b.info.rows >= BAND_ROWS : b.has_product);
        slow[measure] = known[measure] && measure != DECODE && is_slow(&b, measure, decode_time);
        known[measure] = known[measure] && !slow[measure];
    }
    start = now();
    for (round = 0; round < ROUNDS && (round < FEWEST_ROUNDS || now() - start < MOST_TIME); round++)
        for (measure = 0; measure < MEASURES; measure++)
            times[measure][round] = !known[measure] ? 0
                : time_weight(&b, measure, (measure == ROWS || measure == BANDS) && weights < ROUND_WEIGHTS ? weights : ROUND_WEIGHTS);
    rounds = round;
    check(wl_managed_memory(&after), "wl_managed_memory");
    for (measure = 0; measure < MEASURES; measure++) {
        qsort(times[measure], (size_t)rounds, sizeof times[measure][0], by_value);
        median[measure] = times[measure][rounds / 2];
    }

    printf("{\"tensor\": \"");
    for (i = 0; i < b.info.name_length; i++) {
        unsigned char c = (unsigned char)b.info.name[i];
        if (c == '"' || c == '\\' || c < ' ')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    printf("\", \"method\": \"%s\", \"coder\": \"%s\"", b.info.method < sizeof methods / sizeof *methods ? methods[b.info.method] : "?",
           b.info.coder < 4 ? coders[b.info.coder] : "?");
    printf(", \"weights\": %llu, \"encoded_bytes\": %llu", (unsigned long long)weights, (unsigned long long)b.info.encoded_bytes);
    print_figure("decode_ns_per_weight", median[DECODE], 1);
    print_figure("memset_ns_per_weight", median[MEMSET], known[MEMSET]);
    print_figure("ratio", median[DECODE] / median[MEMSET], known[MEMSET]);
    print_figure("rows_ns_per_weight", median[ROWS], known[ROWS]);
    print_figure("bands_ns_per_weight", median[BANDS], known[BANDS]);
    print_figure("matvec_ns_per_weight", median[MATVEC], known[MATVEC]);
    print_figure("dense_product_ns_per_weight", median[DENSE_PRODUCT], known[DENSE_PRODUCT]);
    printf(", \"skipped\": [");
    for (measure = 0, round = 0; measure < MEASURES; measure++)
        if (slow[measure])
            printf("%s\"%s\"", round++ == 0 ? "" : ", ", names[measure]);
    printf("], \"workspace_bytes\": %llu, \"managed_bytes\": %llu, \"collections\": %llu}\n", (unsigned long long)b.workspace_size,
           (unsigned long long)(after.allocated_bytes - before.allocated_bytes),
           (unsigned long long)(after.collections - before.collections));
    fflush(stdout);
    munmap(b.dst, b.dst_size + 1);
    munmap(b.workspace, b.workspace_size + 1);
    munmap(b.x, (size_t)b.info.columns * sizeof *b.x + 1);
    munmap(b.y, (size_t)b.info.rows * sizeof *b.y + 1);
}

int main(int argc, char **argv)
{
    struct stat file_stat;
    wl_model model;
    const void *data;
    uint32_t tensor;
    int file;
    if (argc < 2 || argc > 4) {
        fprintf(stderr, "usage: weightless-bench FILE.wls [TENSOR [TIMES]]\n");
        return 2;
    }
    file = open(argv[1], O_RDONLY);
    if (file < 0 || fstat(file, &file_stat) != 0 || file_stat.st_size == 0)
        fail(argv[1], "cannot be read");
    data = mmap(NULL, (size_t)file_stat.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED)
        fail(argv[1], "cannot be mapped");
    check(wl_open(data, (size_t)file_stat.st_size, &model), argv[1]);
    check(wl_verify(&model), argv[1]);
    if (argc > 2) {
        check(wl_find_tensor(&model, argv[2], &tensor), argv[2]);
        measure_tensor(&model, tensor, argc == 4 ? strtol(argv[3], NULL, 10) : 0);
        return 0;
    }
    for (tensor = 0; tensor < wl_tensor_count(&model); tensor++)
        measure_tensor(&model, tensor, 0);
    return 0;
}
