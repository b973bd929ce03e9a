/* Models of many tensors: with an index every one is found in the same time, with the same answers as without. */
#include "check.h"
#include "repair.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

/* Listed without an index they would take minutes. */
#define MANY 100000
#define FEW 70
#define ENTRY 32

static uint8_t *put_varint(uint8_t *p, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *p++ = (uint8_t)(value | 0x80);
    *p++ = (uint8_t)value;
    return p;
}

static int put_name(char *name, uint32_t number)
{
    return sprintf(name, "tensor %u", number);
}

/* A file of stored tensors of one or no element; the last has the name of number 5. */
static uint8_t *make_file(uint32_t count, size_t *size)
{
    uint8_t *entries = malloc((size_t)count * ENTRY + 16), *file = calloc((size_t)count * (ENTRY + 64) + 64, 1), *p = entries;
    uint64_t section;
    uint32_t i;
    CHECK(entries && file);
    p = put_varint(p, count);
    for (i = 0; i < count; i++) {
        char name[24];
        int length = put_name(name, i == count - 1 ? 5 : i);
        p = put_varint(p, (uint64_t)length);
        memcpy(p, name, (size_t)length);
        p += length;
        *p++ = WL_METHOD_STORED;
        *p++ = WL_I8 | 1 << 4;
        *p++ = i % 3 == 0;
        *p++ = i % 3 == 0;
        p += 4;
    }
    memcpy(file, "WLS\1", 4);
    *size = (size_t)(put_varint(file + HASH_OFFSET + 8, (uint64_t)(p - entries)) - file);
    memcpy(file + *size, entries, (size_t)(p - entries));
    *size += (size_t)(p - entries);
    section = *size;
    for (i = 0; i < count; i += 3) {
        section = (section + 63) / 64 * 64;
        file[section++] = (uint8_t)(i + 1);
    }
    *size = section;
    repair(file, *size);
    free(entries);
    return file;
}

/* Tensor by tensor, by number and by name. */
static void check_all(const wl_model *model, uint32_t count)
{
    uint32_t i;
    for (i = 0; i < count; i++) {
        wl_tensor info;
        uint32_t found;
        char name[24];
        int length = put_name(name, i == count - 1 ? 5 : i);
        CHECK_STATUS(wl_tensor_info(model, i, &info), WL_OK);
        CHECK(info.name_length == (uint32_t)length && memcmp(info.name, name, (size_t)length) == 0);
        CHECK(info.rows == (i % 3 == 0));
        CHECK(i % 3 != 0 || *(const uint8_t *)info.stored == (uint8_t)(i + 1));
        CHECK_STATUS(wl_find_tensor(model, name, &found), WL_OK);
        CHECK(found == (i == count - 1 ? 5 : i));
    }
}

void indexed(const void *unused)
{
    size_t size, index_size;
    uint8_t *file = make_file(MANY, &size), *index;
    uint32_t found;
    wl_tensor info;
    wl_model model, copy;
    (void)unused;
    CHECK_STATUS(wl_open(file, size, &model), WL_OK);
    CHECK_STATUS(wl_index_size(&model, &index_size), WL_OK);
    CHECK(index_size == (size_t)MANY * 24 + 7);
    index = malloc(index_size + 1);
    CHECK(index);
    CHECK_STATUS(wl_index(&model, index + 1, index_size - 1), WL_ERROR_WORKSPACE_SIZE);
    index[index_size] = 0xa5;
    CHECK_STATUS(wl_index(&model, index, index_size), WL_OK);
    CHECK(index[index_size] == 0xa5);
    copy = model;
    check_all(&copy, MANY);
    CHECK_STATUS(wl_verify(&copy), WL_OK);
    CHECK_STATUS(wl_find_tensor(&copy, "tensor", &found), WL_ERROR_NO_TENSOR);
    CHECK_STATUS(wl_tensor_info(&copy, MANY, &info), WL_ERROR_NO_TENSOR);
    free(index);
    free(file);
}

void unindexed(const void *unused)
{
    size_t size;
    uint8_t *file = make_file(FEW, &size);
    wl_model model;
    (void)unused;
    CHECK_STATUS(wl_open(file, size, &model), WL_OK);
    check_all(&model, FEW);
    free(file);
}
