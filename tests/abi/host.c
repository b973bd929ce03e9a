/*
 * host.c - what a process may do with its signals, its threads and its limits, however little libweightless likes it.
 *
 *     host FILE.wls FILE.expected
 *
 * Each test runs in a child that has not called the library before.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "forked.h"
#include "weightless.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST (1 << 20)
#define SECONDS 120
#define ROUNDS 100
#define NOBODY 65534

static unsigned char file[MOST], expected[MOST];
static size_t file_size, expected_size;

/* Memory for one decode at a time. */
typedef struct buffers {
    unsigned char dst[65536], workspace[65536];
} buffers;

/* Opens the file and decodes its one tensor: all that a first call does. Nothing but the library could take memory here. */
static int decodes_with(buffers *buffers)
{
    wl_model model;
    wl_tensor info;
    size_t needed;
    return wl_open(file, file_size, &model) == WL_OK && wl_tensor_info(&model, 0, &info) == WL_OK
        && wl_workspace_size(&model, 0, &needed) == WL_OK && needed <= sizeof buffers->workspace
        && expected_size <= sizeof buffers->dst
        && wl_decode(&model, 0, info.type, buffers->dst, expected_size, buffers->workspace, sizeof buffers->workspace) == WL_OK
        && memcmp(buffers->dst, expected, expected_size) == 0;
}

static int decodes(void)
{
    static buffers mine;
    return decodes_with(&mine);
}

/* A signal that the host waits for with a descriptor is not taken by any thread of the library's. */
static int signals_by_descriptor(void)
{
    struct signalfd_siginfo seen;
    sigset_t set;
    int descriptor;
    REQUIRE(wl_init() == WL_OK && decodes());
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    REQUIRE(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    descriptor = signalfd(-1, &set, 0);
    REQUIRE(descriptor >= 0 && kill(getpid(), SIGTERM) == 0);
    REQUIRE(read(descriptor, &seen, sizeof seen) == sizeof seen && seen.ssi_signo == SIGTERM);
    return PASSED;
}

static void *first_call_with_all_blocked(void *unused)
{
    sigset_t before, after;
    int signal;
    (void)unused;
    sigfillset(&before);
    if (pthread_sigmask(SIG_SETMASK, &before, NULL) != 0 || pthread_sigmask(SIG_SETMASK, NULL, &before) != 0 || !decodes()
        || pthread_sigmask(SIG_SETMASK, NULL, &after) != 0)
        return NULL;
    for (signal = 1; signal <= 64; signal++)
        if (sigismember(&before, signal) != sigismember(&after, signal))
            return NULL;
    return &file;
}

static int signal_mask_kept(void)
{
    pthread_t thread;
    void *good;
    REQUIRE(pthread_create(&thread, NULL, first_call_with_all_blocked, NULL) == 0);
    REQUIRE(pthread_join(thread, &good) == 0 && good);
    return PASSED;
}

static int actions_kept(void)
{
    struct sigaction before[65], after;
    int signal;
    for (signal = 1; signal <= 64; signal++)
        sigaction(signal, NULL, &before[signal]);
    REQUIRE(decodes());
    for (signal = 1; signal <= 64; signal++)
        REQUIRE(sigaction(signal, NULL, &after) != 0
                || (after.sa_handler == before[signal].sa_handler && after.sa_flags == before[signal].sa_flags));
    return PASSED;
}

static sigjmp_buf after_signal;
static volatile sig_atomic_t signals;

static void jump_out(int signal)
{
    (void)signal;
    signals++;
    siglongjmp(after_signal, 1);
}

static void count(int signal)
{
    (void)signal;
    signals++;
}

static int handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    return sigaction(signal, &action, NULL) == 0;
}

