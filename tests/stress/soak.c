/*
 * soak.c - many threads on one open model, and many open/decode cycles in one process.
 *
 *     soak FOLDER DECODES CYCLES
 *
 * DECODES random decodes in each of eight threads, CYCLES times wl_open and a random decode; FOLDER holds the golden files. The
 * same bytes every time, no more memory in the end than after a tenth of it, and nothing from the managed heap.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "check.h"
#include "decodes.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 8

/* Of a thread that decodes, and what it needs at most: the library's functions, glibc and this program. */
#define STACK ((size_t)256 << 10)
#define MOST_STACK (WL_MAX_STACK + ((size_t)8 << 10))
#define PAINT 0xa5

/* A golden file with a tensor of every method with every coder. */
#define EVERY_SYSTEM "v1-half-codebook"

/*
 * What resident memory may grow by, between a tenth of the cycles and all: a page fault in a file maps the 16 pages around
 * it, so that is the least that a code path not taken before can bring.
 */
#define TOLERANCE_KIB 64

static const golden *list;
static int files;
static unsigned long decodes, cycles;

typedef struct worker {
    const subject *subjects;
    int count;
    uint32_t sequence;
    const char *wrong; /* the file of a wrong decode */
} worker;

static void *work(void *argument)
{
    worker *worker = argument;
    scratch scratch = scratch_for(worker->subjects, worker->count);
    unsigned long i;
    for (i = 0; i < decodes && !worker->wrong; i++) {
        const subject *s = &worker->subjects[sequence_next(&worker->sequence, (uint32_t)worker->count)];
        if (!decode_once(s, s->model, &scratch, &worker->sequence))
            worker->wrong = s->file->name;
    }
    scratch_free(&scratch);
    return NULL;
}

/* Eight threads on the same open models. */
static void threads(const void *name)
{
    worker workers[THREADS];
    pthread_t ids[THREADS];
    int i, count;
    subject *subjects = subjects_of(list, files, name, &count);
    for (i = 0; i < THREADS; i++) {
        memset(&workers[i], 0, sizeof workers[i]);
        workers[i].subjects = subjects;
        workers[i].count = count;
        workers[i].sequence = (uint32_t)i * 0x9e3779b9u;
        CHECK(pthread_create(&ids[i], NULL, work, &workers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    for (i = 0; i < THREADS; i++) {
        snprintf(check.context, sizeof check.context, "thread %d, %s", i, workers[i].wrong ? workers[i].wrong : "all right");
        CHECK(!workers[i].wrong);
    }
    printf("figure %d threads x %lu decodes of %d tensors in %s: the same bytes\n", THREADS, decodes, count,
           name ? (const char *)name : "all golden files");
}

/* The deepest that random calls reach on a stack that was painted before; the thread's own start is in it, too. */
static void stack(const void *unused)
{
    uint8_t *memory = aligned_alloc(4096, STACK);
    worker worker;
    pthread_attr_t attributes;
    pthread_t id;
    size_t untouched = 0;
    (void)unused;
    CHECK(memory);
    memset(memory, PAINT, STACK);
    memset(&worker, 0, sizeof worker);
    worker.subjects = subjects_of(list, files, NULL, &worker.count);
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstack(&attributes, memory, STACK) == 0);
    CHECK(pthread_create(&id, &attributes, work, &worker) == 0);
    pthread_join(id, NULL);
    CHECK(!worker.wrong);
    while (untouched < STACK && memory[untouched] == PAINT)
        untouched++;
    printf("figure %.1f KiB of stack at most, in %lu decodes\n", (double)(STACK - untouched) / 1024, decodes);
    CHECK(STACK - untouched <= MOST_STACK);
    free(memory);
}

/* Resident KiB, page by page: /proc/self/statm is summed up from counters of each CPU that lag behind. */
static long resident(void)
{
    static char text[4096];
    int file = open("/proc/self/smaps_rollup", O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, text, sizeof text - 1);
    const char *line;
    if (file >= 0)
        close(file);
    text[size < 0 ? 0 : size] = '\0';
    line = strstr(text, "\nRss:");
    return line ? strtol(line + 5, NULL, 10) : -1;
}

static void open_and_decode(const void *unused)
{
    int count;
    subject *subjects = subjects_of(list, files, NULL, &count);
    scratch scratch = scratch_for(subjects, count);
    uint32_t sequence = 1;
    unsigned long i;
    long early = 0, late;
    (void)unused;
    resident();
    for (i = 0; i < cycles; i++) {
        const subject *s = &subjects[sequence_next(&sequence, (uint32_t)count)];
        wl_model model;
        if (i == cycles / 10)
            early = resident();
        snprintf(check.context, sizeof check.context, "%s, cycle %lu", s->file->name, i);
        CHECK_STATUS(wl_open(s->file->data, s->file->size, &model), WL_OK);
        CHECK(decode_once(s, &model, &scratch, &sequence));
    }
    late = resident();
    printf("figure %lu open/decode cycles: the same bytes, %ld KiB resident after a tenth, %ld in the end\n",
           cycles, early, late);
    CHECK(early > 0 && late <= early + TOLERANCE_KIB);
    scratch_free(&scratch);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: soak FOLDER DECODES CYCLES\n");
        return 2;
    }
    decodes = strtoul(argv[2], NULL, 10);
    cycles = strtoul(argv[3], NULL, 10);
    list = golden_load(argv[1], &files);
    check_run("threads", EVERY_SYSTEM, threads, EVERY_SYSTEM);
    check_run("threads", "all", threads, NULL);
    check_run("stack", NULL, stack, NULL);
    check_run("cycles", NULL, open_and_decode, NULL);
    return check.failed ? 1 : 0;
}
