/*
 * replay.c - the fuzzers' corpus through a library that knows nothing of fuzzing.
 *
 *     replay FOLDER
 *
 * SPDX-License-Identifier: MIT
 */
#include "exercise.h"

#include "../native/check.h"
#include "../native/guard.h"
#include "../native/repair.h"
#include "../native/use.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILES 4096
#define MOST_BYTES ((size_t)1 << 16)

typedef struct input {
    char name[64];
    uint8_t *data;
    size_t size;
} input;

static input inputs[MOST_FILES];
static int count;
static guard file_guard;

static int by_name(const void *left, const void *right)
{
    return strcmp(((const input *)left)->name, ((const input *)right)->name);
}

static int load(const char *folder)
{
    static uint8_t bytes[MOST_BYTES];
    DIR *directory = opendir(folder);
    struct dirent *entry;
    if (!directory)
        return 0;
    while ((entry = readdir(directory)) != NULL && count < MOST_FILES) {
        input *input = &inputs[count];
        char path[1024];
        FILE *file;
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof input->name)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file = fopen(path, "rb");
        if (!file)
            return 0;
        input->size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        input->data = malloc(input->size + 1);
        if (!input->data)
            return 0;
        memcpy(input->data, bytes, input->size);
        strcpy(input->name, entry->d_name);
        count++;
    }
    closedir(directory);
    qsort(inputs, (size_t)count, sizeof inputs[0], by_name);
    return count > 0;
}

static void as_scripted(const void *argument)
{
    int i;
    (void)argument;
    for (i = 0; i < count; i++) {
        snprintf(check.context, sizeof check.context, "%.63s", inputs[i].name);
        guard_alive();
        CHECK(exercise(inputs[i].data, inputs[i].size) == 0);
    }
}

static void in_every_way(const void *argument)
{
    int i, place = *(const int *)argument;
    for (i = 0; i < count; i++) {
        uint8_t *data = guard_take(&file_guard, inputs[i].size, place);
        snprintf(check.context, sizeof check.context, "%.63s", inputs[i].name);
        memcpy(data, inputs[i].data, inputs[i].size);
        repair(data, inputs[i].size);
        use(data, inputs[i].size, place, NULL);
    }
}

int main(int argc, char **argv)
{
    static const int at_start = AT_START, at_end = AT_END;
    if (argc != 2 || !load(argv[1])) {
        fprintf(stderr, "usage: replay FOLDER, which holds the corpus\n");
        return 2;
    }
    guard_report_faults();
    check_run("corpus", "as scripted", as_scripted, NULL);
    check_run("corpus", "file at the start of its pages", in_every_way, &at_start);
    check_run("corpus", "file at the end of its pages", in_every_way, &at_end);
    printf("figure %d files of the fuzzers' corpus\n", count);
    return check.failed ? 1 : 0;
}
