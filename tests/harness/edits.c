#include "edits.h"

#include "golden.h"
#include "repair.h"

#include <string.h>

#define MOST 16
#define DIRECTORY_LENGTH (HASH_OFFSET + 8)
#define CHECKSUM 4

typedef struct editing {
    uint8_t *data;
    size_t size;
    uint32_t sequence;
} editing;

static uint32_t draw(editing *e, uint32_t bound)
{
    return sequence_next(&e->sequence, bound);
}

/* Where the directory ends, if its length takes one byte; else the start of it all that comes behind the header. */
static size_t directory_end(const editing *e)
{
    size_t end;
    if (e->size <= DIRECTORY_LENGTH || e->data[DIRECTORY_LENGTH] >= 0x80)
        return DIRECTORY_LENGTH;
    end = DIRECTORY_LENGTH + 1 + e->data[DIRECTORY_LENGTH];
    return end < e->size ? end : e->size;
}

static size_t place(editing *e)
{
    size_t end = directory_end(e), start = DIRECTORY_LENGTH, stop = e->size;
    switch (draw(e, 4)) {
    case 0: start = 0; break;
    case 1: stop = end; break;
    case 2: start = end; stop = end + 24; break;
    default: break;
    }
    if (stop > e->size)
        stop = e->size;
    return start < stop ? start + draw(e, (uint32_t)(stop - start)) : draw(e, (uint32_t)e->size);
}

/* At most MOST, and what is left behind `at`. */
static size_t length(editing *e, size_t at)
{
    size_t most = e->size - at < MOST ? e->size - at : MOST;
    return 1 + draw(e, (uint32_t)most);
}

static void fill(editing *e, uint8_t *bytes, size_t count)
{
    /* Noise, a chunk of the file, zeros or ones. */
    uint32_t kind = draw(e, 4);
    size_t i, from = draw(e, (uint32_t)(e->size - count + 1));
    if (kind == 1)
        memmove(bytes, e->data + from, count);
    for (i = 0; i < count && kind != 1; i++)
        bytes[i] = kind == 0 ? (uint8_t)draw(e, 256) : kind == 2 ? 0 : 0xff;
}

/* A number at the edge of some type, give or take one, as a varint or in 1 to 8 bytes. */
static void write_number(editing *e, size_t at)
{
    uint64_t number = (uint64_t)1 << draw(e, 64);
    size_t room = e->size - at, i, bytes = (size_t)1 << draw(e, 4);
    number += draw(e, 3);
    number -= 1;
    if (draw(e, 2)) {
        for (i = 0; i < room && i < 10; i++, number >>= 7) {
            e->data[at + i] = (uint8_t)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
            if (number <= 0x7f)
                break;
        }
    } else {
        for (i = 0; i < room && i < bytes; i++, number >>= 8)
            e->data[at + i] = (uint8_t)number;
    }
}

/* What announces the length of the directory, or of the last section, follows a change of it: else little would be read. */
static void announce(editing *e, size_t at, int change)
{
    size_t end = directory_end(e);
    uint8_t *last = e->data + end - CHECKSUM - 1;
    int announced;
    if (end <= DIRECTORY_LENGTH + CHECKSUM + 2)
        return;
    if (at > DIRECTORY_LENGTH && at < end) {
        announced = e->data[DIRECTORY_LENGTH] + change;
        if (announced > 0 && announced < 0x80)
            e->data[DIRECTORY_LENGTH] = (uint8_t)announced;
    } else if (at >= end) {
        int two = last[-1] >= 0x80;
        announced = (two ? last[-1] & 0x7f : 0) + (*last << (two ? 7 : 0)) + change;
        if (announced > 0 && announced < (two ? 0x4000 : 0x80)) {
            *last = (uint8_t)(two ? announced >> 7 : announced);
            if (two)
                last[-1] = (uint8_t)(0x80 | (announced & 0x7f));
        }
    }
}

static void insert(editing *e, size_t at)
{
    uint8_t bytes[MOST];
    size_t count = length(e, at);
    fill(e, bytes, count);
    announce(e, at, (int)count);
    memmove(e->data + at + count, e->data + at, e->size - at);
    memcpy(e->data + at, bytes, count);
    e->size += count;
}

static void take_out(editing *e, size_t at)
{
    size_t count = length(e, at);
    if (count == e->size)
        return;
    announce(e, at, -(int)count);
    memmove(e->data + at, e->data + at + count, e->size - at - count);
    e->size -= count;
}

static void change(editing *e)
{
    size_t at = place(e);
    switch (draw(e, 6)) {
    case 0: insert(e, at); break;
    case 1: take_out(e, at); break;
    case 2: write_number(e, at); break;
    case 3: e->data[at] = (uint8_t)draw(e, 256); break;
    default: fill(e, e->data + at, length(e, at)); break;
    }
}

size_t edit(const uint8_t *data, size_t size, uint64_t number, uint8_t *edited)
{
    editing e;
    uint32_t changes;
    /* Neighbouring seeds of this sequence are alike: they are spread first. */
    uint64_t seed = (number + 1) * 0x9e3779b97f4a7c15u;
    seed = (seed ^ seed >> 32) * 0xd6e8feb86659fd93u;
    e.data = edited;
    e.size = size;
    e.sequence = (uint32_t)(seed >> 32);
    memcpy(edited, data, size);
    for (changes = 1 + draw(&e, 3); changes > 0; changes--)
        change(&e);
    repair(edited, e.size);
    return e.size;
}
