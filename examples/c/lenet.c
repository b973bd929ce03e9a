/*
 * lenet.c - inference in plain C straight from a .wls file: LeNet-300-100, or any other stack of fully connected layers.
 *
 *     lenet FILE.wls IMAGES LABELS [COUNT]
 *
 * The file holds fc0.weight, fc0.bias, fc1.weight and so on: y = W x + b, and max(y, 0) between layers. IMAGES and LABELS
 * are MNIST's, unpacked. Prints the share of the first COUNT images (all by default) that are not told right.
 * No layer's matrix is ever in memory: wl_matvec multiplies with the encoded one. What is, are two vectors, the biases
 * and a workspace.
 * Build:  cc -std=c99 lenet.c $(pkg-config --cflags --libs weightless)
 *
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weightless.h"

#define MAX_LAYERS 16

typedef struct layer {
    uint32_t tensor; /* of the weights */
    size_t inputs, outputs;
    float *bias;
} layer;

typedef struct network {
    wl_model model;
    layer layers[MAX_LAYERS];
    int count;
    size_t widest; /* the longest vector between layers */
    void *workspace;
    size_t workspace_size;
} network;

static int fail(const char *path, const char *reason)
{
    fprintf(stderr, "lenet: %s: %s\n", path, reason);
    return 1;
}

/* Finds fcN.weight or fcN.bias and what it takes to use it. */
static wl_status find(network *net, int number, const char *kind, uint32_t *tensor, wl_tensor *info)
{
    char name[32];
    size_t workspace_size;
    wl_status status;
    snprintf(name, sizeof name, "fc%d.%s", number, kind);
    status = wl_find_tensor(&net->model, name, tensor);
    if (status == WL_OK)
        status = wl_tensor_info(&net->model, *tensor, info);
    if (status == WL_OK)
        status = wl_workspace_size(&net->model, *tensor, &workspace_size);
    if (status == WL_OK && workspace_size > net->workspace_size) {
        free(net->workspace);
        net->workspace_size = workspace_size;
        if (!(net->workspace = malloc(workspace_size)))
            status = WL_ERROR_WORKSPACE_SIZE;
    }
    return status;
}

static wl_status add_layer(network *net, int number)
{
    layer *layer = &net->layers[number];
    wl_tensor weights, bias;
    uint32_t bias_tensor;
    wl_status status = find(net, number, "weight", &layer->tensor, &weights);
    if (status == WL_OK)
        status = find(net, number, "bias", &bias_tensor, &bias);
    if (status != WL_OK)
        return status;

    layer->inputs = (size_t)weights.columns;
    layer->outputs = (size_t)weights.rows;
    if (bias.rows * bias.columns != layer->outputs || (number > 0 && net->layers[number - 1].outputs != layer->inputs))
        return WL_ERROR_CORRUPT;
    if (layer->outputs > net->widest)
        net->widest = layer->outputs;
    if (!(layer->bias = malloc(layer->outputs * sizeof(float))))
        return WL_ERROR_DST_SIZE;
    return wl_decode(&net->model, bias_tensor, WL_F32, layer->bias, layer->outputs * sizeof(float), net->workspace,
                     net->workspace_size);
}

static wl_status open_network(network *net, const void *data, size_t size)
{
    wl_status status = wl_open(data, size, &net->model);
    if (status == WL_OK)
        status = wl_verify(&net->model);
    for (; status == WL_OK && net->count < MAX_LAYERS; net->count++) {
        status = add_layer(net, net->count);
        if (status == WL_ERROR_NO_TENSOR && net->count > 0)
            return WL_OK;
    }
    return status;
}