/* SA_RESETHAND: the first one is the host's, and then there is no handler any more. */
static int handler_for_once(void)
{
    struct sigaction action;
    REQUIRE(handle(SIGSEGV, count, (int)SA_RESETHAND) && decodes());
    REQUIRE(raise(SIGSEGV) == 0 && signals == 1);
    REQUIRE(sigaction(SIGSEGV, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    REQUIRE(decodes());
    return PASSED;
}

/* SA_NODEFER: a handler that jumps out of a fault, without putting a mask back, and faults again. */
static int handler_that_jumps(void)
{
    volatile int round;
    char *wall = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(wall != MAP_FAILED && handle(SIGSEGV, jump_out, SA_NODEFER) && decodes());
    for (round = 1; round <= 3; round++) {
        if (sigsetjmp(after_signal, 0) == 0)
            *(volatile char *)wall = 1;
        REQUIRE(signals == round && decodes());
    }
    return PASSED;
}

static int ignored_signals(void)
{
    REQUIRE(handle(SIGSEGV, SIG_IGN, 0) && handle(SIGFPE, SIG_IGN, 0) && decodes());
    REQUIRE(kill(getpid(), SIGSEGV) == 0 && kill(getpid(), SIGFPE) == 0);
    REQUIRE(decodes());
    return PASSED;
}

static buffers in_handler;
static volatile sig_atomic_t wrong_in_handler;

static void decode_in_handler(int signal)
{
    (void)signal;
    if (!decodes_with(&in_handler))
        wrong_in_handler = 1;
    signals++;
}

static void *interrupt(void *thread)
{
    while (signals < ROUNDS)
        pthread_kill(*(pthread_t *)thread, SIGUSR1);
    return NULL;
}

/* Calls in a handler that interrupts other calls, the first one perhaps. */
static int calls_in_handler(void)
{
    pthread_t self = pthread_self(), thread;
    REQUIRE(handle(SIGUSR1, decode_in_handler, 0));
    REQUIRE(pthread_create(&thread, NULL, interrupt, &self) == 0);
    while (signals < ROUNDS)
        REQUIRE(decodes());
    REQUIRE(pthread_join(thread, NULL) == 0 && !wrong_in_handler);
    return PASSED;
}

static volatile int decoded_late;
static pthread_key_t late_key;

/* Once more after all other destructors. */
static void decode_late(void *value)
{
    decoded_late += decodes();
    if (decoded_late == 1)
        pthread_setspecific(late_key, value);
}

static void *leave_with_key(void *decode_before)
{
    int good = !decode_before || decodes();
    pthread_setspecific(late_key, &late_key);
    return good ? &file : NULL;
}

/* When a thread ends: its destructors may call, the process's first call among them. */
static int calls_in_destructor(void)
{
    pthread_t thread;
    void *good;
    int round;
    REQUIRE(pthread_key_create(&late_key, decode_late) == 0);
    for (round = 0; round < 3; round++) {
        decoded_late = 0;
        REQUIRE(pthread_create(&thread, NULL, leave_with_key, round == 0 ? NULL : &late_key) == 0);
        REQUIRE(pthread_join(thread, &good) == 0 && good && decoded_late == 2);
    }
    return PASSED;
}

static pthread_barrier_t barrier;

static void *decode_until_cancelled(void *memory)
{
    pthread_barrier_wait(&barrier);
    for (;;) {
        decodes_with(memory);
        pthread_testcancel();
    }
    return NULL;
}

/* A thread that is cancelled while it is in a call, the process's first one perhaps, ends behind it and leaves nothing held. */
static int cancelled_calls(void)
{
    static buffers memory;
    pthread_t thread;
    int round;
    REQUIRE(pthread_barrier_init(&barrier, NULL, 2) == 0);
    for (round = 0; round < ROUNDS; round++) {
        REQUIRE(pthread_create(&thread, NULL, decode_until_cancelled, &memory) == 0);
        pthread_barrier_wait(&barrier);
        REQUIRE(pthread_cancel(thread) == 0 && pthread_join(thread, NULL) == 0);
        REQUIRE(decodes());
    }
    return PASSED;
}

static volatile sig_atomic_t stop;

static void *decode_until_stopped(void *unused)
{
    buffers *memory = malloc(sizeof *memory);
    int good = memory != NULL;
    (void)unused;
    while (good && !stop)
        good = decodes_with(memory);
    free(memory);
    return good ? &file : NULL;
}

/* Forks while other threads are in their calls, the first one perhaps. */
static int forks_in_calls(void)
{
    pthread_t threads[4];
    void *good;
    int i, status;
    for (i = 0; i < 4; i++)
        REQUIRE(pthread_create(&threads[i], NULL, decode_until_stopped, NULL) == 0);
    for (i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(SECONDS);
            _exit(decodes() ? 0 : 1);
        }
        REQUIRE(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    stop = 1;
    for (i = 0; i < 4; i++)
        REQUIRE(pthread_join(threads[i], &good) == 0 && good);
    return PASSED;
}

/* What .NET's runtime would read, in values that it refuses. */
static int foreign_settings(void)
{
    static const char *const settings[][2] = {
        {"DOTNET_GCLargePages", "1"}, {"DOTNET_GCHeapHardLimit", "1"}, {"DOTNET_GCRegionSize", "1"}, {"DOTNET_GCName", "none"},
        {"DOTNET_GCHeapAffinitizeMask", "0"}, {"DOTNET_gcServer", "1"}, {"DOTNET_EnableEventPipe", "1"},
    };
    size_t i;
    for (i = 0; i < sizeof settings / sizeof settings[0]; i++)
        REQUIRE(setenv(settings[i][0], settings[i][1], 1) == 0);
    REQUIRE(decodes());
    return PASSED;
}

/* With nothing left of what a process can run out of. root is bound by no number of processes, so it becomes nobody. */
static int no_resources(void)
{
    static const int resources[] = {RLIMIT_NPROC, RLIMIT_DATA, RLIMIT_AS, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_SIGPENDING};
    static const struct rlimit none = {0, 0};
    size_t i;
    REQUIRE(getuid() != 0 || setuid(NOBODY) == 0);
    for (i = 0; i < sizeof resources / sizeof resources[0]; i++)
        REQUIRE(setrlimit((__rlimit_resource_t)resources[i], &none) == 0);
    REQUIRE(decodes());
    return PASSED;
}

/* Where a process may read, write and leave: nothing else is asked of the system, in the first call or later. */
static int no_system_calls(void)
{
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) {
        printf("# an emulated process has no such mode\n");
        return SKIPPED;
    }
    syscall(SYS_exit, wl_init() == WL_OK && decodes() && decodes() ? PASSED : FAILED);
    return FAILED;
}

static int started_early;

/* With libweightless.a too: before constructors of no priority. */
__attribute__((constructor(1000))) static void start_early(void)
{
    started_early = wl_init() == WL_OK;
}

static int calls_in_constructor(void)
{
    REQUIRE(started_early);
    return PASSED;
}

static size_t read_file(const char *path, unsigned char *bytes)
{
    size_t size;
    FILE *stream = fopen(path, "rb");
    if (!stream) {
        fprintf(stderr, "host: cannot read %s\n", path);
        exit(2);
    }
    size = fread(bytes, 1, MOST, stream);
    fclose(stream);
    return size;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*test)(void);
    } tests[] = {
        {"signals_by_descriptor", signals_by_descriptor},
        {"signal_mask_kept", signal_mask_kept},
        {"actions_kept", actions_kept},
        {"handler_for_once", handler_for_once},
        {"handler_that_jumps", handler_that_jumps},
        {"ignored_signals", ignored_signals},
        {"calls_in_handler", calls_in_handler},
        {"calls_in_destructor", calls_in_destructor},
        {"cancelled_calls", cancelled_calls},
        {"forks_in_calls", forks_in_calls},
        {"foreign_settings", foreign_settings},
        {"no_resources", no_resources},
        {"no_system_calls", no_system_calls},
        {"calls_in_constructor", calls_in_constructor},
    };
    int failed = 0;
    size_t i;
    if (argc != 3) {
        fprintf(stderr, "usage: host FILE.wls FILE.expected\n");
        return 2;
    }
    file_size = read_file(argv[1], file);
    expected_size = read_file(argv[2], expected);
    for (i = 0; i < sizeof tests / sizeof tests[0]; i++)
        failed += forked_run("host", tests[i].name, tests[i].test);
    return failed ? 1 : 0;
}
