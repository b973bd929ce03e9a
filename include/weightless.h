/*
 * weightless.h - decode pruned, clustered neural network weights from a .wls file.
 *
 * One self-contained header for C99 and C++11. The rules that hold for every function:
 *
 *  - Memory is the caller's. No function allocates, keeps a pointer after it returns (but for what wl_open and
 *    wl_index store in *model), or frees anything. The .wls bytes must stay readable and unchanged while the model is in use.
 *  - A file is hostile until checked. Whatever its bytes are, no function reads outside [data, data + size), writes
 *    outside dst or workspace, or loops longer than the output and the input account for. It returns a status. What is
 *    promised in numbers, and what is not, is in docs/threat-model.md.
 *  - On an error the contents of dst and workspace are unspecified and the model stays usable.
 *  - The environment variable WEIGHTLESS_ISA (scalar, vector128, sse, neon, avx2, avx512), read once, chooses among the variants of the
 *    vectorised loops. All give the same bytes; one that the machine does not have is ignored.
 *  - Any function may be called from any thread, on one open model too, as long as each call in flight has a dst and
 *    a workspace of its own; from a signal handler too, while the thread is within another call, and from a destructor.
 *  - The process is the host's. The library starts no thread, handles no signal, reads no other environment variable, asks
 *    nothing of the system, and holds nothing between two calls: a thread may jump out of a call. No call is a
 *    cancellation point, and none is async-cancel-safe (PTHREAD_CANCEL_ASYNCHRONOUS). It uses
 *    at most WL_MAX_STACK bytes of stack, so that a thread with 20 KiB of stack can call any function.
 *  - Sizes are in bytes, indexes start at 0, weights are row-major: rows is the tensor's first dimension, columns is
 *    the product of the others. All of it is little-endian, as are the machines (x86-64 and arm64).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_H
#define WEIGHTLESS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. wl_version() tells the library's; the major number is that of the ABI. */
#define WL_VERSION_MAJOR 1
#define WL_VERSION_MINOR 0
#define WL_VERSION_PATCH 0
#define WL_VERSION (WL_VERSION_MAJOR * 65536 + WL_VERSION_MINOR * 256 + WL_VERSION_PATCH)

/*
 * Programs compiled with this header run with every library of its major version that is not older than it. Where the
 * library may be another one than was meant, as with dlopen or an update, check once before anything else:
 *   if (!WL_ABI_MATCHES()) fail
 * pkg-config and CMake define WL_LIBRARY_ABI as the major number of the library they link; a header of another does not compile.
 */
#define WL_ABI_MATCHES() (wl_version() / 65536 == WL_VERSION_MAJOR && wl_version() >= WL_VERSION)
#if defined(WL_LIBRARY_ABI) && WL_LIBRARY_ABI != WL_VERSION_MAJOR
#error "weightless.h and the libweightless that is to be linked have different ABIs"
#endif

/* No function uses more bytes of the calling thread's stack. */
#define WL_MAX_STACK 13312

/* A tensor has at most this many dimensions. */
#define WL_MAX_RANK 8

/*
 * What a call can answer. The numbers are pinned: they never change and are never used again.
 */
