#define _GNU_SOURCE
#include "forked.h"

#include <sys/wait.h>
#include <unistd.h>

/* An emulator takes its time. */
#define SECONDS 120

int forked_run(const char *suite, const char *name, int (*test)(void))
{
    static const char *const words[] = {"ok", "not ok", "skip"};
    int status, result;
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(SECONDS);
        result = test();
        fflush(stdout);
        _exit(result);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        status = 1 << 8;
    if (WIFSIGNALED(status))
        printf("# signal %d\n", WTERMSIG(status));
    result = WIFEXITED(status) && WEXITSTATUS(status) <= SKIPPED ? WEXITSTATUS(status) : FAILED;
    printf("%s %s/%s\n", words[result], suite, name);
    return result == FAILED;
}
