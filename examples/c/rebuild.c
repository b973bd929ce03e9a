/*
 * rebuild.c - streams the .onnx or .tflite model that a .wls file was encoded from to a file, as a board would to its flash.
 *
 *     rebuild FILE.wls MODEL
 *
 * Memory: the mapped file, a buffer of 64 KiB, and the workspace that the library asks for, whatever the size of the model. Prints how
 * many bytes the model has, and their 64-bit FNV-1a.
 * Build:  cc -std=c99 rebuild.c libweightless.a      or      cc -std=c99 rebuild.c -lweightless
 *
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weightless.h"

#define BUFFER 65536

static unsigned char buffer[BUFFER];

static uint64_t fnv1a(uint64_t hash, const unsigned char *bytes, size_t count)
{
    while (count-- > 0)
        hash = (hash ^ *bytes++) * UINT64_C(0x100000001b3);
    return hash;
}

static int write_all(int file, const unsigned char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return 0;
        bytes += written;
        count -= (size_t)written;
    }
    return 1;
}

static int fail(const char *path, const char *reason)
{
    fprintf(stderr, "rebuild: %s: %s\n", path, reason);
    return 1;
}

/* One range after the other, in one workspace: each goes on where the last one ended. */
static int rebuild(const wl_model *model, const char *path, int file, const char *target)
{
    uint64_t size, first, count, hash = UINT64_C(0xcbf29ce484222325);
    size_t workspace_size;
    void *workspace;
    wl_status status = wl_rebuild_size(model, &size, &workspace_size);
    if (status != WL_OK)
        return fail(path, wl_status_string(status));
    if (!(workspace = malloc(workspace_size)))
        return fail(path, strerror(errno));
    for (first = 0; first < size; first += count) {
        count = size - first < BUFFER ? size - first : BUFFER;
        status = wl_rebuild(model, first, count, buffer, BUFFER, workspace, workspace_size);
        if (status != WL_OK)
            return fail(path, wl_status_string(status));
        if (!write_all(file, buffer, (size_t)count))
            return fail(target, strerror(errno));
        hash = fnv1a(hash, buffer, (size_t)count);
    }
    free(workspace);
    printf("%" PRIu64 " bytes, %016" PRIx64 "\n", size, hash);
    return 0;
}

int main(int argc, char **argv)
{
    const char *path, *target;
    struct stat information;
    void *data;
    int descriptor, file, failed;
    wl_model model;
    wl_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: rebuild FILE.wls MODEL\n");
        return 2;
    }
    path = argv[1];
    target = argv[2];
    if (!WL_ABI_MATCHES())
        return fail(path, "libweightless has another ABI than the header that this program was compiled with");

    descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &information) != 0)
        return fail(path, strerror(errno));
    if (information.st_size == 0)
        return fail(path, "the file is empty");
    data = mmap(NULL, (size_t)information.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (data == MAP_FAILED)
        return fail(path, strerror(errno));

    status = wl_open(data, (size_t)information.st_size, &model);
    /* A model of damaged weights is worse than none. */
    if (status == WL_OK)
        status = wl_verify(&model);
    if (status != WL_OK)
        return fail(path, wl_status_string(status));

    file = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0)
        return fail(target, strerror(errno));
    failed = rebuild(&model, path, file, target);
    if (!failed && (fsync(file) != 0 && errno != EINVAL))
        failed = fail(target, strerror(errno));
    if (close(file) != 0 && !failed)
        failed = fail(target, strerror(errno));
    munmap(data, (size_t)information.st_size);
    return failed || fflush(stdout) != 0;
}
