/*
 * interrupted.c - commands that are killed while they write, and disks that are full: the output is the old file or the new one.
 *
 *     interrupted WEIGHTLESS MODEL COUNT
 *
 * WEIGHTLESS is the command-line program. It encodes MODEL over an older file and is killed, COUNT times, at moments drawn from a
 * sequence: any time of its run, or about when it writes. The same with decoding, with signals that can be handled, with
 * full disks, and with several at once.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "check.h"
#include "golden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AT_ONCE 8

static char folder[] = "/tmp/weightless-interrupted-XXXXXX";
static const char *program, *model;
static int kills;

/* What is written: a command, and the file that it makes, which is in a folder of its own. */
typedef struct writing {
    const char *name, *command, *from, *file;
} writing;

static const writing encoding = {"encode", "encode", NULL, "out/model.wls"};
static const writing decodings[] = {
    {"decode to safetensors", "decode", "encoded.wls", "out/model.safetensors"},
    {"decode to npz", "decode", "encoded.wls", "out/model.npz"},
};

typedef struct content {
    const char *bytes;
    size_t size;
} content;

#define OLD "an older file, which nobody may lose"
static const content old = {OLD, sizeof OLD - 1};

static content content_of(const char *path)
{
    content c;
    struct stat status;
    char *bytes;
    int file = open(path, O_RDONLY);
    CHECK(file >= 0 && fstat(file, &status) == 0);
    c.size = (size_t)status.st_size;
    c.bytes = bytes = malloc(c.size + 1);
    CHECK(bytes && read(file, bytes, c.size) == (ssize_t)c.size);
    bytes[c.size] = '\0';
    close(file);
    return c;
}

static void forget(content *c)
{
    free((char *)c->bytes);
}

static int holds(const char *path, const content *expected)
{
    content c = content_of(path);
    int same = c.size == expected->size && memcmp(c.bytes, expected->bytes, c.size) == 0;
    forget(&c);
    return same;
}

static void put_old(const char *path)
{
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(old.bytes, 1, old.size, file) == old.size && fclose(file) == 0);
}

