#include "adversaries.h"

#include "golden.h"
#include "repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Flags of a context section: docs/format-context.md. */
enum { GAPS = 0, MIXED = 1, FULL = 2, DISTINCT = 3, ROW_MASK = 4, COLUMN_MASK = 8, PARENT = 16, PERIOD = 64 };

/* Second parameter byte of a coupled section: docs/format-coupled.md. */
enum { SHORT_ENTRIES = 0x20, LONG_ENTRIES = 0x30, ALIVE_ROWS = 0x40, ALIVE_COLUMNS = 0x80 };

typedef struct bytes {
    uint8_t *data;
    size_t size, room;
} bytes;

static adversary *list;
static int listed;

static void put(bytes *b, int byte)
{
    if (b->size == b->room) {
        b->room = b->room * 2 + 64;
        b->data = realloc(b->data, b->room);
        if (!b->data)
            exit(2);
    }
    b->data[b->size++] = (uint8_t)byte;
}

static void put_varint(bytes *b, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        put(b, (int)(value & 0x7f) | 0x80);
    put(b, (int)value);
}

static void put_all(bytes *b, const bytes *more)
{
    size_t i;
    for (i = 0; i < more->size; i++)
        put(b, more->data[i]);
}

/* A coder's stream: of one byte (0 makes every decision a 1, 0xff a 0), or with -1 of noise. */
static void put_stream(bytes *b, int byte, size_t count)
{
    uint32_t sequence = 1;
    for (; count > 0; count--)
        put(b, byte < 0 ? (int)sequence_next(&sequence, 256) : byte);
}

/* A directory entry without a name; the checksum is put right at the end. */
static void put_entry(bytes *b, int method, int type, uint64_t rows, uint64_t columns, size_t section)
{
    put_varint(b, 0);
    put(b, method);
    put(b, type | 2 << 4);
    put_varint(b, rows);
    put_varint(b, columns);
    put_varint(b, section);
    put_stream(b, 0, 4);
}

static void add(const char *name, uint64_t tensors, const bytes *entries, const bytes *sections)
{
    bytes file = {NULL, 0, 0}, directory = {NULL, 0, 0};
    put_varint(&directory, tensors);
    put_all(&directory, entries);
    put_stream(&file, 0, 12);
    memcpy(file.data, "WLS\1", 4);
    put_varint(&file, directory.size);
    put_all(&file, &directory);
    put_all(&file, sections);
    repair(file.data, file.size);
    list = realloc(list, ((size_t)listed + 1) * sizeof *list);
    if (!list)
        exit(2);
    snprintf(list[listed].name, sizeof list->name, "%s", name);
    list[listed].data = file.data;
    list[listed++].size = file.size;
    free(directory.data);
}

static void add_tensor(const char *name, int method, int type, uint64_t rows, uint64_t columns, bytes *section)
{
    bytes entry = {NULL, 0, 0};
    put_entry(&entry, method, type, rows, columns, section->size);
    add(name, 1, &entry, section);
    free(entry.data);
    free(section->data);
}

/* K centroids, most of which are denormal numbers, and the number of non-zeros. */
static void put_palette(bytes *b, int clusters, int type, uint64_t nonzeros)
{
    put(b, clusters);
    put_stream(b, 1, (size_t)clusters * type_size((wl_type)type));
    put_varint(b, nonzeros);
}

static void context(const char *name, int flags, int clusters, int type, uint64_t rows, uint64_t columns, int period, int stream,
                    size_t length)
{
    static const char *const streams[] = {"noise", "zeros", "ones"};
    char full[64];
    bytes s = {NULL, 0, 0};
    put(&s, clusters);
    put(&s, flags | (period ? PERIOD : 0));
    put_varint(&s, rows * columns / 2);
    if ((flags & 3) == GAPS)
        put(&s, clusters);
    if (period)
        put_varint(&s, (uint64_t)period);
    put_stream(&s, stream, length);
    snprintf(full, sizeof full, "context %s, %s", name, streams[stream < 0 ? 0 : stream == 0 ? 1 : 2]);
    add_tensor(full, WL_METHOD_CONTEXT, type, rows, columns, &s);
}

