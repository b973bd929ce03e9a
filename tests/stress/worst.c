/*
 * worst.c - how long a hostile file can make each function take, against the bound that docs/threat-model.md states.
 *
 *     worst FOLDER EDITS [CORPUS]
 *
 * Measures every function on the golden files of FOLDER, EDITS random edits of each, files made to take long (adversaries.c), and
 * the inputs of the archive CORPUS. The unit of time is a step, one of a chain of 64-bit multiplications and additions, timed in
 * the same run; that of size is a byte of the file or the workspace, or a weight up to the last one asked for.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "adversaries.h"
#include "check.h"
#include "corpus.h"
#include "edits.h"
#include "golden.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The bound: so many steps for each unit of size, and for BASE more. */
#define BOUND 400
#define BASE 4096

/* Tensors with more weights are not decoded, larger workspaces not given. */
#define MOST_WEIGHTS ((uint64_t)1 << 20)
#define MOST_WORKSPACE ((size_t)64 << 20)

/* A call that seems to be the worst so far is repeated: the least of these times is its own. */
#define REPEATS 5

enum { OPEN, VERIFY, FIND, INFO, WORKSPACE_SIZE, DECODE, ROWS, CSR, MATVEC, REBUILD_SIZE, REBUILD, CALLS };

static const char *const names[CALLS] = {"wl_open", "wl_verify", "wl_find_tensor", "wl_tensor_info", "wl_workspace_size",
                                         "wl_decode", "wl_decode_rows", "wl_decode_csr", "wl_matvec", "wl_rebuild_size", "wl_rebuild"};

typedef struct worst {
    double steps, ns; /* for a unit of size */
    double took;      /* ns */
    double size;
    char file[128];
    uint32_t tensor;
} worst;

static worst worsts[CALLS];
static unsigned long measured, files;
static double step; /* ns */

static uint8_t *dst, *values, *workspace;
static uint64_t *offsets;
static uint32_t *indexes;
static float *ones;

/* What is measured. */
typedef struct call {
    const char *file;
    const uint8_t *data;
    size_t size;
    wl_model model;
    uint32_t tensor;
    wl_tensor info;
    size_t workspace_size;
    wl_type type;
    uint64_t first, count;
} call;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e9 * (double)time.tv_sec + (double)time.tv_nsec;
}

static void calibrate(void)
{
    const long count = 20000000;
    int round;
    for (round = 0; round < 5; round++) {
        uint64_t x = 1;
        double start = now(), took;
        long i;
        for (i = 0; i < count; i++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            __asm__ volatile("" : "+r"(x));
        }
        took = (now() - start) / (double)count;
        if (step == 0 || took < step)
            step = took;
    }
}

static void make(call *c, int which)
{
    size_t weights = (size_t)(c->count * c->info.columns), size = weights * type_size(c->type), found_size;
    wl_model model;
    wl_tensor info;
    uint32_t found;
    switch (which) {
    case OPEN: wl_open(c->data, c->size, &model); break;
    case VERIFY: wl_verify(&c->model); break;
    case FIND: wl_find_tensor(&c->model, "no tensor has this name", &found); break;
    case INFO: wl_tensor_info(&c->model, c->tensor, &info); break;
    case WORKSPACE_SIZE: wl_workspace_size(&c->model, c->tensor, &found_size); break;
    case DECODE: wl_decode(&c->model, c->tensor, c->type, dst, size, workspace, c->workspace_size); break;
    case ROWS:
        wl_decode_rows(&c->model, c->tensor, c->type, c->first, c->count, dst, size, workspace, c->workspace_size);
        break;
    case CSR:
        wl_decode_csr(&c->model, c->tensor, c->type, offsets, ((size_t)c->info.rows + 1) * 8, indexes, values, weights, workspace,
                      c->workspace_size);
        break;
    case REBUILD_SIZE: wl_rebuild_size(&c->model, &c->count, &c->workspace_size); break;
    case REBUILD: wl_rebuild(&c->model, c->first, c->count, dst, (size_t)c->count, workspace, c->workspace_size); break;
    default:
        wl_matvec(&c->model, c->tensor, ones, (size_t)c->info.columns * 4, (float *)(void *)dst, (size_t)c->info.rows * 4,
                  workspace, c->workspace_size);
        break;
    }
}

static double timed(call *c, int which)
{
    double start;
    /* What an earlier call left there would be gone on with. */
    if (which >= DECODE && c->workspace_size > 0)
        memset(workspace, 0, c->workspace_size < 128 || which == REBUILD ? c->workspace_size : 128);
    start = now();
    make(c, which);
    return now() - start;
}

static void measure(call *c, int which)
{
    worst *w = &worsts[which];
    double size = BASE + (double)c->size, took = timed(c, which);
    int repeat;
    if (which >= DECODE && which <= MATVEC)
        size += (double)c->workspace_size + (double)(c->first + c->count) * (double)c->info.columns;
    if (which == REBUILD)
        size += (double)c->workspace_size + (double)(c->first + c->count);
    measured++;
    for (repeat = 1; repeat < REPEATS && took / size > w->ns; repeat++) {
        double again = timed(c, which);
        took = again < took ? again : took;
    }
    if (took / size <= w->ns)
        return;
    w->ns = took / size;
    w->steps = w->ns / step;
    w->took = took;
    w->size = size;
    w->tensor = c->tensor;
    snprintf(w->file, sizeof w->file, "%s", c->file);
}