typedef int32_t wl_status;
enum {
    WL_OK = 0,
    /* the caller's mistakes */
    WL_ERROR_ARGUMENT = 1,        /* a null pointer, an unknown type number, a model that wl_open did not fill */
    WL_ERROR_NO_TENSOR = 2,       /* no tensor has that index or name */
    WL_ERROR_TYPE = 3,            /* this tensor cannot be decoded to that type: see wl_decode */
    WL_ERROR_ROWS = 4,            /* first_row + row_count is beyond the last row; first_byte + count beyond the last byte */
    WL_ERROR_DST_SIZE = 5,        /* dst is too small for the output */
    WL_ERROR_WORKSPACE_SIZE = 6,  /* workspace is smaller than wl_workspace_size says */
    WL_ERROR_NO_MODEL = 7,        /* the file holds tensors only, and no model to rebuild */
    /* what is wrong with the file */
    WL_ERROR_MAGIC = 16,          /* the bytes are not a .wls file */
    WL_ERROR_VERSION = 17,        /* a .wls file of a version that this library does not read */
    WL_ERROR_TRUNCATED = 18,      /* the file ends before its directory or its sections do */
    WL_ERROR_DIRECTORY = 19,      /* the directory fails its checksum or contradicts itself */
    WL_ERROR_CHECKSUM = 20,       /* a section fails its checksum (only wl_verify computes it) */
    WL_ERROR_CORRUPT = 21,        /* a section contradicts itself or its directory entry */
    WL_ERROR_UNSUPPORTED = 22,    /* a method or coder that this library does not know */
    /* ours */
    WL_ERROR_INTERNAL = 48        /* a defect of the library: please report it */
};

/* Element types. The first group is the types a tensor can have; WL_ID8 is an output type only. */
typedef uint32_t wl_type;
enum {
    WL_F32 = 0,
    WL_F16 = 1,
    WL_BF16 = 2,
    WL_I8 = 3,
    WL_U8 = 4,
    WL_F64 = 5,
    WL_I16 = 6,
    WL_U16 = 7,
    WL_I32 = 8,
    WL_U32 = 9,
    WL_I64 = 10,
    WL_U64 = 11,
    WL_BOOL = 12,
    WL_ID8 = 32 /* one byte a weight: 0 for a zero weight, 1..clusters for the centroid with that number */
};

/* How a tensor is encoded: wl_tensor.method and wl_tensor.coder. */
enum {
    WL_METHOD_STORED = 0,
    WL_METHOD_DENSE = 1,
    WL_METHOD_CSR = 2,
    WL_METHOD_BLOOMIER = 3,
    WL_METHOD_COUPLED = 4,
    WL_METHOD_CONTEXT = 5,
    WL_METHOD_WORDS = 6,
    WL_METHOD_EXPONENT = 7
};
enum {
    WL_CODER_NONE = 0,
    WL_CODER_HUFFMAN = 1,
    WL_CODER_ARITHMETIC = 2,
    WL_CODER_TANS = 3
};

/*
 * An open model. The caller owns it (on the stack, say); wl_open fills it; nothing has to be closed. It may be copied.
 * Its fields are the library's.
 */
typedef struct wl_model {
    const void *data;
    size_t size;
    uint64_t opaque[12];
} wl_model;

/* What the file says of a tensor: filled by wl_tensor_info. Pointers point into the file. */
typedef struct wl_tensor {
    const char *name;         /* UTF-8, not terminated */
    const void *stored;       /* method stored: the elements themselves, usable where they lie; NULL for any other.
                                 They start at a multiple of 64 bytes from the start of the file. */
    uint64_t shape[WL_MAX_RANK]; /* dimensions beyond rank are 1 */
    uint64_t rows;            /* shape[0]; 1 for a scalar */
    uint64_t columns;         /* the product of the other dimensions; 1 for a vector or a scalar */
    uint64_t nonzeros;        /* non-zero weights that were encoded; all weights for methods stored and exponent */
    uint64_t encoded_bytes;   /* all that the file holds for it: entry, name, section, padding */
    uint64_t channels;        /* of a grid: how many scales wl_tensor_scales gives, 1 for a tensor that has one; 0 otherwise */
    uint32_t name_length;
    uint32_t rank;
    wl_type type;             /* type of the elements that were encoded */
    uint32_t method;          /* WL_METHOD_... */
    uint32_t coder;           /* WL_CODER_... */
    uint32_t clusters;        /* centroids, 0..255; 0 for methods stored and exponent */
    uint32_t cell_bits;       /* bits a cell of a filter (bloomier, coupled), 1..16; 0 for the exact methods */
    uint32_t grid_bits;       /* of a grid: bits that an integer may need, 8..16; 0 for tensors of other values */
    uint32_t channel_axis;    /* of a grid: the dimension along which the scales run */
    uint32_t reserved;
} wl_tensor;

