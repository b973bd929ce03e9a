/* The library's manners in a host process: threads, and signals that are not its own. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "suites.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 4

typedef struct worker {
    const wl_model *models;
    const golden_set *set;
    wl_status status;
    const char *wrong; /* the file that came out wrong */
} worker;

static int decode_all(worker *worker, int file)
{
    const wl_model *model = &worker->models[file];
    const uint8_t *expected = worker->set->list[file].expected;
    uint32_t tensor;
    for (tensor = 0; tensor < wl_tensor_count(model); tensor++) {
        wl_tensor info;
        size_t size, workspace_size;
        void *dst, *workspace;
        int same;
        worker->status = wl_tensor_info(model, tensor, &info);
        if (worker->status == WL_OK)
            worker->status = wl_workspace_size(model, tensor, &workspace_size);
        if (worker->status != WL_OK)
            return 0;
        size = (size_t)(info.rows * info.columns) * type_size(info.type);
        dst = malloc(size + 1);
        workspace = malloc(workspace_size + 1);
        worker->status = wl_decode(model, tensor, info.type, dst, size, workspace, workspace_size);
        same = worker->status == WL_OK && memcmp(dst, expected, size) == 0;
        free(dst);
        free(workspace);
        if (!same)
            return 0;
        expected += size;
    }
    return 1;
}

static void *work(void *argument)
{
    worker *worker = argument;
    int round, file;
    for (round = 0; round < ROUNDS; round++) {
        for (file = 0; file < worker->set->count; file++) {
            if (!decode_all(worker, file)) {
                worker->wrong = worker->set->list[file].name;
                return NULL;
            }
        }
    }
    return NULL;
}

/* Eight threads decode the same open models at once, each into memory of its own. */
void threads(const void *argument)
{
    const golden_set *set = argument;
    wl_model *models = malloc((size_t)set->count * sizeof *models);
    pthread_t ids[THREADS];
    worker workers[THREADS];
    int i;
    CHECK(models);
    for (i = 0; i < set->count; i++)
        CHECK_STATUS(wl_open(set->list[i].data, set->list[i].size, &models[i]), WL_OK);
    for (i = 0; i < THREADS; i++) {
        workers[i].models = models;
        workers[i].set = set;
        workers[i].status = WL_OK;
        workers[i].wrong = NULL;
        CHECK(pthread_create(&ids[i], NULL, work, &workers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(ids[i], NULL);
    for (i = 0; i < THREADS; i++) {
        snprintf(check.context, sizeof check.context, "%s in thread %d, status %d", workers[i].wrong ? workers[i].wrong : "", i,
                 workers[i].status);
        CHECK(!workers[i].wrong);
    }
    free(models);
}

static int round_trips(const golden_set *set)
{
    int i;
    check.failed = 0;
    if (setjmp(check.end) == 0)
        for (i = 0; i < set->count; i++)
            if (strstr(set->list[i].name, "coupled") || strstr(set->list[i].name, "words") || strstr(set->list[i].name, "exponent"))
                round_trip(&set->list[i]);
    return check.failed;
}

/* Whatever variant the environment asks for, the machine's or not, the same bytes come out. */
void variants(const void *argument)
{
    static const char *const names[] = {"scalar", "vector128", "neon", "avx2", "avx512", "none of these", ""};
    size_t i;
    int result;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        pid_t child;
        snprintf(check.context, sizeof check.context, "WEIGHTLESS_ISA=%s", names[i]);
        fflush(stdout);
        child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            setenv("WEIGHTLESS_ISA", names[i], 1);
            result = round_trips(argument);
            fflush(stdout);
            _exit(result ? 1 : 0);
        }
        CHECK(waitpid(child, &result, 0) == child);
        CHECK(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    }
}

static void host_handler(int signal)
{
    (void)signal;
}

static int sigpipe_is_kept(void (*handler)(int), int (*first_call)(void))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGPIPE, &action, NULL);
    return first_call() && sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == handler;
}

static int call_init(void)
{
    return wl_init() == WL_OK;
}

static int call_version(void)
{
    return wl_version() >= WL_VERSION;
}

/* Whatever the host does with SIGPIPE, and whichever function starts the runtime, the host's choice stays. */
void sigpipe(const void *unused)
{
    static void (*const handlers[])(int) = {SIG_DFL, SIG_IGN, host_handler};
    static int (*const first_calls[])(void) = {call_init, call_version};
    int handler, call, result;
    (void)unused;
    for (handler = 0; handler < 3; handler++) {
        for (call = 0; call < 2; call++) {
            pid_t child = fork();
            CHECK(child >= 0);
            if (child == 0)
                _exit(sigpipe_is_kept(handlers[handler], first_calls[call]) ? 0 : 1);
            CHECK(waitpid(child, &result, 0) == child);
            CHECK(WIFEXITED(result) && WEXITSTATUS(result) == 0);
        }
    }
}
