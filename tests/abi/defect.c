/*
 * defect.c - how a call ends that comes upon a defect of the library. It has none that is known, so these are the functions around
 * the compiled C# (src/NativeDecoder/Host) with others in its place.
 * SPDX-License-Identifier: MIT
 */
#include "../../src/NativeDecoder/Host/runtime.h"
#include "check.h"

#include "weightless.h"

#include <pthread.h>
#include <string.h>

/* What exports.c calls. */
wl_status managed_wl_init(void);
uint32_t managed_wl_version(void);
const char *managed_wl_status_string(wl_status status);
wl_status managed_wl_open(const void *data, size_t size, wl_model *model);
uint32_t managed_wl_tensor_count(const wl_model *model);
wl_status managed_wl_verify(const wl_model *model);

/* What runtime.c asks of NativeAOT. */
extern const int g_requiredCpuFeatures;
int minipal_getcpufeatures(void);

/* Where an index out of range leads, an allocation, and all else that needs the runtime that is not there. */
void runtime_defect(void);

const int g_requiredCpuFeatures = 4;

int minipal_getcpufeatures(void)
{
    return 5;
}

static wl_status status_within;

wl_status managed_wl_init(void)
{
    return WL_OK;
}

uint32_t managed_wl_version(void)
{
    runtime_defect();
    return WL_VERSION;
}

const char *managed_wl_status_string(wl_status status)
{
    (void)status;
    runtime_defect();
    return NULL;
}

wl_status managed_wl_open(const void *data, size_t size, wl_model *model)
{
    (void)data;
    (void)size;
    (void)model;
    runtime_defect();
    return WL_OK;
}

uint32_t managed_wl_tensor_count(const wl_model *model)
{
    (void)model;
    runtime_defect();
    return 1;
}

/* A call within a call, as of a signal handler, and then a defect of the outer one. */
wl_status managed_wl_verify(const wl_model *model)
{
    status_within = wl_open(model, 0, NULL);
    runtime_defect();
    return WL_OK;
}

static void defects(const void *unused)
{
    int round;
    (void)unused;
    for (round = 0; round < 3; round++) {
        CHECK_STATUS(wl_init(), WL_OK);
        CHECK(wl_version() == 0);
        CHECK(strcmp(wl_status_string(WL_OK), "") == 0);
        CHECK(wl_open("", 0, NULL) == WL_ERROR_INTERNAL);
        CHECK(wl_tensor_count(NULL) == 0);
    }
}

static void nested_defects(const void *unused)
{
    (void)unused;
    CHECK(wl_verify(NULL) == WL_ERROR_INTERNAL && status_within == WL_ERROR_INTERNAL);
    CHECK(!runtime_defect_end);
}

static void *call(void *result)
{
    int round;
    for (round = 0; round < 10000 && *(int *)result; round++)
        *(int *)result = wl_open("", 0, NULL) == WL_ERROR_INTERNAL && wl_init() == WL_OK;
    return NULL;
}

/* Each thread's call ends where it began. */
static void defects_in_threads(const void *unused)
{
    pthread_t threads[4];
    int good[4], i;
    (void)unused;
    for (i = 0; i < 4; i++) {
        good[i] = 1;
        CHECK(pthread_create(&threads[i], NULL, call, &good[i]) == 0);
    }
    for (i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (i = 0; i < 4; i++)
        CHECK(good[i]);
}

/* Instead of an instruction that the machine does not know. */
static void lesser_machine(const void *unused)
{
    (void)unused;
    CHECK(runtime_is_ready);
    runtime_is_ready = 0;
    CHECK(wl_init() == WL_ERROR_INTERNAL && wl_version() == 0 && wl_tensor_count(NULL) == 0);
    runtime_is_ready = 1;
    CHECK_STATUS(wl_init(), WL_OK);
}

int main(void)
{
    check_run("defect", "calls", defects, NULL);
    check_run("defect", "nested", nested_defects, NULL);
    check_run("defect", "threads", defects_in_threads, NULL);
    check_run("defect", "lesser_machine", lesser_machine, NULL);
    return check.failed ? 1 : 0;
}