static int files_in(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    int count = 0;
    CHECK(directory);
    while ((entry = readdir(directory)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    return count;
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Starts the program as a shell would, its errors going to the file "errors". */
static pid_t start(const writing *w, rlim_t largest)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    {
        static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
        struct rlimit limit;
        size_t i;
        int errors = open("errors", O_WRONLY | O_CREAT | O_TRUNC, 0644), nothing = open("/dev/null", O_RDWR);
        for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
            signal(signals[i], SIG_DFL);
        if (largest != RLIM_INFINITY) {
            limit.rlim_cur = limit.rlim_max = largest;
            setrlimit(RLIMIT_FSIZE, &limit);
        }
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        execl(program, program, w->command, w->from ? w->from : model, "-o", w->file, (char *)NULL);
        _exit(127);
    }
}

static int finish(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static int run(const writing *w)
{
    pid_t child = start(w, RLIM_INFINITY);
    CHECK(child > 0);
    return finish(child);
}

/* Lets it write once undisturbed; says how long that took, in microseconds. */
static int64_t undisturbed(const writing *w, content *made)
{
    int64_t begun = now();
    CHECK(run(w) == 0);
    begun = now() - begun;
    *made = content_of(w->file);
    CHECK(files_in("out") == 1);
    return begun;
}

static void wait_for(int64_t microseconds)
{
    struct timespec time;
    time.tv_sec = microseconds / 1000000;
    time.tv_nsec = microseconds % 1000000 * 1000;
    nanosleep(&time, NULL);
}

/* Until something happens in the folder that inotify watches, or the time is over. */
static void wait_for_file(int watch, int64_t microseconds)
{
    struct pollfd poll_for;
    char events[4096];
    poll_for.fd = watch;
    poll_for.events = POLLIN;
    if (poll(&poll_for, 1, (int)(microseconds / 1000)) > 0 && read(watch, events, sizeof events) < 0)
        return;
}

/* Kills it `count` times; after each the file is whole, and after the next complete run alone. */
static void kill_while(const writing *w, int count)
{
    content made;
    uint32_t sequence = 1;
    int64_t took = undisturbed(w, &made);
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), i, olds = 0, left = 0, finished = 0;
    CHECK(watch >= 0);
    for (i = 0; i < count; i++) {
        int status, folder_watch;
        pid_t child;
        put_old(w->file);
        folder_watch = inotify_add_watch(watch, "out", IN_CREATE);
        child = start(w, RLIM_INFINITY);
        CHECK(child > 0);
        if (i % 2)
            wait_for(sequence_next(&sequence, (uint32_t)(took + took / 8)));
        else {
            wait_for_file(watch, 4 * took);
            wait_for(sequence_next(&sequence, (uint32_t)(took / 16)));
        }
        kill(child, SIGKILL);
        status = finish(child);
        inotify_rm_watch(watch, folder_watch);
        while (read(watch, check.context, sizeof check.context) > 0)
            continue;
        snprintf(check.context, sizeof check.context, "%s, kill %d", w->name, i);
        finished += WIFEXITED(status);
        left += files_in("out") > 1;
        if (holds(w->file, &old))
            olds++;
        else
            CHECK(holds(w->file, &made));
    }
    close(watch);
    CHECK(run(w) == 0);
    CHECK(holds(w->file, &made));
    CHECK(files_in("out") == 1);
    CHECK(unlink(w->file) == 0);
    printf("figure %s killed %d times, %d of them too late: %d old files, %d new ones, %d left a temporary, "
           "none after the next run\n", w->name, count, finished, olds, count - olds, left);
    forget(&made);
}

static void killed_encodes(const void *unused)
{
    (void)unused;
    kill_while(&encoding, kills);
}

static void killed_decodes(const void *unused)
{
    size_t i;
    (void)unused;
    for (i = 0; i < 2; i++)
        kill_while(&decodings[i], (kills + 3) / 4);
}

/* Signals that it can handle: nothing is left even then. */
static void signalled(const void *unused)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    content made;
    uint32_t sequence = 2;
    int64_t took = undisturbed(&decodings[0], &made);
    int i, status;
    (void)unused;
    for (i = 0; i < (kills + 1) / 2; i++) {
        pid_t child;
        put_old(decodings[0].file);
        child = start(&decodings[0], RLIM_INFINITY);
        CHECK(child > 0);
        wait_for(sequence_next(&sequence, (uint32_t)took));
        kill(child, signals[i % 3]);
        status = finish(child);
        snprintf(check.context, sizeof check.context, "signal %d, round %d, status %x", signals[i % 3], i, (unsigned)status);
        CHECK(WIFSIGNALED(status) ? WTERMSIG(status) == signals[i % 3]
                                  : WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 128 + signals[i % 3]);
        CHECK(files_in("out") == 1);
        CHECK(holds(decodings[0].file, &old) || holds(decodings[0].file, &made));
    }
    CHECK(unlink(decodings[0].file) == 0);
    forget(&made);
}

/* It has failed with one line that names the file and ends with the cause, and the old file is there alone. */
static void check_refused(const writing *w, int status, const char *cause, int others)
{
    content errors = content_of("errors");
    snprintf(check.context, sizeof check.context, "%s: %.180s", w->name, errors.bytes);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    CHECK(errors.size > 0 && strchr(errors.bytes, '\n') == errors.bytes + errors.size - 1);
    CHECK(strstr(errors.bytes, w->file) && strstr(errors.bytes, cause));
    CHECK(holds(w->file, &old));
    CHECK(files_in("out") == 1 + others);
    forget(&errors);
}

/* In a child, which alone sees the disk of 256 KiB that lies over "out" and is full but for some KiB. */
static int full_disk(const writing *w, int kib_left)
{
    static char block[1024];
    int filler, kib = 0;
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
        || mount("tmpfs", "out", "tmpfs", 0, "size=256k") != 0)
        return 0;
    put_old(w->file);
    filler = open("out/filler", O_WRONLY | O_CREAT, 0644);
    CHECK(filler >= 0);
    while (write(filler, block, sizeof block) == sizeof block)
        kib++;
    CHECK(ftruncate(filler, (off_t)(kib - kib_left) * 1024) == 0);
    close(filler);
    check_refused(w, run(w), "No space left on device", 1);
    return 1;
}

