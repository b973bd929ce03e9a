#define _GNU_SOURCE
#include "guard.h"

#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATTERN 0xc5
#define SECONDS 60

/* Mappings that were used once are kept, by length: making them again for every call would take most of the time. */
#define KEPT 4096
static uint8_t *kept[KEPT];

static uint8_t *take_pages(size_t pages, size_t page)
{
    uint8_t *mapped;
    if (pages < KEPT && kept[pages]) {
        mapped = kept[pages];
        kept[pages] = NULL;
        return mapped;
    }
    mapped = mmap(NULL, (pages + 2) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(mapped != MAP_FAILED);
    CHECK(mprotect(mapped + page, pages * page, PROT_READ | PROT_WRITE) == 0);
    return mapped + page;
}

static void give_back(uint8_t *start, size_t pages, size_t page)
{
    if (pages < KEPT && !kept[pages])
        kept[pages] = start;
    else
        munmap(start - page, (pages + 2) * page);
}

uint8_t *guard_take(guard *guard, size_t size, int place)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t pages = size / page + (size % page != 0 || size == 0);
    if (guard->length != pages * page) {
        if (guard->pages)
            give_back(guard->pages, guard->length / page, page);
        guard->pages = take_pages(pages, page);
        guard->length = pages * page;
    }
    guard->size = size;
    guard->buffer = guard->pages + (place == AT_END ? guard->length - size : 0);
    memset(place == AT_END ? guard->pages : guard->pages + size, PATTERN, guard->length - size);
    return guard->buffer;
}

int guard_intact(const guard *guard)
{
    size_t slack = guard->length - guard->size;
    const uint8_t *beside = guard->buffer == guard->pages ? guard->buffer + guard->size : guard->pages;
    return slack == 0 || (beside[0] == PATTERN && memcmp(beside, beside + 1, slack - 1) == 0);
}

static void report(int signal)
{
    static const char head[] = "not ok fault\n# the library ";
    const char *what = signal == SIGALRM ? "took a minute" : signal == SIGABRT ? "aborted" : "faulted";
    if (write(STDOUT_FILENO, head, sizeof head - 1) < 0 || write(STDOUT_FILENO, what, strlen(what)) < 0
        || write(STDOUT_FILENO, " at ", 4) < 0 || write(STDOUT_FILENO, check.context, strlen(check.context)) < 0
        || write(STDOUT_FILENO, "\n", 1) < 0)
        _exit(3);
    _exit(2);
}

void guard_report_faults(void)
{
    static char stack[65536];
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    stack_t alternate;
    struct sigaction action;
    size_t i;
    memset(&alternate, 0, sizeof alternate);
    alternate.ss_sp = stack;
    alternate.ss_size = sizeof stack;
    sigaltstack(&alternate, NULL);
    memset(&action, 0, sizeof action);
    action.sa_handler = report;
    action.sa_flags = SA_ONSTACK;
    for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
}

void guard_alive(void)
{
    alarm(SECONDS);
}