/* What a managed runtime inside the library would have done: filled by wl_managed_memory. */
typedef struct wl_managed {
    uint64_t allocated_bytes; /* managed bytes ever allocated by the calling thread: 0 */
    uint64_t collections;     /* garbage collections of the process: 0 */
} wl_managed;

/*
 * Whether this machine has what the library was compiled for; INTERNAL if not, and then from every function with a status.
 * Optional: nothing has to be started, and a first call costs no more than a later one. Since 1.0.
 */
wl_status wl_init(void);

/* The library's version, as in WL_VERSION. Compare its major number with WL_VERSION_MAJOR. Since 1.0. */
uint32_t wl_version(void);

/* A constant English sentence for a status, also for numbers it does not know. Never NULL. Since 1.0. */
const char *wl_status_string(wl_status status);

/*
 * Checks the header and the directory of the .wls at [data, data + size) and fills *model. Nothing is copied: a mmap
 * of the file will do, at any address. Bytes after the last section are ignored, so a flash partition may be larger
 * than its file. Sections are looked at when they are used: wl_verify checks all of them.
 * Hostile input: reads the directory only, in time proportional to its size.
 * Errors: ARGUMENT, MAGIC, VERSION, TRUNCATED, DIRECTORY, UNSUPPORTED. Since 1.0.
 */
wl_status wl_open(const void *data, size_t size, wl_model *model);

/* The number of tensors in the file; 0 for NULL. Since 1.0. */
uint32_t wl_tensor_count(const wl_model *model);

/*
 * How many bytes wl_index needs: 24 a tensor, and 7. Errors: ARGUMENT. Since 1.0.
 */
wl_status wl_index_size(const wl_model *model, size_t *size);

/*
 * An index of the directory, for models of many tensors. A call that is given a tensor's number walks the directory up to it,
 * so that listing n tensors takes time proportional to n * n. With an index each takes the same time, and finding a tensor by its
 * name the logarithm of n. wl_index fills the bytes at memory, of any alignment, and has *model use them from now on, as copies
 * of *model made later do: they must stay where they are and unchanged for as long. It writes to *model: no other call may use that
 * meanwhile. Hostile input: as wl_open, and sorting n numbers. Errors: ARGUMENT, WORKSPACE_SIZE (fewer bytes than wl_index_size
 * says). Since 1.0.
 */
wl_status wl_index(wl_model *model, void *memory, size_t size);

/*
 * Fills *info for the tensor with that index. Without wl_index it walks the directory: time proportional to the index.
 * Hostile input: reads the entry and the section's first bytes. Errors: ARGUMENT, NO_TENSOR, CORRUPT. Since 1.0.
 */
wl_status wl_tensor_info(const wl_model *model, uint32_t tensor, wl_tensor *info);

/*
 * Finds a tensor by its name (zero-terminated UTF-8) and puts its index into *tensor; of two of one name the first.
 * Errors: ARGUMENT, NO_TENSOR. Since 1.0.
 */
wl_status wl_find_tensor(const wl_model *model, const char *name, uint32_t *tensor);

/*
 * How many bytes of workspace any of the functions below needs for this tensor, whatever the type and the rows; may
 * be 0. Any alignment will do. Errors: ARGUMENT, NO_TENSOR, CORRUPT. Since 1.0.
 *   stored, dense and csr:  at most 32 KiB (0 with nothing to unpack or to remember); csr with coder tans at most 64 KiB
 *   bloomier, coder none:   0
 *   bloomier, other coders: the cells unpacked, 1 or 2 bytes a cell
 *   coupled, words, exponent: at most 64 KiB
 *   context:                about 20 to 600 KiB, by the encoder's strength and the tensor's shape
 */
wl_status wl_workspace_size(const wl_model *model, uint32_t tensor, size_t *size);

