/*
 * edited.c - a decoder must bear whatever a file holds: random edits of all golden files, with right checksums, used every way.
 *
 *     edited FOLDER COUNT [NAME NUMBER]
 *
 * COUNT edits of each golden file of FOLDER; or one edit of one of them, as a failure names it.
 * SPDX-License-Identifier: MIT
 */
#include "check.h"
#include "edits.h"
#include "golden.h"
#include "guard.h"
#include "use.h"

#include <stdlib.h>
#include <string.h>

/* One edit in so many is used in every way there is, the others in one way each. */
#define THOROUGH 32

static unsigned long first, last;
static int alone;
static guard file_guard;
static uint8_t *edited;

/* How far an edited file got. */
static struct {
    unsigned long edits, opened, verified;
} tally;

static void count(const uint8_t *data, size_t size)
{
    wl_model model;
    tally.edits++;
    if (wl_open(data, size, &model) != WL_OK)
        return;
    tally.opened++;
    tally.verified += wl_verify(&model) == WL_OK;
}

static void all_edits(const void *argument)
{
    const golden *file = argument;
    unsigned long number;
    for (number = first; number < last; number++) {
        int place = (int)(number & 1);
        size_t size = edit(file->data, file->size, number, edited);
        uint8_t *data = guard_take(&file_guard, size, place);
        memcpy(data, edited, size);
        snprintf(check.context, sizeof check.context, "%s %lu", file->name, number);
        count(data, size);
        if (alone || number % THOROUGH == 0)
            use(data, size, place, NULL);
        if (number % THOROUGH != 0)
            use_once(data, size, place, (uint32_t)number * 0x9e3779b9u);
    }
}

int main(int argc, char **argv)
{
    golden *list;
    int files, i;
    if (argc != 3 && argc != 5) {
        fprintf(stderr, "usage: edited FOLDER COUNT [NAME NUMBER]\n");
        return 2;
    }
    last = strtoul(argv[2], NULL, 10);
    if (argc == 5) {
        first = strtoul(argv[4], NULL, 10);
        last = first + 1;
        alone = 1;
    }
    list = golden_load(argv[1], &files);
    guard_report_faults();
    for (i = 0; i < files; i++) {
        if (argc == 5 && strcmp(list[i].name, argv[3]) != 0)
            continue;
        edited = realloc(edited, list[i].size + EDIT_GROWTH);
        if (!edited)
            return 2;
        check_run("edited", list[i].name, all_edits, &list[i]);
    }
    printf("figure %lu edits of %d golden files: %lu opened, %lu passed wl_verify\n", tally.edits, files, tally.opened,
           tally.verified);
    return check.failed ? 1 : 0;
}
