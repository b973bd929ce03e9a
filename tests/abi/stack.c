/*
 * stack.c - how much stack the library's functions use: WL_MAX_STACK at most.
 *
 *     stack FOLDER
 *
 * Each function is called for each tensor of the golden files in FOLDER, on a stack of its own that was painted before.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "check.h"
#include "golden.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAINT 0xa5
#define STACK ((size_t)256 << 10)
#define SMALL_STACK ((size_t)20 << 10)

/* What the calls below have in common. */
static struct {
    const golden *file;
    wl_model model;
    uint32_t tensor;
    wl_tensor info;
    wl_type type;
    wl_status status;
    void *dst, *workspace, *indexes, *values;
    size_t dst_size, workspace_size;
} now;

static void call_init(void)
{
    now.status = wl_init();
}

static void call_index_size(void)
{
    now.status = wl_index_size(&now.model, &now.dst_size);
}

static void call_index(void)
{
    static uint8_t index[1 << 16];
    now.status = wl_index(&now.model, index, sizeof index);
}

static void call_version(void)
{
    now.status = wl_version() == 0;
}

static void call_status_string(void)
{
    now.status = wl_status_string(WL_ERROR_CORRUPT) == NULL;
}

static void call_open(void)
{
    now.status = wl_open(now.file->data, now.file->size, &now.model);
}

static void call_tensor_count(void)
{
    now.status = wl_tensor_count(&now.model) == 0;
}

static void call_verify(void)
{
    now.status = wl_verify(&now.model);
}

static void call_find_tensor(void)
{
    uint32_t found;
    now.status = wl_find_tensor(&now.model, "no such tensor", &found) != WL_ERROR_NO_TENSOR;
}

static void call_tensor_info(void)
{
    now.status = wl_tensor_info(&now.model, now.tensor, &now.info);
}

static void call_workspace_size(void)
{
    now.status = wl_workspace_size(&now.model, now.tensor, &now.workspace_size);
}

static void call_decode(void)
{
    now.status = wl_decode(&now.model, now.tensor, now.type, now.dst, now.dst_size, now.workspace, now.workspace_size);
}

/* The second half first, so that a sequential method has rows to skip; then from the start. */
static void call_decode_rows(void)
{
    uint64_t half = now.info.rows / 2;
    now.status = wl_decode_rows(&now.model, now.tensor, now.type, half, now.info.rows - half, now.dst, now.dst_size, now.workspace,
                                now.workspace_size);
    if (now.status == WL_OK)
        now.status = wl_decode_rows(&now.model, now.tensor, now.type, 0, half, now.dst, now.dst_size, now.workspace,
                                    now.workspace_size);
    if (now.status == WL_OK)
        now.status = wl_decode_rows(&now.model, now.tensor, now.type, half, now.info.rows - half, now.dst, now.dst_size,
                                    now.workspace, now.workspace_size);
}

static void call_decode_csr(void)
{
    now.status = wl_decode_csr(&now.model, now.tensor, now.type, now.dst, now.dst_size, now.indexes, now.values,
                               (size_t)(now.info.rows * now.info.columns), now.workspace, now.workspace_size);
}

static void call_matvec(void)
{
    now.status = wl_matvec(&now.model, now.tensor, now.values, (size_t)now.info.columns * 4, now.dst, now.dst_size, now.workspace,
                           now.workspace_size);
}

static void call_rebuild_size(void)
{
    uint64_t size;
    now.status = wl_rebuild_size(&now.model, &size, &now.workspace_size);
}

/* All, then the last half again from where it begins, then byte by byte. */
static void call_rebuild(void)
{
    size_t size = now.file->model_size, i;
    now.status = wl_rebuild(&now.model, 0, size, now.dst, size, now.workspace, now.workspace_size);
    if (now.status == WL_OK)
        now.status = wl_rebuild(&now.model, size / 2, size - size / 2, now.dst, size, now.workspace, now.workspace_size);
    for (i = 0; i < size && i < 64 && now.status == WL_OK; i++)
        now.status = wl_rebuild(&now.model, i, 1, now.dst, 1, now.workspace, now.workspace_size);
}

static uint8_t *stack;
static size_t deepest;
static char deepest_call[256];

