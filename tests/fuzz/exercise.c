#include "exercise.h"

#include "check.h"
#include "golden.h"
#include "guard.h"
#include "repair.h"
#include "compare.h"
#include "script.h"

#include <string.h>

/* What an input may cost, in weights of the cheapest kind, and what those of other kinds cost. */
#define BUDGET 8192
#define COST_CONTEXT 32
#define COST_ARITHMETIC 4

/* More memory than this is not given, and must be found missing. */
#define MOST_OUTPUT ((uint64_t)8 * BUDGET)
#define MOST_WORKSPACE ((size_t)1 << 20)

/* What a workspace is filled with, so that an input does the same every time. */
#define FRESH 0x5b

#define MOST_CALLS 6

/* One input's run. */
typedef struct session {
    script script;
    wl_model model;
    int place;
    uint64_t budget;
    int has_workspace; /* workspace_guard holds what an earlier call left there */
} session;

/* What a call is made with. */
typedef struct call {
    wl_tensor info;
    wl_model model;
    uint32_t tensor;
    wl_type type;
    uint64_t first, count; /* rows */
    uint64_t bytes;        /* that the rows take; saturated */
    size_t dst_size, workspace_size;
    void *dst, *workspace;
    int must_fail;
    int may_fail; /* an argument is wrong, though perhaps not needed */
} call;

static guard file_guard, dst_guard, workspace_guard, index_guard, value_guard, vector_guard;

static void check_known(wl_status status)
{
    CHECK(status >= WL_OK && status <= WL_ERROR_UNSUPPORTED && (status <= WL_ERROR_NO_MODEL || status >= WL_ERROR_MAGIC));
}

static void check_guards(void)
{
    CHECK(guard_intact(&dst_guard) && guard_intact(&workspace_guard) && guard_intact(&index_guard));
    CHECK(guard_intact(&value_guard) && guard_intact(&vector_guard) && guard_intact(&file_guard));
}

