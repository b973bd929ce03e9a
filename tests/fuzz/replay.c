/*
 * replay.c - the fuzzers' corpus through a library that knows nothing of fuzzing.
 *
 *     replay ARCHIVE
 *
 * SPDX-License-Identifier: MIT
 */
#include "exercise.h"

#include "check.h"
#include "corpus.h"
#include "guard.h"
#include "repair.h"
#include "use.h"

#include <string.h>

static corpus_input *inputs;
static int count;
static guard file_guard;

static void as_scripted(const void *argument)
{
    int i;
    (void)argument;
    for (i = 0; i < count; i++) {
        snprintf(check.context, sizeof check.context, "%s", inputs[i].name);
        guard_alive();
        CHECK(exercise(inputs[i].data, inputs[i].size) == 0);
    }
}

static void in_every_way(const void *argument)
{
    int i, place = *(const int *)argument;
    for (i = 0; i < count; i++) {
        uint8_t *data = guard_take(&file_guard, inputs[i].size, place);
        snprintf(check.context, sizeof check.context, "%s", inputs[i].name);
        memcpy(data, inputs[i].data, inputs[i].size);
        repair(data, inputs[i].size);
        use(data, inputs[i].size, place, NULL);
    }
}

int main(int argc, char **argv)
{
    static const int at_start = AT_START, at_end = AT_END;
    if (argc != 2 || (inputs = corpus_load(argv[1], &count)) == NULL) {
        fprintf(stderr, "usage: replay ARCHIVE, which holds the corpus\n");
        return 2;
    }
    guard_report_faults();
    check_run("corpus", "as scripted", as_scripted, NULL);
    check_run("corpus", "file at the start of its pages", in_every_way, &at_start);
    check_run("corpus", "file at the end of its pages", in_every_way, &at_end);
    printf("figure %d inputs of the fuzzers' corpus\n", count);
    return check.failed ? 1 : 0;
}