static size_t high_water(void (*call)(void))
{
    static ucontext_t here, there;
    size_t untouched = 0;
    memset(stack, PAINT, STACK);
    CHECK(getcontext(&there) == 0);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = STACK;
    there.uc_link = &here;
    makecontext(&there, call, 0);
    CHECK(swapcontext(&here, &there) == 0);
    while (untouched < STACK && stack[untouched] == PAINT)
        untouched++;
    return STACK - untouched;
}

static void nothing(void)
{
}

/* glibc takes a part of a thread's stack for itself, and grants none so small on some machines. */
static int has_small_threads = 1;

static void *call_in_thread(void *call)
{
    (*(void (**)(void))call)();
    return NULL;
}

static void in_small_thread(void (*call)(void))
{
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    if (pthread_attr_setstacksize(&attributes, SMALL_STACK) == 0) {
        now.status = WL_ERROR_INTERNAL;
        CHECK(pthread_create(&thread, &attributes, call_in_thread, &call) == 0 && pthread_join(thread, NULL) == 0);
    } else {
        has_small_threads = 0;
    }
    pthread_attr_destroy(&attributes);
}

/* What a context takes by itself is not the library's. */
static void measure(const char *name, void (*call)(void))
{
    size_t own = high_water(nothing), used = high_water(call);
    snprintf(check.context, sizeof check.context, "%s of %s, tensor %u, type %u: %zu bytes, status %d", name, now.file->name,
             now.tensor, now.type, used - own, now.status);
    CHECK(now.status == WL_OK);
    CHECK(used - own <= WL_MAX_STACK);
    in_small_thread(call);
    CHECK(now.status == WL_OK);
    if (used - own > deepest) {
        deepest = used - own;
        strcpy(deepest_call, check.context);
    }
}

static void all_calls(const void *argument)
{
    uint32_t tensor;
    size_t i;
    now.file = argument;
    now.tensor = 0;
    now.type = 0;
    measure("wl_init", call_init);
    measure("wl_version", call_version);
    measure("wl_status_string", call_status_string);
    measure("wl_open", call_open);
    measure("wl_verify", call_verify);
    measure("wl_index_size", call_index_size);
    measure("wl_index", call_index);
    measure("wl_find_tensor", call_find_tensor);
    if (now.file->model) {
        measure("wl_rebuild_size", call_rebuild_size);
        now.workspace = calloc(now.workspace_size, 1);
        now.dst = calloc(now.file->model_size, 1);
        CHECK(now.workspace && now.dst);
        measure("wl_rebuild", call_rebuild);
        free(now.workspace);
        free(now.dst);
    }
    for (tensor = 0; tensor < wl_tensor_count(&now.model); tensor++) {
        size_t elements;
        now.tensor = tensor;
        now.type = 0;
        measure("wl_tensor_count", call_tensor_count);
        measure("wl_tensor_info", call_tensor_info);
        measure("wl_workspace_size", call_workspace_size);
        elements = (size_t)(now.info.rows * now.info.columns) + (size_t)now.info.rows + (size_t)now.info.columns + 1;
        now.workspace = calloc(now.workspace_size + 1, 1);
        now.dst_size = elements * 8;
        now.dst = calloc(elements, 8);
        now.indexes = calloc(elements, 4);
        now.values = calloc(elements, 8);
        CHECK(now.workspace && now.dst && now.indexes && now.values);
        for (i = 0; i < TYPE_COUNT; i++) {
            now.type = all_types[i];
            if (!decodes_to(&now.info, now.type))
                continue;
            measure("wl_decode", call_decode);
            measure("wl_decode_rows", call_decode_rows);
            measure("wl_decode_csr", call_decode_csr);
            if (now.type == WL_F32) {
                memset(now.values, 0, elements * 8);
                measure("wl_matvec", call_matvec);
            }
        }
        free(now.workspace);
        free(now.dst);
        free(now.indexes);
        free(now.values);
    }
}

int main(int argc, char **argv)
{
    golden *files;
    int count, i;
    if (argc != 2) {
        fprintf(stderr, "usage: stack FOLDER\n");
        return 2;
    }
    files = golden_load(argv[1], &count);
    stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return 2;
    for (i = 0; i < count; i++)
        check_run("stack", files[i].name, all_calls, &files[i]);
    printf("%s threads_of_20_KiB%s\n", has_small_threads ? "ok" : "skip", has_small_threads ? "" : " this system has none");
    printf("figure deepest stack: %s\n", deepest_call);
    return check.failed ? 1 : 0;
}
