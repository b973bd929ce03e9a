#include "decodes.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

static void *take(size_t size)
{
    void *memory = malloc(size + 1);
    if (!memory) {
        printf("not ok memory\n");
        exit(1);
    }
    return memory;
}

static size_t weights_of(const subject *s)
{
    return (size_t)(s->info.rows * s->info.columns);
}

static void prepare(subject *s)
{
    void *workspace;
    size_t i;
    CHECK_STATUS(wl_workspace_size(s->model, s->tensor, &s->workspace_size), WL_OK);
    workspace = take(s->workspace_size);
    for (i = 0; i < TYPE_COUNT; i++) {
        size_t size = weights_of(s) * type_size(all_types[i]);
        s->elements[i] = NULL;
        if (!decodes_to(&s->info, all_types[i]))
            continue;
        s->elements[i] = take(size);
        CHECK_STATUS(wl_decode(s->model, s->tensor, all_types[i], s->elements[i], size, workspace, s->workspace_size), WL_OK);
    }
    s->ones = s->product = NULL;
    if (decodes_to(&s->info, WL_F32)) {
        size_t in = (size_t)s->info.columns * 4, out = (size_t)s->info.rows * 4;
        s->ones = take(in);
        s->product = take(out);
        for (i = 0; i < s->info.columns; i++)
            s->ones[i] = 1;
        CHECK_STATUS(wl_matvec(s->model, s->tensor, s->ones, in, s->product, out, workspace, s->workspace_size), WL_OK);
    }
    free(workspace);
}

subject *subjects_of(const golden *list, int files, const char *name, int *count)
{
    wl_model *models = take((size_t)files * sizeof *models);
    subject *subjects = NULL, *s;
    int i;
    *count = 0;
    for (i = 0; i < files; i++) {
        const uint8_t *expected = list[i].expected;
        uint32_t tensor;
        if (name && strcmp(list[i].name, name) != 0)
            continue;
        snprintf(check.context, sizeof check.context, "%s", list[i].name);
        CHECK_STATUS(wl_open(list[i].data, list[i].size, &models[i]), WL_OK);
        for (tensor = 0; tensor < wl_tensor_count(&models[i]); tensor++) {
            size_t type = 0, size;
            subjects = realloc(subjects, ((size_t)*count + 1) * sizeof *subjects);
            CHECK(subjects);
            s = &subjects[*count];
            s->file = &list[i];
            s->model = &models[i];
            s->tensor = tensor;
            CHECK_STATUS(wl_tensor_info(s->model, tensor, &s->info), WL_OK);
            if (weights_of(s) == 0)
                continue;
            prepare(s);
            while (all_types[type] != s->info.type)
                type++;
            size = weights_of(s) * type_size(s->info.type);
            CHECK(memcmp(s->elements[type], expected, size) == 0);
            expected += size;
            ++*count;
        }
    }
    CHECK(*count > 0);
    return subjects;
}

scratch scratch_for(const subject *list, int count)
{
    size_t weights = 0, rows = 0, workspace = 0;
    scratch scratch;
    int i;
    for (i = 0; i < count; i++) {
        weights = weights_of(&list[i]) > weights ? weights_of(&list[i]) : weights;
        rows = list[i].info.rows > rows ? (size_t)list[i].info.rows : rows;
        workspace = list[i].workspace_size > workspace ? list[i].workspace_size : workspace;
    }
    scratch.dst = take(weights * 8);
    scratch.values = take(weights * 8);
    scratch.indexes = take(weights * 4);
    scratch.offsets = take((rows + 1) * 8);
    scratch.workspace = take(workspace);
    return scratch;
}

void scratch_free(scratch *scratch)
{
    free(scratch->dst);
    free(scratch->values);
    free(scratch->indexes);
    free(scratch->offsets);
    free(scratch->workspace);
}

static int rows_match(const subject *s, const wl_model *model, const scratch *to, size_t type, uint64_t first, uint64_t count)
{
    size_t row = (size_t)s->info.columns * type_size(all_types[type]), size = (size_t)count * row;
    return wl_decode_rows(model, s->tensor, all_types[type], first, count, to->dst, size, to->workspace, s->workspace_size)
            == WL_OK
        && memcmp(to->dst, s->elements[type] + (size_t)first * row, size) == 0;
}

static int sparse_matches(const subject *s, const wl_model *model, const scratch *to, size_t type)
{
    size_t element = type_size(all_types[type]), weights = weights_of(s), row, i;
    if (wl_decode_csr(model, s->tensor, all_types[type], to->offsets, ((size_t)s->info.rows + 1) * 8, to->indexes, to->values,
                      weights, to->workspace, s->workspace_size) != WL_OK)
        return 0;
    memset(to->dst, 0, weights * element);
    for (row = 0; row < s->info.rows; row++)
        for (i = (size_t)to->offsets[row]; i < to->offsets[row + 1]; i++)
            memcpy(to->dst + (row * (size_t)s->info.columns + to->indexes[i]) * element, to->values + i * element, element);
    return memcmp(to->dst, s->elements[type], weights * element) == 0;
}

static int product_matches(const subject *s, const wl_model *model, const scratch *to)
{
    size_t in = (size_t)s->info.columns * 4, out = (size_t)s->info.rows * 4;
    float *y = (float *)(void *)to->dst;
    return wl_matvec(model, s->tensor, s->ones, in, y, out, to->workspace, s->workspace_size) == WL_OK
        && memcmp(y, s->product, out) == 0;
}

int decode_once(const subject *s, const wl_model *model, const scratch *to, uint32_t *sequence)
{
    size_t type;
    uint32_t first, rows = (uint32_t)s->info.rows;
    do
        type = sequence_next(sequence, TYPE_COUNT);
    while (!s->elements[type]);
    switch (sequence_next(sequence, 4)) {
    case 0:
        return wl_decode(model, s->tensor, all_types[type], to->dst, weights_of(s) * type_size(all_types[type]), to->workspace,
                         s->workspace_size) == WL_OK
            && memcmp(to->dst, s->elements[type], weights_of(s) * type_size(all_types[type])) == 0;
    case 1:
        return sparse_matches(s, model, to, type);
    case 2:
        if (s->product)
            return product_matches(s, model, to);
        /* fall through */
    default:
        first = sequence_next(sequence, rows);
        return rows_match(s, model, to, type, first, 1 + sequence_next(sequence, rows - first));
    }
}