/* Saturated. */
static uint64_t times(uint64_t a, uint64_t b)
{
    return a != 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t cost_of(const wl_tensor *info, uint64_t weights)
{
    return times(weights, info->method == WL_METHOD_CONTEXT ? COST_CONTEXT : info->coder == WL_CODER_ARITHMETIC ? COST_ARITHMETIC : 1);
}

static int afford(session *session, uint64_t cost)
{
    if (cost > session->budget)
        return 0;
    session->budget -= cost;
    return 1;
}

/* Whether a band costs its own rows only. */
static int is_seekable(const wl_tensor *info)
{
    return info->method == WL_METHOD_STORED || info->method == WL_METHOD_COUPLED || info->method == WL_METHOD_BLOOMIER || info->method == WL_METHOD_WORDS
        || info->method == WL_METHOD_EXPONENT
        || (info->method == WL_METHOD_DENSE && info->coder == WL_CODER_NONE)
        || (info->method == WL_METHOD_CSR && info->coder == WL_CODER_TANS);
}

/* Draws a tensor and an output type; returns 0 if there is nothing to decode. */
static int choose(session *session, call *call)
{
    script *script = &session->script;
    wl_status status, asked;
    memset(call, 0, sizeof *call);
    call->model = session->model;
    call->tensor = draw(script, wl_tensor_count(&session->model) + 1);
    status = wl_tensor_info(&call->model, call->tensor, &call->info);
    asked = wl_workspace_size(&call->model, call->tensor, &call->workspace_size);
    check_known(status);
    CHECK(status == asked);
    CHECK((status == WL_ERROR_NO_TENSOR) == (call->tensor >= wl_tensor_count(&call->model)));
    if (status != WL_OK) {
        CHECK(wl_decode(&call->model, call->tensor, WL_F32, NULL, 0, NULL, 0) == status);
        return 0;
    }
    call->type = all_types[draw(script, TYPE_COUNT)];
    if (!decodes_to(&call->info, call->type)) {
        if (draw(script, 16) != 15)
            call->type = call->info.type;
        else
            call->must_fail = 1;
    }
    call->count = call->info.rows;
    return 1;
}

/* Any number of rows is asked for: near the first, near the last, anywhere, or beyond. */
static void choose_rows(session *session, call *call)
{
    script *script = &session->script;
    uint64_t rows = call->info.rows;
    uint32_t kind = draw(script, 16);
    call->first = kind < 12 ? draw(script, rows < 256 ? (uint32_t)rows + 1 : 65536)
        : kind < 14 ? rows - draw(script, 8) : rows >> draw(script, 64);
    if (kind == 15)
        call->first = UINT64_MAX - draw(script, 4);
    kind = draw(script, 16);
    call->count = kind < 4 ? 1 : kind < 12 ? draw(script, rows < 256 ? (uint32_t)rows + 1 : 65536)
        : kind < 15 ? rows - call->first : UINT64_MAX - draw(script, 4);
    if (call->first > rows || call->count > rows - call->first)
        call->must_fail = 1;
}

/* The sizes a call is told, right or wrong, and buffers of just these sizes. */
static void prepare(session *session, call *call, uint64_t bytes, uint64_t cost)
{
    script *script = &session->script;
    uint32_t slip = draw(script, 32);
    uint32_t reuse = draw(script, 4);
    size_t needed = call->workspace_size;
    call->bytes = bytes;
    call->dst_size = (size_t)bytes;
    if (needed > MOST_WORKSPACE || (needed > 0 && slip == 1)) {
        call->workspace_size = needed > MOST_WORKSPACE ? MOST_WORKSPACE : needed - 1;
        call->must_fail |= bytes > 0;
        call->may_fail = 1;
    }
    if (bytes > MOST_OUTPUT || !afford(session, cost) || (bytes > 0 && slip == 2)) {
        call->dst_size = slip == 2 && bytes > 0 && bytes <= MOST_OUTPUT ? (size_t)bytes - 1 : 0;
        call->must_fail |= bytes > 0;
    }
    if (slip == 3 && !call->must_fail)
        call->dst_size += draw(script, 64);
    call->dst = guard_take(&dst_guard, call->dst_size, session->place);
    if (reuse == 0 || !session->has_workspace || workspace_guard.size < call->workspace_size || call->workspace_size < needed)
        memset(guard_take(&workspace_guard, call->workspace_size, session->place), FRESH, call->workspace_size);
    else if (reuse == 1 && workspace_guard.size > 0)
        workspace_guard.buffer[draw(script, 65536) % workspace_guard.size] ^= (uint8_t)(1 + draw(script, 255));
    session->has_workspace = 1;
    call->workspace = workspace_guard.buffer;
    call->workspace_size = workspace_guard.size;
    switch (slip) {
    case 4:
        call->dst = NULL;
        call->may_fail = 1;
        call->must_fail |= bytes > 0;
        break;
    case 5:
        call->workspace = NULL;
        call->may_fail = 1;
        call->must_fail |= needed > 0 && bytes > 0;
        break;
    case 6:
        call->tensor = wl_tensor_count(&session->model) + draw(script, 65536);
        call->must_fail = 1;
        break;
    case 7:
        memset(&call->model, 0, sizeof call->model);
        call->must_fail = 1;
        break;
    case 8:
        call->type = 13 + draw(script, 19);
        call->must_fail = 1;
        break;
    }
}

static void finish(const call *call, wl_status status)
{
    check_known(status);
    check_guards();
    CHECK(!call->must_fail || status != WL_OK);
}

/* The whole tensor by wl_decode, if it can be had, for comparison. */
static const uint8_t *reference_of(session *session, const call *call)
{
    uint64_t weights = times(call->info.rows, call->info.columns);
    if (call->must_fail || call->may_fail || !afford(session, cost_of(&call->info, weights)))
        return NULL;
    return decode_reference(&session->model, call->tensor, call->type, (size_t)weights * type_size(call->type));
}

static void decode(session *session)
{
    call call;
    wl_status status;
    const uint8_t *whole;
    uint64_t weights;
    int banded = draw(&session->script, 4) != 0;
    if (!choose(session, &call))
        return;
    if (banded)
        choose_rows(session, &call);
    weights = times(call.count, call.info.columns);
    prepare(session, &call, times(weights, type_size(call.type)),
            cost_of(&call.info, is_seekable(&call.info) ? weights : times(call.first + call.count, call.info.columns)));
    status = banded
        ? wl_decode_rows(&call.model, call.tensor, call.type, call.first, call.count, call.dst, call.dst_size, call.workspace,
                         call.workspace_size)
        : wl_decode(&call.model, call.tensor, call.type, call.dst, call.dst_size, call.workspace, call.workspace_size);
    finish(&call, status);
    whole = reference_of(session, &call);
    if (whole) {
        CHECK(status == WL_OK);
        CHECK(memcmp(whole + call.first * call.info.columns * type_size(call.type), call.dst, (size_t)call.bytes) == 0);
    }
}

static void decode_csr(session *session)
{
    call call;
    wl_status status;
    const uint8_t *whole;
    uint64_t weights, capacity;
    uint32_t kind = draw(&session->script, 4);
    void *values, *indexes;
    if (!choose(session, &call))
        return;
    weights = times(call.info.rows, call.info.columns);
    capacity = kind == 0 ? weights : kind == 1 ? weights / 2 : kind == 2 ? draw(&session->script, 256) : 0;
    if (capacity > BUDGET)
        capacity = BUDGET;
    /* No column's number would fit. */
    if (call.info.columns > (uint64_t)1 << 32)
        call.must_fail = 1;
    prepare(session, &call, times(call.info.rows + 1, 8), times(2, cost_of(&call.info, most(weights, call.info.rows))));
    indexes = guard_take(&index_guard, (size_t)capacity * 4, session->place);
    values = guard_take(&value_guard, (size_t)capacity * type_size(call.type), session->place);
    status = wl_decode_csr(&call.model, call.tensor, call.type, call.dst, call.dst_size, indexes, values, (size_t)capacity,
                           call.workspace, call.workspace_size);
    finish(&call, status);
    whole = reference_of(session, &call);
    if (whole) {
        CHECK(status == WL_OK || status == WL_ERROR_DST_SIZE);
        compare_csr(&call.info, call.type, whole, status, call.dst, indexes, values, (size_t)capacity);
    }
}

static void multiply(session *session)
{
    call call;
    wl_status status;
    const uint8_t *whole;
    uint64_t weights;
    size_t columns, i;
    uint8_t *x;
    if (!choose(session, &call))
        return;
    call.type = WL_F32;
    call.must_fail = !decodes_to(&call.info, WL_F32);
    weights = times(call.info.rows, call.info.columns);
    prepare(session, &call, times(call.info.rows, 4), times(2, cost_of(&call.info, most(weights, most(call.info.rows, call.info.columns)))));
    if (call.type != WL_F32)
        return;
    columns = call.info.columns > BUDGET ? 0 : (size_t)call.info.columns;
    call.must_fail |= columns < call.info.columns;
    x = guard_take(&vector_guard, columns * 4, session->place);
    for (i = 0; i < columns; i++) {
        float value = (float)((int)(i * 37 % 101) - 50) / 8;
        memcpy(x + 4 * i, &value, 4);
    }
    status = wl_matvec(&call.model, call.tensor, (const float *)(const void *)x, columns * 4, call.dst, call.dst_size, call.workspace,
                       call.workspace_size);
    finish(&call, status);
    whole = reference_of(session, &call);
    if (whole) {
        CHECK(status == WL_OK);
        compare_product(&call.info, whole, x, call.dst);
    }
}

/* Of the model that was encoded, any range; and what two calls give for its halves is what one gives. */
static void rebuild(session *session)
{
    script *script = &session->script;
    uint64_t size, first, count, half;
    size_t workspace_size;
    uint8_t *dst, *workspace, *halves;
    wl_status status = wl_rebuild_size(&session->model, &size, &workspace_size), parts;
    check_known(status);
    if (status != WL_OK)
        return;
    first = draw(script, size < 65536 ? (uint32_t)size + 2 : 65536);
    count = draw(script, 4) == 0 && first <= size ? size - first : draw(script, 2048);
    if (draw(script, 32) == 31)
        count = UINT64_MAX - draw(script, 4);
    if (first > size || count > size - first) {
        CHECK(wl_rebuild(&session->model, first, count, NULL, SIZE_MAX, NULL, SIZE_MAX) == WL_ERROR_ROWS);
        return;
    }
    if (workspace_size > MOST_WORKSPACE || !afford(session, first + count))
        return;
    dst = guard_take(&dst_guard, (size_t)count, session->place);
    workspace = guard_take(&workspace_guard, workspace_size, session->place);
    halves = guard_take(&value_guard, (size_t)count, session->place);
    memset(workspace, FRESH, workspace_size);
    session->has_workspace = 1;
    CHECK(count == 0 || wl_rebuild(&session->model, first, count, dst, (size_t)count - 1, workspace, workspace_size) == WL_ERROR_DST_SIZE);
    /* Enough for some ranges. */
    check_known(wl_rebuild(&session->model, first, count, dst, (size_t)count, workspace + 1, workspace_size - 1));
    check_guards();
    status = wl_rebuild(&session->model, first, count, dst, (size_t)count, workspace, workspace_size);
    check_known(status);
    if (draw(script, 2) != 0)
        workspace[draw(script, 65536) % workspace_size] ^= (uint8_t)(1 + draw(script, 255));
    half = count / 2;
    parts = wl_rebuild(&session->model, first, half, halves, (size_t)half, workspace, workspace_size);
    if (parts == WL_OK)
        parts = wl_rebuild(&session->model, first + half, count - half, halves + half, (size_t)(count - half), workspace, workspace_size);
    check_guards();
    CHECK(parts == status);
    CHECK(status != WL_OK || memcmp(dst, halves, (size_t)count) == 0);
}

/* With an index every answer is the same. */
static void look_by_index(session *session, uint32_t tensor, const wl_tensor *info, const char *name, uint32_t found)
{
    wl_model indexed = session->model;
    wl_tensor same;
    uint32_t also = UINT32_MAX;
    size_t size;
    uint8_t *memory;
    CHECK(wl_index_size(&indexed, &size) == WL_OK);
    memory = guard_take(&index_guard, size, session->place);
    CHECK(wl_index(&indexed, memory, size - 1) == WL_ERROR_WORKSPACE_SIZE);
    CHECK(wl_index(&indexed, memory, size) == WL_OK);
    CHECK(wl_tensor_info(&indexed, tensor, &same) == WL_OK && memcmp(&same, info, sizeof same) == 0);
    CHECK(wl_find_tensor(&indexed, name, &also) == WL_OK && also == found);
    CHECK(wl_verify(&indexed) == wl_verify(&session->model));
    check_guards();
}

/* A tensor that passed wl_verify has parameters that can be read, and is found by its name, or an earlier one of that name is. */
static void look(session *session)
{
    wl_status verified = wl_verify(&session->model);
    uint32_t tensor = draw(&session->script, wl_tensor_count(&session->model) + 1);
    wl_tensor info;
    wl_status status = wl_tensor_info(&session->model, tensor, &info);
    check_known(verified);
    check_known(status);
    CHECK(status == WL_OK || verified != WL_OK || tensor == wl_tensor_count(&session->model));
    if (status != WL_OK)
        return;
    CHECK(info.rank <= WL_MAX_RANK && info.clusters <= 255 && info.cell_bits <= 16);
    CHECK(info.method == WL_METHOD_STORED || !info.stored);
    CHECK((const uint8_t *)info.name >= file_guard.buffer && (const uint8_t *)info.name + info.name_length <= file_guard.buffer + file_guard.size);
    if (info.name_length < 4096 && !memchr(info.name, 0, info.name_length)) {
        char *name = (char *)guard_take(&value_guard, (size_t)info.name_length + 1, session->place);
        uint32_t found = UINT32_MAX;
        memcpy(name, info.name, info.name_length);
        name[info.name_length] = '\0';
        status = wl_find_tensor(&session->model, name, &found);
        check_known(status);
        /* Not a tensor behind one whose section lies outside the file. */
        CHECK(status == WL_OK && found <= tensor);
        look_by_index(session, tensor, &info, name, found);
    }
}

/* Calls that no number of right arguments can save. */
static void misuse(session *session)
{
    script *script = &session->script;
    wl_model model = session->model;
    wl_tensor info;
    size_t size;
    uint32_t index;
    switch (draw(script, 8)) {
    case 0:
        CHECK(wl_open(NULL, draw(script, 65536), &model) == WL_ERROR_ARGUMENT);
        CHECK(wl_open(file_guard.buffer, file_guard.size, NULL) == WL_ERROR_ARGUMENT);
        break;
    case 1:
        CHECK(wl_tensor_info(&model, 0, NULL) == WL_ERROR_ARGUMENT && wl_tensor_info(NULL, 0, &info) == WL_ERROR_ARGUMENT);
        break;
    case 2:
        CHECK(wl_find_tensor(&model, NULL, &index) == WL_ERROR_ARGUMENT && wl_find_tensor(&model, "", NULL) == WL_ERROR_ARGUMENT);
        CHECK(wl_find_tensor(NULL, "", &index) == WL_ERROR_ARGUMENT);
        break;
    case 3:
        CHECK(wl_workspace_size(&model, 0, NULL) == WL_ERROR_ARGUMENT && wl_workspace_size(NULL, 0, &size) == WL_ERROR_ARGUMENT);
        break;
    case 4:
        CHECK(wl_verify(NULL) == WL_ERROR_ARGUMENT && wl_tensor_count(NULL) == 0);
        CHECK(wl_init() == WL_OK && WL_ABI_MATCHES());
        break;
    case 5:
        for (index = 0; index < 64; index++)
            CHECK(wl_status_string((int32_t)(index << draw(script, 27)))[0] != '\0');
        break;
    case 6:
        /* A model of other bytes, left by a wl_open that failed: it is none. */
        check_known(wl_open(file_guard.buffer + file_guard.size / 2, file_guard.size - file_guard.size / 2, &model));
        CHECK(wl_tensor_count(&model) == 0 || model.data != session->model.data);
        break;
    default:
        CHECK(wl_decode(NULL, 0, WL_F32, &info, sizeof info, NULL, 0) == WL_ERROR_ARGUMENT);
        CHECK(wl_matvec(NULL, 0, NULL, 0, NULL, 0, NULL, 0) == WL_ERROR_ARGUMENT);
        CHECK(wl_decode_csr(NULL, 0, WL_F32, NULL, 0, NULL, NULL, 0, NULL, 0) == WL_ERROR_ARGUMENT);
        break;
    }
}

static void run(const uint8_t *data, size_t size)
{
    session session;
    wl_status status;
    uint8_t *file;
    uint32_t flags;
    int calls;
    session.script = script_of(data, size);
    session.budget = BUDGET;
    session.has_workspace = 0;
    flags = draw(&session.script, 256);
    session.place = flags & 1 ? AT_START : AT_END;
    if (flags >= 0xf0)
        size -= draw(&session.script, 65536) % (size + 1);
    if (fuzz_variant)
        fuzz_variant((int)(flags >> 1));
    file = guard_take(&file_guard, size, session.place);
    memcpy(file, data, size);
    if ((flags & 0x1c) != 0x1c)
        repair(file, size);
    remember(file, size);
    status = wl_open(file, size, &session.model);
    check_known(status);
    for (calls = 0; status == WL_OK && calls < MOST_CALLS && (calls == 0 || script_left(&session.script)); calls++) {
        switch (draw(&session.script, 16)) {
        case 15: misuse(&session); break;
        case 14: look(&session); break;
        case 13: rebuild(&session); break;
        case 12: case 11: case 10: multiply(&session); break;
        case 9: case 8: case 7: decode_csr(&session); break;
        default: decode(&session); break;
        }
    }
    CHECK(is_remembered(file, size));
}

int exercise(const uint8_t *data, size_t size)
{
    const int failed = check.failed;
    jmp_buf outer;
    memcpy(&outer, &check.end, sizeof outer);
    if (setjmp(check.end) == 0)
        run(data, size);
    memcpy(&check.end, &outer, sizeof outer);
    fflush(stdout);
    return check.failed != failed;
}