/* One tensor in every way, to one type, in one band. */
static void measure_tensor(call *c, uint32_t *sequence)
{
    c->type = WL_F32;
    measure(c, INFO);
    measure(c, WORKSPACE_SIZE);
    if (wl_tensor_info(&c->model, c->tensor, &c->info) != WL_OK
        || wl_workspace_size(&c->model, c->tensor, &c->workspace_size) != WL_OK || c->workspace_size > MOST_WORKSPACE
        || c->info.rows > MOST_WEIGHTS || c->info.columns > MOST_WEIGHTS || c->info.rows * c->info.columns > MOST_WEIGHTS)
        return;
    do
        c->type = all_types[sequence_next(sequence, TYPE_COUNT)];
    while (!decodes_to(&c->info, c->type));
    c->first = 0;
    c->count = c->info.rows;
    measure(c, DECODE);
    measure(c, CSR);
    if (decodes_to(&c->info, WL_F32))
        measure(c, MATVEC);
    if (c->info.rows == 0)
        return;
    c->first = sequence_next(sequence, (uint32_t)c->info.rows);
    c->count = 1 + sequence_next(sequence, (uint32_t)(c->info.rows - c->first));
    measure(c, ROWS);
    c->first = c->info.rows - 1;
    c->count = 1;
    measure(c, ROWS);
}

/* All of a model, and its last byte. */
static void measure_rebuild(call *c)
{
    uint64_t size;
    c->workspace_size = 0;
    measure(c, REBUILD_SIZE);
    if (wl_rebuild_size(&c->model, &size, &c->workspace_size) != WL_OK || c->workspace_size > MOST_WORKSPACE || size == 0
        || size > MOST_WEIGHTS * 8)
        return;
    c->first = 0;
    c->count = size;
    measure(c, REBUILD);
    c->first = size - 1;
    c->count = 1;
    measure(c, REBUILD);
}

static void measure_file(const char *name, const uint8_t *data, size_t size, uint32_t sequence)
{
    call c;
    uint32_t count;
    memset(&c, 0, sizeof c);
    c.file = name;
    c.data = data;
    c.size = size;
    files++;
    measure(&c, OPEN);
    if (wl_open(data, size, &c.model) != WL_OK)
        return;
    measure(&c, VERIFY);
    measure(&c, FIND);
    measure_rebuild(&c);
    count = wl_tensor_count(&c.model);
    if (count == 0)
        return;
    c.tensor = sequence_next(&sequence, count);
    measure_tensor(&c, &sequence);
    c.tensor = count - 1;
    measure_tensor(&c, &sequence);
}

static void measure_edits(const golden *file, unsigned long count)
{
    uint8_t *edited = malloc(file->size + EDIT_GROWTH);
    unsigned long number;
    char name[160];
    if (!edited)
        exit(2);
    measure_file(file->name, file->data, file->size, 1);
    for (number = 0; number < count; number++) {
        size_t size = edit(file->data, file->size, number, edited);
        snprintf(name, sizeof name, "edit %lu of %s", number, file->name);
        measure_file(name, edited, size, (uint32_t)number * 0x9e3779b9u);
    }
    free(edited);
}

static void measure_corpus(const char *archive)
{
    int count, i, round;
    corpus_input *inputs = corpus_load(archive, &count);
    if (!inputs) {
        fprintf(stderr, "worst: %s holds no corpus\n", archive);
        exit(2);
    }
    for (i = 0; i < count; i++)
        for (round = 0; round < 4; round++)
            measure_file(inputs[i].name, inputs[i].data, inputs[i].size, (uint32_t)round * 0x9e3779b9u);
}

static void within_bound(const void *argument)
{
    const worst *w = argument;
    snprintf(check.context, sizeof check.context, "%s", w->file);
    CHECK(w->steps <= BOUND);
}

static void *take(size_t size)
{
    void *memory = calloc(size, 1);
    if (!memory)
        exit(2);
    return memory;
}

int main(int argc, char **argv)
{
    const adversary *made;
    golden *list;
    int count, i;
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: worst FOLDER EDITS [CORPUS]\n");
        return 2;
    }
    dst = take(MOST_WEIGHTS * 8);
    values = take(MOST_WEIGHTS * 8);
    indexes = take(MOST_WEIGHTS * 4);
    offsets = take((MOST_WEIGHTS + 1) * 8);
    ones = take(MOST_WEIGHTS * 4);
    workspace = take(MOST_WORKSPACE);
    for (i = 0; i < (int)MOST_WEIGHTS; i++)
        ones[i] = 1;
    wl_init();
    calibrate();

    made = adversaries(&count);
    for (i = 0; i < 2 * count; i++)
        measure_file(made[i / 2].name, made[i / 2].data, made[i / 2].size, (uint32_t)i * 0x9e3779b9u);
    list = golden_load(argv[1], &count);
    for (i = 0; i < count; i++)
        measure_edits(&list[i], strtoul(argv[2], NULL, 10));
    if (argc == 4)
        measure_corpus(argv[3]);

    printf("figure %lu calls on %lu files; a step took %.2f ns; the bound is %d steps for each of %d + bytes of file and "
           "workspace + weights\n", measured, files, step, BOUND, BASE);
    for (i = 0; i < CALLS; i++) {
        worst *w = &worsts[i];
        printf("figure %-17s %7.2f ns, %6.1f steps: %.0f us for %.0f (%s, tensor %u)\n", names[i], w->ns, w->steps, w->took / 1e3,
               w->size, w->file, w->tensor);
        check_run("worst", names[i], within_bound, w);
    }
    return check.failed ? 1 : 0;
}
