#include "mutate.h"

#include "repair.h"
#include "script.h"

#include <string.h>

#define HEADER 12 /* magic, version and the directory's hash */
#define MAX_TENSORS 24
#define FEW_TENSORS 6 /* a mutation adds none to so many: they only cost time */
#define MAX_RANK 15 /* what the byte has room for; a reader takes 8 */
#define MAX_FILE 65536
#define STORED 0
#define STORED_ALIGNMENT 64

/* A tensor's entry and section, taken apart. */
typedef struct tensor {
    const uint8_t *name, *section;
    size_t name_length, section_size;
    uint64_t dimensions[MAX_RANK];
    uint8_t method, type; /* the entry's two bytes; the rank is not taken from the latter */
    int rank;
} tensor;

typedef struct file {
    tensor tensors[MAX_TENSORS];
    int count;
    const uint8_t *tail; /* what follows the last section: the script */
    size_t tail_size;
} file;

/* What a mutation writes lies here until the file is put together. */
static uint8_t scratch[MAX_FILE], built[MAX_FILE];

static uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return bound ? *state % bound : 0;
}

static int read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
    int shift;
    *value = 0;
    for (shift = 0; shift < 64 && *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return 1;
    }
    return 0;
}

/* Takes a file apart; returns 0 if it cannot be. */
static int take_apart(file *file, const uint8_t *data, size_t size)
{
    const uint8_t *at = data + HEADER, *end = data + size, *section;
    uint64_t directory, count, value;
    int i;
    if (size < HEADER || memcmp(data, "WLS\1", 4) != 0 || !read_varint(&at, end, &directory) || directory > (uint64_t)(end - at))
        return 0;
    end = at + directory;
    section = end;
    if (!read_varint(&at, end, &count) || count > MAX_TENSORS)
        return 0;
    file->count = (int)count;
    for (i = 0; i < file->count; i++) {
        tensor *tensor = &file->tensors[i];
        int dimension;
        if (!read_varint(&at, end, &value) || value > (uint64_t)(end - at) || (uint64_t)(end - at) - value < 2)
            return 0;
        tensor->name = at;
        tensor->name_length = (size_t)value;
        at += value;
        tensor->method = *at++;
        tensor->rank = *at >> 4;
        tensor->type = *at++ & 0x0f;
        for (dimension = 0; dimension < tensor->rank; dimension++)
            if (!read_varint(&at, end, &tensor->dimensions[dimension]))
                return 0;
        if (!read_varint(&at, end, &value) || end - at < 4)
            return 0;
        at += 4;
        if ((tensor->method & 0x0f) == STORED && value > 0)
            section = data + ((size_t)(section - data) + STORED_ALIGNMENT - 1) / STORED_ALIGNMENT * STORED_ALIGNMENT;
        if (section > data + size || value > (uint64_t)(data + size - section))
            return 0;
        tensor->section = section;
        tensor->section_size = (size_t)value;
        section += value;
    }
    file->tail = section;
    file->tail_size = (size_t)(data + size - section);
    return 1;
}

/* Bytes that grow at the end; overflows are noticed once, at the end. */
typedef struct buffer {
    uint8_t *start;
    size_t size, max;
} buffer;

static void put(buffer *buffer, const void *bytes, size_t size)
{
    if (size > 0 && buffer->size <= buffer->max && size <= buffer->max - buffer->size)
        memcpy(buffer->start + buffer->size, bytes, size);
    buffer->size = size > buffer->max || buffer->size > buffer->max - size ? buffer->max + 1 : buffer->size + size;
}

static void put_varint(buffer *buffer, uint64_t value)
{
    uint8_t bytes[10];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[length++] = (uint8_t)(value | 0x80);
    bytes[length++] = (uint8_t)value;
    put(buffer, bytes, length);
}

/* Puts a file together again, checksums and all; returns its size, or 0 if it is larger than max. */
static size_t put_together(const file *file, uint8_t *data, size_t max)
{
    static uint8_t directory_bytes[MAX_FILE];
    static const uint8_t zeros[STORED_ALIGNMENT];
    buffer directory = {directory_bytes, 0, sizeof directory_bytes};
    buffer out = {data, 0, max < MAX_FILE ? max : MAX_FILE};
    int i;
    put_varint(&directory, (uint64_t)file->count);
    for (i = 0; i < file->count; i++) {
        const tensor *tensor = &file->tensors[i];
        uint8_t bytes[2];
        int dimension;
        bytes[0] = tensor->method;
        bytes[1] = (uint8_t)(tensor->type | tensor->rank << 4);
        put_varint(&directory, tensor->name_length);
        put(&directory, tensor->name, tensor->name_length);
        put(&directory, bytes, 2);
        for (dimension = 0; dimension < tensor->rank; dimension++)
            put_varint(&directory, tensor->dimensions[dimension]);
        put_varint(&directory, tensor->section_size);
        put(&directory, zeros, 4);
    }
    if (directory.size > directory.max)
        return 0;
    put(&out, "WLS\1\0\0\0\0\0\0\0", HEADER);
    put_varint(&out, directory.size);
    put(&out, directory_bytes, directory.size);
    for (i = 0; i < file->count; i++) {
        const tensor *tensor = &file->tensors[i];
        if ((tensor->method & 0x0f) == STORED && tensor->section_size > 0)
            put(&out, zeros, (STORED_ALIGNMENT - out.size % STORED_ALIGNMENT) % STORED_ALIGNMENT);
        put(&out, tensor->section, tensor->section_size);
    }
    put(&out, file->tail, file->tail_size);
    if (out.size > out.max)
        return 0;
    repair(data, out.size);
    return out.size;
}

