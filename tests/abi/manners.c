/*
 * manners.c - what libweightless.so does to the process that loads it.
 *
 *     manners LIBRARY FILE.wls FILE.expected
 *
 * Each test runs in a child of its own, which has not loaded the library yet. It prints "ok", "not ok" or "skip" and the
 * test's name, and "figure" lines with what was measured.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "forked.h"
#include "measure.h"
#include "weightless.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB 1048576.0
#define MAX_ADDRESS_SPACE (2 * MIB)
#define MAX_RESIDENT (1 * MIB)
#define CYCLES 100
#define CGROUP_LIMIT (64 * 1024 * 1024)
#define THREADS 8

static const char *library_path;
static unsigned char *file, *expected;
static size_t file_size, expected_size;

/* The library's functions, once it is loaded. */
static struct {
    void *handle;
    wl_status (*init)(void);
    wl_status (*open)(const void *, size_t, wl_model *);
    uint32_t (*tensor_count)(const wl_model *);
    wl_status (*tensor_info)(const wl_model *, uint32_t, wl_tensor *);
    wl_status (*workspace_size)(const wl_model *, uint32_t, size_t *);
    wl_status (*decode)(const wl_model *, uint32_t, wl_type, void *, size_t, void *, size_t);
} wl;

/* ISO C has no cast from an object pointer to a function pointer. */
static int find(void *function, const char *name)
{
    void *address = dlsym(wl.handle, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int load(void)
{
    wl.handle = dlopen(library_path, RTLD_NOW | RTLD_LOCAL);
    if (!wl.handle) {
        printf("# %s\n", dlerror());
        return 0;
    }
    return find(&wl.init, "wl_init") && find(&wl.open, "wl_open") && find(&wl.tensor_count, "wl_tensor_count")
        && find(&wl.tensor_info, "wl_tensor_info") && find(&wl.workspace_size, "wl_workspace_size")
        && find(&wl.decode, "wl_decode");
}

/* Decodes the file's one tensor. Nothing but the library takes memory here. */
static int decodes_into(unsigned char *dst, unsigned char *workspace, size_t workspace_size)
{
    wl_model model;
    wl_tensor info;
    size_t needed;
    return wl.open(file, file_size, &model) == WL_OK && wl.tensor_count(&model) == 1
        && wl.tensor_info(&model, 0, &info) == WL_OK && wl.workspace_size(&model, 0, &needed) == WL_OK
        && needed <= workspace_size && wl.decode(&model, 0, info.type, dst, expected_size, workspace, workspace_size) == WL_OK
        && memcmp(dst, expected, expected_size) == 0;
}

static int decodes(void)
{
    static __thread unsigned char dst[65536], workspace[65536];
    return expected_size <= sizeof dst && decodes_into(dst, workspace, sizeof workspace);
}

static int threads_started(void)
{
    int before = measure_threads(), loaded, called;
    REQUIRE(load());
    loaded = measure_threads();
    REQUIRE(decodes());
    called = measure_threads();
    printf("figure threads: %d after loading, %d after decoding\n", loaded - before, called - before);
    REQUIRE(loaded == before);
    REQUIRE(called == before);
    return PASSED;
}

static int memory_taken(void)
{
    size_t mapped, in_memory, more_mapped, more_in_memory;
    static unsigned char warm[65536];
    /* What the test itself touches is not the library's. */
    memset(warm, 1, sizeof warm);
    measure_mapped();
    mapped = measure_mapped();
    in_memory = measure_resident();
    REQUIRE(mapped > 0 && in_memory > 0);
    REQUIRE(load() && decodes());
    more_mapped = measure_mapped() - mapped;
    more_in_memory = measure_resident() - in_memory;
    printf("figure memory: %.1f MiB of address space and at most %.2f MiB resident above the host's\n", more_mapped / MIB,
           more_in_memory / MIB);
    REQUIRE(more_mapped < MAX_ADDRESS_SPACE);
    REQUIRE(more_in_memory < MAX_RESIDENT);
    return PASSED;
}

/* Beyond what the process and a loaded library need, nothing can be mapped. */
static int address_limit(void)
{
    struct rlimit limit;
    REQUIRE(load());
    limit.rlim_cur = limit.rlim_max = 0;
    REQUIRE(setrlimit(RLIMIT_AS, &limit) == 0);
    if (mmap(NULL, CGROUP_LIMIT, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED) {
        printf("# an emulated process has no such limit\n");
        return SKIPPED;
    }
    REQUIRE(decodes());
    return PASSED;
}

static int write_text(const char *folder, const char *name, const char *text)
{
    char path[256];
    int descriptor, written;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    descriptor = open(path, O_WRONLY);
    if (descriptor < 0)
        return 0;
    written = write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
    close(descriptor);
    return written;
}

/* The parent removes the group when the child has left it. */
static char cgroup[128];

static int cgroup_limit(void)
{
    char number[32];
    const char *limit = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0 ? "memory.max" : "memory.limit_in_bytes";
    snprintf(number, sizeof number, "%d", CGROUP_LIMIT);
    if ((mkdir(cgroup, 0755) != 0 && errno != EEXIST) || !write_text(cgroup, limit, number)
        || (snprintf(number, sizeof number, "%ld", (long)getpid()), !write_text(cgroup, "cgroup.procs", number))) {
        printf("# no cgroup can be made here\n");
        return SKIPPED;
    }
    REQUIRE(load() && decodes());
    return PASSED;
}

/* The host's signals stay the host's, before and after. */
static sigjmp_buf after_signal;
static volatile sig_atomic_t seen_signal;
static void *volatile seen_address;

static void host_handler(int signal, siginfo_t *info, void *context)
{
    (void)context;
    seen_signal = signal;
    seen_address = info->si_addr;
    siglongjmp(after_signal, 1);
}

static void counting_handler(int signal)
{
    seen_signal = signal;
}

static int host_sees_fault(char *address)
{
    seen_signal = 0;
    if (sigsetjmp(after_signal, 1) == 0)
        *(volatile char *)address = 1;
    return seen_signal == SIGSEGV && seen_address == address;
}

static int host_sees_raised(int signal)
{
    seen_signal = 0;
    if (sigsetjmp(after_signal, 1) == 0)
        raise(signal);
    return seen_signal == signal;
}

static int signals_kept(void)
{
    struct sigaction action, before[65], after;
    char *wall = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int signal, round;
    REQUIRE(wall != MAP_FAILED);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = host_handler;
    action.sa_flags = SA_SIGINFO;
    REQUIRE(sigaction(SIGSEGV, &action, NULL) == 0 && sigaction(SIGFPE, &action, NULL) == 0);
    action.sa_handler = counting_handler;
    action.sa_flags = 0;
    REQUIRE(sigaction(SIGRTMIN, &action, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    for (signal = 1; signal <= 64; signal++)
        sigaction(signal, NULL, &before[signal]);

    REQUIRE(load() && decodes());

    for (signal = 1; signal <= 64; signal++)
        REQUIRE(sigaction(signal, NULL, &after) != 0 || after.sa_handler == before[signal].sa_handler);
    /* Twice: the first must not have used anything up. And once more without the library. */
    for (round = 0; round < 3; round++) {
        REQUIRE(host_sees_fault(wall));
        REQUIRE(host_sees_raised(SIGFPE));
        REQUIRE(host_sees_raised(SIGRTMIN));
        REQUIRE(host_sees_raised(SIGUSR1));
        if (round == 1)
            dlclose(wl.handle);
        else if (round == 0)
            REQUIRE(decodes());
    }
    return PASSED;
}

static int is_loaded(void)
{
    void *handle = dlopen(library_path, RTLD_NOW | RTLD_NOLOAD);
    if (handle)
        dlclose(handle);
    return handle != NULL;
}

/* A plug-in that was used leaves nothing behind when it is unloaded. */
static int unloads(void)
{
    size_t mapped = 0;
    int cycle;
    for (cycle = 0; cycle < CYCLES; cycle++) {
        REQUIRE(load() && decodes() && is_loaded());
        REQUIRE(dlclose(wl.handle) == 0 && !is_loaded());
        if (cycle == 1)
            mapped = measure_mapped();
    }
    REQUIRE(mapped > 0 && measure_mapped() <= mapped);
    return PASSED;
}

/* A host without a handler still dies of its own fault, and so leaves a core that shows it. */
static int faults_kill(void)
{
    char *wall = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct rlimit none = {0, 0};
    int status;
    pid_t child;
    REQUIRE(wall != MAP_FAILED);
    fflush(stdout);
    child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &none);
        if (freopen("/dev/null", "w", stderr) && load() && decodes())
            *(volatile char *)wall = 1;
        _exit(1);
    }
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    return PASSED;
}

/* A child of a process that has used the library can use it, and so can its child. */
static int after_fork(void)
{
    int generation, status;
    REQUIRE(load() && decodes());
    fflush(stdout);
    for (generation = 0; generation < 3; generation++) {
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child != 0) {
            REQUIRE(waitpid(child, &status, 0) == child);
            if (generation > 0)
                _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
            REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            REQUIRE(decodes());
            return PASSED;
        }
        if (!decodes())
            _exit(1);
    }
    _exit(0);
}

static pthread_barrier_t barrier;

static void *decode_in_thread(void *good)
{
    int round;
    pthread_barrier_wait(&barrier);
    *(int *)good = 1;
    for (round = 0; round < 20; round++)
        if (!decodes())
            *(int *)good = 0;
    return NULL;
}

/* The process's first call, from all threads at once. */
static int first_call_from_threads(void)
{
    pthread_t threads[THREADS];
    int good[THREADS], i;
    REQUIRE(load());
    REQUIRE(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, decode_in_thread, &good[i]) == 0);
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (i = 0; i < THREADS; i++)
        REQUIRE(good[i]);
    return PASSED;
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *stream = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 20);
    if (!stream || !bytes) {
        fprintf(stderr, "manners: cannot read %s\n", path);
        exit(2);
    }
    *size = fread(bytes, 1, 1 << 20, stream);
    fclose(stream);
    return bytes;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc != 4) {
        fprintf(stderr, "usage: manners LIBRARY FILE.wls FILE.expected\n");
        return 2;
    }
    library_path = argv[1];
    file = read_file(argv[2], &file_size);
    expected = read_file(argv[3], &expected_size);
    snprintf(cgroup, sizeof cgroup, "%s/weightless-%ld",
             access("/sys/fs/cgroup/memory", F_OK) == 0 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup", (long)getpid());

    failed += forked_run("manners", "threads_started", threads_started);
    failed += forked_run("manners", "memory_taken", memory_taken);
    failed += forked_run("manners", "address_limit", address_limit);
    failed += forked_run("manners", "cgroup_limit", cgroup_limit);
    rmdir(cgroup);
    failed += forked_run("manners", "signals_kept", signals_kept);
    failed += forked_run("manners", "unloads", unloads);
    failed += forked_run("manners", "faults_kill", faults_kill);
    failed += forked_run("manners", "after_fork", after_fork);
    failed += forked_run("manners", "first_call_from_threads", first_call_from_threads);
    return failed ? 1 : 0;
}