static void contexts(void)
{
    static const int streams[] = {-1, 0, 0xff};
    size_t i;
    for (i = 0; i < 3; i++) {
        int s = streams[i];
        context("one column", FULL, 9, WL_F32, 1 << 14, 1, 0, s, 1 << 14);
        context("one column, long period", FULL, 9, WL_F32, 1 << 14, 1, 4096, s, 1 << 14);
        context("columns, long period", FULL, 255, WL_U8, 4, 16384, 4096, s, 1 << 16);
        context("wide", MIXED, 255, WL_F16, 2, 1 << 15, 7, s, 1 << 16);
        context("one row", FULL, 1, WL_I8, 1, 1 << 16, 3, s, 64);
        context("row mask", GAPS | ROW_MASK, 1, WL_F32, 1 << 17, 1, 0, s, 64);
        context("both masks", FULL | ROW_MASK | COLUMN_MASK, 9, WL_F32, 2, 1 << 16, 300, s, 1 << 12);
        context("gaps", GAPS, 255, WL_F32, 64, 1024, 0, s, 1 << 16);
        context("gaps that cost nothing", GAPS, 1, WL_F32, 1 << 16, 1, 0, s, 4);
        context("gaps of masked columns", GAPS | COLUMN_MASK, 9, WL_BF16, 16, 1 << 12, 0, s, 1 << 12);
        context("distinct", DISTINCT, 255, WL_F32, 1, 1 << 16, 0, s, 1 << 8);
        context("distinct rows", DISTINCT | COLUMN_MASK, 255, WL_F32, 1 << 8, 1 << 8, 0, s, 1 << 8);
        context("one weight of many rows", FULL | ROW_MASK | COLUMN_MASK, 255, WL_F32, 1 << 17, 1, 0, s, 8);
    }
}

/* `pieces` pieces of so many cells and blocks. The directory entries rise by equal steps. */
static void coupled(const char *name, int cell_bits, int masks, uint64_t rows, uint64_t columns, int pieces, uint32_t cells,
                    uint32_t blocks, int mask)
{
    bytes s = {NULL, 0, 0};
    size_t cell_bytes = (size_t)(cells / 64) * (size_t)cell_bits * 8;
    uint32_t rest = cells % 64, block;
    int i;
    cell_bytes += (cell_bits >= 8 ? rest : 0) + (size_t)(cell_bits % 8 + (cell_bits == 16 ? 8 : 0)) * ((rest + 7) / 8);
    put_palette(&s, 1, WL_F32, 1);
    put(&s, (cell_bits - 1) | 7 << 4);
    put(&s, 9 | LONG_ENTRIES | masks);
    if (masks & ALIVE_ROWS)
        put_stream(&s, mask, (size_t)rows / 8);
    if (masks & ALIVE_COLUMNS)
        put_stream(&s, mask, (size_t)columns / 8);
    put_varint(&s, 1);
    put_varint(&s, blocks);
    for (i = 0; i < pieces; i++) {
        put_varint(&s, cells);
        put_varint(&s, (uint64_t)i);
    }
    for (i = 0; i < pieces; i++) {
        for (block = 1; block < blocks; block++) {
            uint32_t entry = (uint32_t)((uint64_t)cells * block / blocks);
            put(&s, (int)(entry & 0xff));
            put(&s, (int)(entry >> 8 & 0xff));
            put(&s, (int)(entry >> 16));
        }
        put_stream(&s, -1, cell_bytes);
    }
    add_tensor(name, WL_METHOD_COUPLED, WL_F32, rows, columns, &s);
}

