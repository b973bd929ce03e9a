#define _POSIX_C_SOURCE 200809L
#include "golden.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const wl_type all_types[TYPE_COUNT] = {WL_F32, WL_F16, WL_BF16, WL_I8,  WL_U8,  WL_F64,  WL_I16,
                                       WL_U16, WL_I32, WL_U32,  WL_I64, WL_U64, WL_BOOL, WL_ID8};

static void die(const char *what, const char *name)
{
    printf("not ok golden\n# %s: %s\n", name, what);
    exit(1);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long length = -1;
    uint8_t *bytes;
    if (!file)
        die("cannot be opened", path);
    if (fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0)
        die("has no size", path);
    rewind(file);
    bytes = malloc((size_t)length + 1);
    if (!bytes || fread(bytes, 1, (size_t)length, file) != (size_t)length)
        die("cannot be read", path);
    fclose(file);
    *size = (size_t)length;
    return bytes;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const golden *)left)->name, ((const golden *)right)->name);
}

golden *golden_load(const char *folder, int *count)
{
    golden *list = NULL;
    struct dirent *entry;
    DIR *directory = opendir(folder);
    *count = 0;
    if (!directory)
        die("cannot be opened", folder);
    while ((entry = readdir(directory)) != NULL) {
        golden one;
        char path[1024];
        size_t length = strlen(entry->d_name);
        if (length < 5 || length - 4 >= sizeof one.name || strcmp(entry->d_name + length - 4, ".wls") != 0)
            continue;
        memcpy(one.name, entry->d_name, length - 4);
        one.name[length - 4] = '\0';
        snprintf(path, sizeof path, "%s/%s.wls", folder, one.name);
        one.data = read_file(path, &one.size);
        snprintf(path, sizeof path, "%s/%s.expected", folder, one.name);
        one.expected = read_file(path, &one.expected_size);
        one.model = NULL;
        one.model_size = 0;
        snprintf(path, sizeof path, "%s/%s.model", folder, one.name);
        if (access(path, R_OK) == 0)
            one.model = read_file(path, &one.model_size);
        list = realloc(list, ((size_t)*count + 1) * sizeof *list);
        if (!list)
            die("out of memory", path);
        list[(*count)++] = one;
    }
    closedir(directory);
    if (*count == 0)
        die("holds no .wls", folder);
    qsort(list, (size_t)*count, sizeof *list, by_name);
    return list;
}

size_t type_size(wl_type type)
{
    switch (type) {
    case WL_I8: case WL_U8: case WL_BOOL: case WL_ID8: return 1;
    case WL_F16: case WL_BF16: case WL_I16: case WL_U16: return 2;
    case WL_F32: case WL_I32: case WL_U32: return 4;
    case WL_F64: case WL_I64: case WL_U64: return 8;
    default: return 0;
    }
}

static int is_float(wl_type type)
{
    return type == WL_F32 || type == WL_F16 || type == WL_BF16;
}

int decodes_to(const wl_tensor *info, wl_type type)
{
    int small = info->type == WL_I8 || info->type == WL_U8;
    if (type == info->type)
        return 1;
    if (type == WL_ID8)
        return info->method != WL_METHOD_STORED && info->method != WL_METHOD_EXPONENT;
    return is_float(info->type) ? is_float(type) : small && type == WL_F32;
}

static float float_of(wl_type from, const uint8_t *element)
{
    uint16_t half;
    uint32_t bits;
    float value;
    if (from == WL_I8)
        return (float)(int8_t)*element;
    if (from == WL_U8)
        return (float)*element;
    if (from == WL_F16) {
        double magnitude;
        memcpy(&half, element, 2);
        if ((half & 0x7c00) == 0x7c00)
            magnitude = half & 0x3ff ? NAN : INFINITY;
        else if ((half & 0x7c00) == 0)
            magnitude = ldexp(half & 0x3ff, -24);
        else
            magnitude = ldexp((half & 0x3ff) | 0x400, (half >> 10 & 0x1f) - 25);
        return (float)(half & 0x8000 ? -magnitude : magnitude);
    }
    if (from == WL_BF16) {
        memcpy(&half, element, 2);
        bits = (uint32_t)half << 16;
        memcpy(&value, &bits, 4);
        return value;
    }
    memcpy(&value, element, 4);
    return value;
}

/* The nearest number with so many bits of mantissa and that exponent range, ties to even; in parts. */
static uint16_t round_to(float value, int mantissa_bits, int bias, int exponent_bits)
{
    uint32_t sign = signbit(value) ? 1u << 15 : 0;
    uint32_t infinity = ((1u << exponent_bits) - 1) << mantissa_bits;
    double magnitude = fabs((double)value);
    double scaled;
    int exponent;
    if (isnan(value))
        return (uint16_t)(sign | infinity | 1u << (mantissa_bits - 1));
    if (isinf(value))
        return (uint16_t)(sign | infinity);
    if (magnitude == 0)
        return (uint16_t)sign;
    frexp(magnitude, &exponent);
    exponent -= 1;
    if (exponent < 1 - bias)
        exponent = 1 - bias;
    /* In units of the last place; rint rounds ties to even. A carry runs on into the exponent, as it should. */
    scaled = rint(ldexp(magnitude, mantissa_bits - exponent));
    scaled += ldexp(exponent + bias - 1, mantissa_bits);
    return (uint16_t)(sign | (scaled > infinity ? infinity : (uint32_t)scaled));
}

void convert(wl_type from, const uint8_t *elements, wl_type to, uint8_t *converted, uint64_t count)
{
    size_t in = type_size(from);
    size_t out = type_size(to);
    uint64_t i;
    if (from == to) {
        memcpy(converted, elements, (size_t)count * in);
        return;
    }
    for (i = 0; i < count; i++) {
        float value = float_of(from, elements + i * in);
        uint16_t half = to == WL_F16 ? round_to(value, 10, 15, 5) : round_to(value, 7, 127, 8);
        memcpy(converted + i * out, to == WL_F32 ? (const void *)&value : (const void *)&half, out);
    }
}

uint32_t sequence_next(uint32_t *state, uint32_t bound)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)*state * bound >> 32);
}
