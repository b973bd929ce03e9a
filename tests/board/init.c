/*
 * init.c - the first and only process of the emulated board: runs the commands of /commands, one a line, words parted by
 * spaces, behind data=N with at most N KiB of memory that is not a file's (RLIMIT_DATA), and powers the board off. Prints what
 * each of them took, in lines that tests/board/run reads.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void provide(const char *type, const char *folder)
{
    mkdir(folder, 0755);
    mount(type, folder, type, 0, NULL);
}

static void run(char *line)
{
    char *words[32], *word;
    int count = 0, status = 0;
    struct rusage used;
    struct rlimit data = {0, 0};
    pid_t child;
    if (strncmp(line, "data=", 5) == 0)
        data.rlim_cur = data.rlim_max = 1024 * (rlim_t)strtoul(strtok(line, " ") + 5, NULL, 10);
    for (word = strtok(data.rlim_cur > 0 ? NULL : line, " "); word && count < 31; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    if (count == 0)
        return;
    printf("board: start");
    for (int i = 0; i < count; i++)
        printf(" %s", words[i]);
    printf("\n");
    child = fork();
    if (child == 0) {
        if (data.rlim_cur > 0 && setrlimit(RLIMIT_DATA, &data) != 0)
            _exit(126);
        execv(words[0], words);
        perror(words[0]);
        _exit(127);
    }
    memset(&used, 0, sizeof used);
    if (child < 0 || wait4(child, &status, 0, &used) != child)
        status = -1;
    printf("board: end %d peak %ld KiB\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), used.ru_maxrss);
}

int main(void)
{
    char line[512];
    struct utsname system;
    FILE *commands;
    int console;
    provide("proc", "/proc");
    provide("sysfs", "/sys");
    provide("devtmpfs", "/dev");
    provide("tmpfs", "/tmp");
    mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
    /* So that the groups made in it can have a limit of their own. */
    console = open("/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY);
    if (console >= 0 && write(console, "+memory", 7) != 7)
        perror("cgroup");
    close(console);

    console = open("/dev/console", O_RDWR);
    dup2(console, 0);
    dup2(console, 1);
    dup2(console, 2);
    setvbuf(stdout, NULL, _IOLBF, 0);
    uname(&system);
    printf("\nboard: %s %s %s, %ld MiB\n", system.sysname, system.release, system.machine,
           sysconf(_SC_PHYS_PAGES) / 1024 * sysconf(_SC_PAGESIZE) / 1024);

    commands = fopen("/commands", "r");
    while (commands && fgets(line, sizeof line, commands)) {
        line[strcspn(line, "\n")] = '\0';
        run(line);
    }
    printf("board: done\n");
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
