#include "check.h"

#include "weightless.h"

#include <string.h>

check_state check;

void check_run(const char *suite, const char *subject, void (*test)(const void *), const void *argument)
{
    const int failed = check.failed;
    check.context[0] = '\0';
    if (setjmp(check.end) == 0)
        test(argument);
    printf("%s %s%s%s\n", check.failed == failed ? "ok" : "not ok", suite, subject ? "/" : "", subject ? subject : "");
    fflush(stdout);
}

void check_fail(const char *file, int line, const char *reason)
{
    const char *slash = strrchr(file, '/');
    printf("# %s:%d: %s%s%s\n", slash ? slash + 1 : file, line, reason, check.context[0] ? " - at " : "", check.context);
    check.failed++;
    longjmp(check.end, 1);
}

void check_status(const char *file, int line, const char *call, int status, const char *expected)
{
    char reason[512];
    snprintf(reason, sizeof reason, "%.300s gave %d (%.80s), not %.40s", call, status, wl_status_string(status), expected);
    check_fail(file, line, reason);
}