static int in_child(const writing *w, int kib_left)
{
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child != 0)
        return child < 0 ? -1 : finish(child);
    if (setjmp(check.end) == 0)
        _exit(full_disk(w, kib_left) ? 0 : 2);
    fflush(stdout);
    _exit(1);
}

static void full_disks(const void *unused)
{
    /* No room at all, and room for a beginning. */
    static const struct {
        const writing *what;
        int kib_left;
    } cases[] = {{&encoding, 0}, {&decodings[0], 0}, {&decodings[0], 64}, {&decodings[1], 64}};
    size_t i;
    (void)unused;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int status = in_child(cases[i].what, cases[i].kib_left);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
            printf("skip full_disks/tmpfs\n");
            return;
        }
        CHECK(status == 0);
    }
}

/* As on a file system that holds no larger file. */
static void too_large(const void *unused)
{
    size_t i;
    (void)unused;
    for (i = 0; i < 2; i++) {
        pid_t child;
        put_old(decodings[i].file);
        child = start(&decodings[i], 20000);
        CHECK(child > 0);
        check_refused(&decodings[i], finish(child), "too large for the file system", 0);
        CHECK(unlink(decodings[i].file) == 0);
    }
}

/* Several write the same file: each succeeds, and the last one's is it. */
static void at_once(const void *unused)
{
    content made;
    pid_t children[AT_ONCE];
    int round, i;
    (void)unused;
    undisturbed(&encoding, &made);
    for (round = 0; round < (kills + 9) / 10; round++) {
        for (i = 0; i < AT_ONCE; i++)
            CHECK((children[i] = start(&encoding, RLIM_INFINITY)) > 0);
        for (i = 0; i < AT_ONCE; i++) {
            int status = finish(children[i]);
            content errors = content_of("errors");
                    snprintf(check.context, sizeof check.context, "round %d, status %x: %.150s", round, (unsigned)status,
                             errors.bytes);
            forget(&errors);
            CHECK(status == 0);
        }
        CHECK(holds(encoding.file, &made));
        CHECK(files_in("out") == 1);
    }
    CHECK(unlink(encoding.file) == 0);
    forget(&made);
}

/* A failed test leaves files. */
static void suite(const char *name, void (*test)(const void *))
{
    check_run(name, NULL, test, NULL);
    if (system("rm -rf out && mkdir out") != 0)
        exit(2);
}

static void first_encode(const void *unused)
{
    static const writing first = {"encode", "encode", NULL, "encoded.wls"};
    (void)unused;
    CHECK(run(&first) == 0);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: interrupted WEIGHTLESS MODEL COUNT\n");
        return 2;
    }
    program = realpath(argv[1], NULL);
    model = realpath(argv[2], NULL);
    kills = atoi(argv[3]);
    if (!program || !model || !mkdtemp(folder) || chdir(folder) != 0) {
        fprintf(stderr, "interrupted: cannot begin\n");
        return 2;
    }
    suite("first_encode", first_encode);
    suite("killed_encodes", killed_encodes);
    suite("killed_decodes", killed_decodes);
    suite("signalled", signalled);
    suite("full_disks", full_disks);
    suite("too_large", too_large);
    suite("at_once", at_once);
    if (system("rm -rf out encoded.wls errors") != 0 || rmdir(folder) != 0)
        printf("# %s is left\n", folder);
    return check.failed ? 1 : 0;
}