/*
 * Decodes a whole tensor: rows x columns elements of the type, row-major, at dst (any alignment).
 *   f32, f16, bf16 tensors decode to WL_F32, WL_F16, WL_BF16 (rounded to nearest even) or WL_ID8;
 *   i8 and u8 tensors to their own type, WL_F32 or WL_ID8; every other type to itself alone. Methods stored and exponent
 *   have no ids. Grids decode to their integers too: to WL_I16, and with grid_bits = 8 to WL_I8; those with low bits or
 *   patches have no ids. dst_size may be larger than the output: the rest is left alone. dst may be NULL
 *   if the output is empty, workspace if its size is 0.
 * Hostile input: writes only into dst and workspace, and takes time proportional to weights plus encoded bytes.
 * Errors: ARGUMENT, NO_TENSOR, TYPE, DST_SIZE, WORKSPACE_SIZE, CORRUPT. Since 1.0.
 */
wl_status wl_decode(const wl_model *model, uint32_t tensor, wl_type type, void *dst, size_t dst_size, void *workspace,
                    size_t workspace_size);

/*
 * The same for rows [first_row, first_row + row_count), so that a layer larger than memory can be used band by band.
 * What a band costs:
 *   stored, dense with coder none, bloomier with coder none, coupled: the rows asked for, wherever they are.
 *   csr with coder tans: the bands of some thousand non-zeros that the rows are in, wherever they are, and one hash of the
 *     workspace; rows that follow the previous call's on that workspace go on from there.
 *   words, exponent: the bands that the rows are in, which the encoder makes of 2^n rows and at most 32,768 weights each.
 *   bloomier with another coder: the first call unpacks the cells into the workspace; later ones on that workspace cost
 *     the rows asked for and one hash of the workspace.
 *   the others are sequential: a band that starts where the previous call on that workspace ended goes on from there, any
 *     other band costs as much as decoding from the first row.
 * "That workspace" means at the same address and not written to since: the library seals what it leaves there, notices
 * if the seal is broken, and starts anew. A first use needs no initialisation.
 * Errors: as wl_decode, and ROWS. Since 1.0.
 */
wl_status wl_decode_rows(const wl_model *model, uint32_t tensor, wl_type type, uint64_t first_row, uint64_t row_count,
                         void *dst, size_t dst_size, void *workspace, size_t workspace_size);

/*
 * Decodes the elements that are not zero into compressed sparse rows: row_offsets gets rows + 1 numbers, and those of row r are
 * elements row_offsets[r] up to row_offsets[r + 1] of column_indexes and values, by ascending column. Not zero is an
 * element of the given type with any bit set; of the filters (bloomier, coupled) that includes their false positives, so that it is
 * exactly what wl_decode gives. With csr, and with context where most weights are zero, its time goes by the non-zeros.
 * capacity is the number of elements that column_indexes and values have room for. If there are more, the answer is
 * WL_ERROR_DST_SIZE, and row_offsets is right all the same: with a capacity of 0 (and then NULL) the elements are counted,
 * row_offsets[rows] of them, at the cost of decoding. All arrays belong to the caller.
 * Types and hostile input: as wl_decode. Errors: ARGUMENT, NO_TENSOR, TYPE, DST_SIZE (also if row_offsets_size, in
 * bytes, is too small, or a column's number does not fit 32 bits), WORKSPACE_SIZE, CORRUPT. Since 1.0.
 */
wl_status wl_decode_csr(const wl_model *model, uint32_t tensor, wl_type type, uint64_t *row_offsets, size_t row_offsets_size,
                        uint32_t *column_indexes, void *values, size_t capacity, void *workspace, size_t workspace_size);

