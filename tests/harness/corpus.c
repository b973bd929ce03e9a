#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* POSIX.1-1988 ustar: a header of one block, then the file in whole blocks; a block of zeros at the end. */
#define BLOCK 512
#define NAME 0
#define NAME_BYTES 100
#define SIZE 124
#define SIZE_DIGITS 11
#define KIND 156
#define MAGIC 257

/* The archive's next input: 1 if there was one, 0 at the end, -1 for what is no such archive. */
static int next_input(FILE *archive, corpus_input *input)
{
    char header[BLOCK], padding[BLOCK], digits[SIZE_DIGITS + 1];
    size_t rest;
    if (fread(header, 1, BLOCK, archive) != BLOCK)
        return -1;
    if (header[NAME] == '\0')
        return 0;
    if (memcmp(header + MAGIC, "ustar", 5) != 0 || header[KIND] != '0')
        return -1;
    memcpy(input->name, header + NAME, NAME_BYTES);
    input->name[NAME_BYTES] = '\0';
    memcpy(digits, header + SIZE, SIZE_DIGITS);
    digits[SIZE_DIGITS] = '\0';
    input->size = (size_t)strtoul(digits, NULL, 8);
    input->data = malloc(input->size ? input->size : 1);
    rest = (BLOCK - input->size % BLOCK) % BLOCK;
    if (input->data && fread(input->data, 1, input->size, archive) == input->size && fread(padding, 1, rest, archive) == rest)
        return 1;
    free(input->data);
    return -1;
}

corpus_input *corpus_load(const char *archive, int *count)
{
    FILE *file = fopen(archive, "rb");
    corpus_input *list = NULL, *longer, input;
    int status = -1;
    *count = 0;
    while (file && (status = next_input(file, &input)) > 0) {
        longer = realloc(list, ((size_t)*count + 1) * sizeof *list);
        if (!longer)
            exit(2);
        list = longer;
        list[(*count)++] = input;
    }
    if (file)
        fclose(file);
    return status == 0 ? list : NULL;
}