static void filters(void)
{
    static const int coders[] = {WL_CODER_NONE, WL_CODER_ARITHMETIC};
    size_t i;
    coupled("coupled, 4096 pieces of a cell", 16, 0, 4096, 64, 4096, 1, 1, 0);
    coupled("coupled, 4096 pieces of three bits", 3, 0, 1, 4096 * 64, 4096, 1, 1, 0);
    coupled("coupled, a window a group", 16, 0, 64, 64, 1, 1 << 20, 64, 0);
    coupled("coupled, a window a group, three bits", 3, 0, 64, 64, 1, 1 << 20, 64, 0);
    coupled("coupled, every other row", 9, ALIVE_ROWS, 1 << 16, 1, 1, 4096, 512, 0x55);
    coupled("coupled, one column of eight", 9, ALIVE_COLUMNS, 1 << 14, 8, 1, 4096, 256, 0x10);
    for (i = 0; i < 2; i++) {
        bytes s = {NULL, 0, 0};
        put_palette(&s, 1, WL_F32, 1);
        put(&s, 16);
        put_varint(&s, 1 << 16);
        put_varint(&s, 0);
        put_stream(&s, -1, 3 << 17);
        add_tensor(i ? "bloomier, coded cells" : "bloomier, packed cells", WL_METHOD_BLOOMIER | coders[i] << 4, WL_F32, 1024, 64,
                   &s);
    }
}

static void symbols(void)
{
    int coder, stream;
    for (coder = WL_CODER_NONE; coder <= WL_CODER_ARITHMETIC; coder++) {
        for (stream = -1; stream <= 0xff; stream += 0x80) {
            bytes s = {NULL, 0, 0};
            put_palette(&s, 255, WL_F32, 1 << 17);
            /* A length is a nibble: 256 symbols of 8 bits each; below, three of one bit. */
            if (coder == WL_CODER_HUFFMAN)
                put_stream(&s, 0x88, 128);
            put_stream(&s, stream, 1 << 18);
            add_tensor("dense", WL_METHOD_DENSE | coder << 4, WL_F32, 1 << 9, 1 << 9, &s);
            memset(&s, 0, sizeof s);
            put_palette(&s, 1, WL_F32, 1 << 17);
            put(&s, 1);
            if (coder == WL_CODER_HUFFMAN)
                put_stream(&s, 0x11, 2);
            put_stream(&s, stream, 1 << 17);
            add_tensor("csr", WL_METHOD_CSR | coder << 4, WL_F32, 1 << 17, 2, &s);
        }
    }
}

/* Many tensors, each of which looks for a parent behind a thousand others. */
static void parents(void)
{
    bytes entries = {NULL, 0, 0}, sections = {NULL, 0, 0};
    int i;
    for (i = 0; i < 4096; i++) {
        bytes s = {NULL, 0, 0};
        put(&s, 1);
        put(&s, i < 1024 ? GAPS | ROW_MASK : GAPS | COLUMN_MASK | PARENT);
        put_varint(&s, 1);
        put(&s, 1);
        if (i >= 1024)
            put_varint(&s, 1023);
        put_entry(&entries, WL_METHOD_CONTEXT, WL_F32, 1, 1, s.size);
        put_all(&sections, &s);
        free(s.data);
    }
    add("4096 tensors with parents", 4096, &entries, &sections);
    free(entries.data);
    free(sections.data);
}

static void directories(void)
{
    bytes entries = {NULL, 0, 0}, nothing = {NULL, 0, 0};
    size_t i, j;
    for (i = 0; i < 1 << 16; i++) {
        put_varint(&entries, 0);
        put(&entries, WL_METHOD_DENSE);
        put(&entries, WL_F32 | 8 << 4);
        for (j = 0; j < 8; j++)
            put_varint(&entries, 1);
        put_varint(&entries, 0);
        put_stream(&entries, 0, 4);
    }
    add("65536 tensors", 1 << 16, &entries, &nothing);
    entries.size = 0;
    put_varint(&entries, 3 << 18);
    for (i = 0; i < 1 << 18; i++) {
        /* U+20AC: three bytes of UTF-8. */
        put(&entries, 0xe2);
        put(&entries, 0x82);
        put(&entries, 0xac);
    }
    put(&entries, WL_METHOD_STORED);
    put(&entries, WL_U8);
    put_varint(&entries, 1);
    put_stream(&entries, 0, 4);
    put(&nothing, 0);
    add("a long name", 1, &entries, &nothing);
    free(entries.data);
    free(nothing.data);
}

const adversary *adversaries(int *count)
{
    if (!list) {
        contexts();
        filters();
        symbols();
        parents();
        directories();
    }
    *count = listed;
    return list;
}