/* A number that a bound may have forgotten, or one near the old one. */
static uint64_t odd_number(uint32_t *state, uint64_t old)
{
    switch (random_below(state, 6)) {
    case 0: return old + 1;
    case 1: return old - 1;
    case 2: return random_below(state, 66);
    case 3: return ((uint64_t)1 << random_below(state, 64)) - random_below(state, 3);
    case 4: return old << random_below(state, 8);
    default: return old ^ (uint64_t)1 << random_below(state, 12);
    }
}

/* A copy of some bytes, changed. */
static const uint8_t *changed(const uint8_t *bytes, size_t *size, mutate_bytes *change)
{
    size_t most = sizeof scratch / 2;
    size_t length = *size < most ? *size : most;
    memcpy(scratch, bytes, length);
    *size = change(scratch, length, length + 64 < most ? length + 64 : most);
    return scratch;
}

/* Puts a number of any size, as a varint, in the place of some bytes near the section's start. */
static const uint8_t *with_number(tensor *tensor, uint32_t *state)
{
    size_t size = tensor->section_size;
    size_t head = random_below(state, (uint32_t)(size < 600 ? size : 600) + 1);
    size_t skip = random_below(state, 4);
    buffer out = {scratch, 0, sizeof scratch};
    if (random_below(state, 2))
        head = random_below(state, (uint32_t)(size < 8 ? size : 8) + 1);
    skip = skip > size - head ? size - head : skip;
    put(&out, tensor->section, head);
    put_varint(&out, odd_number(state, random_below(state, 256)));
    put(&out, tensor->section + head + skip, size - head - skip);
    tensor->section_size = out.size > out.max ? 0 : out.size;
    return scratch;
}

static void change_tensor(tensor *tensor, uint32_t *state, mutate_bytes *bytes)
{
    int dimension = (int)random_below(state, (uint32_t)tensor->rank);
    switch (random_below(state, 10)) {
    case 0:
        if (tensor->rank > 0)
            tensor->dimensions[dimension] = odd_number(state, tensor->dimensions[dimension]);
        break;
    case 1:
        tensor->rank = (int)random_below(state, 10);
        for (; dimension < tensor->rank; dimension++)
            tensor->dimensions[dimension] = 1 + random_below(state, 3);
        break;
    case 2:
        tensor->method = (uint8_t)((tensor->method & 0xf0) | random_below(state, 7));
        break;
    case 3:
        tensor->method = (uint8_t)((tensor->method & 0x0f) | random_below(state, 4) << 4 | (random_below(state, 4) == 0) << 6);
        break;
    case 4:
        tensor->type = (uint8_t)random_below(state, random_below(state, 2) ? 5 : 16);
        break;
    case 5:
        tensor->name_length = random_below(state, (uint32_t)tensor->name_length + 2);
        break;
    case 6:
        tensor->section_size = random_below(state, (uint32_t)tensor->section_size + 1);
        break;
    case 7: case 8:
        tensor->section = with_number(tensor, state);
        break;
    default:
        tensor->section = changed(tensor->section, &tensor->section_size, bytes);
        break;
    }
}

static void change_order(file *file, uint32_t *state)
{
    int from = (int)random_below(state, (uint32_t)file->count);
    int to = (int)random_below(state, (uint32_t)file->count);
    tensor moved = file->tensors[from];
    switch (random_below(state, 3)) {
    case 0: /* swap */
        file->tensors[from] = file->tensors[to];
        file->tensors[to] = moved;
        break;
    case 1: /* once more */
        if (file->count < FEW_TENSORS)
            file->tensors[file->count++] = moved;
        break;
    default: /* without */
        file->tensors[from] = file->tensors[--file->count];
        break;
    }
}

size_t mutate(uint8_t *data, size_t size, size_t max, unsigned seed, mutate_bytes *bytes)
{
    static file file;
    uint32_t state = seed * 2654435761u | 1;
    uint32_t kind = random_below(&state, 16);
    size_t result;
    if (kind < 4 || !take_apart(&file, data, size)) {
        result = bytes(data, size, max);
        repair(data, result);
        return result;
    }
    if (kind == 4) {
        file.tail = changed(file.tail, &file.tail_size, bytes);
    } else if (kind == 5 && file.count > 0) {
        change_order(&file, &state);
    } else if (file.count > 0) {
        change_tensor(&file.tensors[random_below(&state, (uint32_t)file.count)], &state, bytes);
    }
    result = put_together(&file, built, max);
    if (result == 0)
        return size;
    memcpy(data, built, result);
    return result;
}

size_t cross(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size, uint8_t *out, size_t max, unsigned seed)
{
    static file left, right;
    uint32_t state = seed * 2654435761u | 1;
    int i;
    if (!take_apart(&left, one, one_size) || !take_apart(&right, other, other_size))
        return 0;
    for (i = 0; i < right.count; i++) {
        tensor *tensor = &right.tensors[i];
        switch (random_below(&state, 4)) {
        case 0:
            if (left.count < FEW_TENSORS)
                left.tensors[left.count++] = *tensor;
            break;
        case 1:
            if (left.count > 0)
                left.tensors[random_below(&state, (uint32_t)left.count)] = *tensor;
            break;
        case 2: /* the parameters of one with the section of the other */
            if (left.count > 0) {
                tensor->section = left.tensors[0].section;
                tensor->section_size = left.tensors[0].section_size;
                left.tensors[0] = *tensor;
            }
            break;
        }
    }
    if (random_below(&state, 2)) {
        left.tail = right.tail;
        left.tail_size = right.tail_size;
    }
    return put_together(&left, out, max);
}