/* The number of the largest output for the input in x; x and y have room for the widest layer. */
static wl_status classify(const network *net, float *x, float *y, size_t *class)
{
    int number;
    size_t i;
    *class = 0;
    for (number = 0; number < net->count; number++) {
        const layer *layer = &net->layers[number];
        float *swapped = x;
        wl_status status = wl_matvec(&net->model, layer->tensor, x, layer->inputs * sizeof *x, y, layer->outputs * sizeof *y,
                                     net->workspace, net->workspace_size);
        if (status != WL_OK)
            return status;
        for (i = 0; i < layer->outputs; i++) {
            y[i] += layer->bias[i];
            if (y[i] < 0 && number + 1 < net->count)
                y[i] = 0;
        }
        x = y;
        y = swapped;
    }
    for (i = 1; i < net->layers[net->count - 1].outputs; i++)
        if (x[i] > x[*class])
            *class = i;
    return WL_OK;
}

/* Opens a file of MNIST's format and reads its header: a magic number, the item count, and the item's dimensions. */
static FILE *open_idx(const char *path, int dimensions, size_t *count, size_t *item_size)
{
    unsigned char header[16];
    size_t i, j, length = 4 * (size_t)dimensions + 4;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    if (fread(header, 1, length, file) != length || header[2] != 8 || header[3] != dimensions) {
        fclose(file);
        errno = EINVAL;
        return NULL;
    }
    *item_size = 1;
    for (i = 4; i < length; i += 4) {
        size_t size = 0;
        for (j = 0; j < 4; j++)
            size = size << 8 | header[i + j];
        if (i == 4)
            *count = size;
        else
            *item_size *= size;
    }
    return file;
}

static int run(network *net, const char *const *paths, size_t limit)
{
    size_t count, label_count, pixels, label_size, image, i, class, wrong = 0;
    FILE *images = open_idx(paths[1], 3, &count, &pixels);
    FILE *labels = open_idx(paths[2], 1, &label_count, &label_size);
    float *x, *y;
    unsigned char *bytes;
    if (!images || !labels)
        return fail(images ? paths[2] : paths[1], errno == EINVAL ? "is not an unpacked MNIST file" : strerror(errno));
    if (pixels != net->layers[0].inputs || count != label_count)
        return fail(paths[1], "does not fit the network or the labels");
    if (pixels > net->widest)
        net->widest = pixels;
    if (limit > 0 && limit < count)
        count = limit;

    x = malloc(net->widest * sizeof *x);
    y = malloc(net->widest * sizeof *y);
    bytes = malloc(pixels);
    if (!x || !y || !bytes)
        return fail(paths[0], "out of memory");
    for (image = 0; image < count; image++) {
        const int label = getc(labels);
        wl_status status;
        if (label == EOF || fread(bytes, 1, pixels, images) != pixels)
            return fail(paths[1], "ends early");
        for (i = 0; i < pixels; i++)
            x[i] = (float)bytes[i] / 255;
        status = classify(net, x, y, &class);
        if (status != WL_OK)
            return fail(paths[0], wl_status_string(status));
        wrong += class != (size_t)label;
    }
    printf("%zu of %zu images wrong: top-1 error %.2f %%\n", wrong, count, count ? 100.0 * (double)wrong / (double)count : 0);
    free(x);
    free(y);
    free(bytes);
    fclose(images);
    fclose(labels);
    return 0;
}

int main(int argc, char **argv)
{
    static network net;
    const char *const *paths = (const char *const *)argv + 1;
    struct stat file;
    void *data;
    int descriptor, result;
    wl_status status;

    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: lenet FILE.wls IMAGES LABELS [COUNT]\n");
        return 2;
    }
    if (!WL_ABI_MATCHES())
        return fail(paths[0], "libweightless has another ABI than the header that this program was compiled with");
    descriptor = open(paths[0], O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &file) != 0)
        return fail(paths[0], strerror(errno));
    data = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (data == MAP_FAILED)
        return fail(paths[0], strerror(errno));

    status = open_network(&net, data, (size_t)file.st_size);
    result = status == WL_OK ? run(&net, paths, argc == 5 ? (size_t)strtoul(argv[4], NULL, 10) : 0)
                             : fail(paths[0], wl_status_string(status));
    while (net.count > 0)
        free(net.layers[--net.count].bias);
    free(net.workspace);
    munmap(data, (size_t)file.st_size);
    return result;
}
