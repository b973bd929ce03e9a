/*
 * abi.c - tests of libweightless through its C ABI.
 *
 *     abi FOLDER [LIMIT]
 *
 * FOLDER holds the golden files. Tests of bit flips and truncations make about LIMIT of a file, for emulators; all by default.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "guard.h"
#include "suites.h"

#include <stdlib.h>

/* Every truncation and every bit flip of a larger file would take too long. */
#define SMALL 4096

int main(int argc, char **argv)
{
    golden_set set;
    int i;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: abi FOLDER [LIMIT]\n");
        return 2;
    }
    if (argc == 3)
        flip_limit = (size_t)strtoul(argv[2], NULL, 10);
    set.list = golden_load(argv[1], &set.count);
    guard_report_faults();

    check_run("sigpipe", NULL, sigpipe, NULL);
    check_run("variants", NULL, variants, &set);
    /* First of all, so that nothing has been warmed up. */
    for (i = 0; i < set.count; i++)
        check_run("zero_gc", set.list[i].name, zero_gc, &set.list[i]);
    for (i = 0; i < set.count; i++)
        check_run("round", set.list[i].name, round_trip, &set.list[i]);
    check_run("misuse", NULL, misuse, &set);
    check_run("stale_workspace", NULL, stale_workspace, &set);
    check_run("indexed", NULL, indexed, NULL);
    check_run("unindexed", NULL, unindexed, NULL);
    check_run("threads", NULL, threads, &set);
    for (i = 0; i < set.count; i++) {
        if (set.list[i].size > SMALL)
            continue;
        check_run("truncations", set.list[i].name, truncations, &set.list[i]);
        check_run("bit_flips", set.list[i].name, bit_flips, &set.list[i]);
        check_run("repaired_bit_flips", set.list[i].name, repaired_bit_flips, &set.list[i]);
    }
    return check.failed ? 1 : 0;
}