/*
 * y = W x straight from the encoded tensor; the dense matrix never exists. x has columns floats, y gets rows floats, and the two
 * must not overlap; any alignment will do, sizes are in bytes. Tensors that decode to WL_F32 can be multiplied.
 * The result has the same bits on every machine: for each row 32 sums, of the columns with the same number modulo 32
 * in ascending order, every product and every sum rounded to a float; then sum i += sum i + 16 for i below 16, and so on with 8,
 * 4, 2 and 1. It is that of the elements that wl_decode gives, zeros included: 0 times infinity is not a number, and one
 * that is not is 0x7fc00000.
 * Hostile input: as wl_decode. Errors: ARGUMENT (also if x_size is too small), NO_TENSOR, TYPE,
 * DST_SIZE (y_size is too small), WORKSPACE_SIZE, CORRUPT. Since 1.0.
 */
wl_status wl_matvec(const wl_model *model, uint32_t tensor, const float *x, size_t x_size, float *y, size_t y_size,
                    void *workspace, size_t workspace_size);

/*
 * A grid is a tensor whose elements are integers times scales: element = (float)integer * scale, rounded once to a float, and then to
 * the output's type. For runtimes with kernels for integers: wl_decode gives the integers as WL_I8 or WL_I16, and this
 * function the scales of channels [first_channel, first_channel + count). An element's channel is its index along dimension
 * channel_axis of wl_tensor; with channels = 1 there is one scale for all. Scales are at least 2^-126 and below 2^112, so that no
 * element is subnormal or infinite as a float.
 * Hostile input: reads the section's header, in time proportional to it.
 * Errors: ARGUMENT, NO_TENSOR, TYPE (it is no grid), ROWS (it has fewer channels), CORRUPT. Since 1.0.
 */
wl_status wl_tensor_scales(const wl_model *model, uint32_t tensor, uint64_t first_channel, uint64_t count, float *scales);

/*
 * A file that was encoded from an .onnx or a .tflite model holds the rest of that model too, and the model file can be had again:
 * byte for byte where its tensors were encoded exactly, else as long as it was and with the weights that wl_decode gives.
 * wl_rebuild_size tells how long it is, and how much workspace wl_rebuild needs: room for what is decoded together (a band of
 * words and exponent, a row of context, at most 128 KiB for tensors of usual shapes), for the tensor that needs most, and for the rest of
 * the model, at most 400 KiB.
 * Hostile input: reads the directory and the sections' headers. A size that is not the one expected is the file's word alone.
 * Errors: ARGUMENT, NO_MODEL, CORRUPT. Since 1.0.
 */
wl_status wl_rebuild_size(const wl_model *model, uint64_t *size, size_t *workspace_size);

/*
 * Writes bytes [first_byte, first_byte + count) of that model file to dst (any alignment), for example to a flash partition piece
 * by piece, or into the one buffer that a runtime reads a model from. Ranges in order, on one workspace, cost one decode of each
 * tensor together, whatever their length, and a hash of the workspace each: "that workspace" of wl_decode_rows. In another order a
 * range costs what a band does there, and of the rest of the model what decoding it from the start does. dst_size may be larger than
 * count; a workspace of the size that wl_rebuild_size gives is enough for every range, and a smaller one for some.
 * A first use of it needs no initialisation.
 * Hostile input: as wl_decode. Errors: ARGUMENT, NO_MODEL, ROWS, DST_SIZE, WORKSPACE_SIZE, CORRUPT. Since 1.0.
 */
wl_status wl_rebuild(const wl_model *model, uint64_t first_byte, uint64_t count, void *dst, size_t dst_size, void *workspace,
                     size_t workspace_size);

/*
 * Checks every section against its checksum and every tensor's parameters: worth doing once after a download. It reads
 * the whole file and writes nothing. A file that passes decodes to what was encoded, unless somebody made it to deceive;
 * a file that fails is still safe to decode. Errors: ARGUMENT, CHECKSUM, CORRUPT. Since 1.0.
 */
wl_status wl_verify(const wl_model *model);

/*
 * For hosts that measure what a call allocates: there is no managed heap in the library and no collector, so that both numbers are 0.
 * Errors: ARGUMENT. Since 1.0.
 */
wl_status wl_managed_memory(wl_managed *managed);

#ifdef __cplusplus
}
#endif

#endif
