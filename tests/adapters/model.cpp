/*
 * model.cpp - tests of weightless.hpp; compiled with exceptions and without.
 *
 *     model GOLDEN_FOLDER
 */
#include <weightless/weightless.hpp>

#include "check.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/wait.h>

using weightless::model;
using weightless::tensor;
using weightless::view;
using weightless::workspace;

static_assert(weightless::type_of<float>() == WL_F32 && weightless::type_of<double>() == WL_F64);
static_assert(weightless::type_of<std::int8_t>() == WL_I8 && weightless::type_of<std::uint8_t>() == WL_U8);
static_assert(weightless::type_of<std::int16_t>() == WL_I16 && weightless::type_of<std::uint16_t>() == WL_U16);
static_assert(weightless::type_of<std::int32_t>() == WL_I32 && weightless::type_of<std::uint32_t>() == WL_U32);
static_assert(weightless::type_of<std::int64_t>() == WL_I64 && weightless::type_of<std::uint64_t>() == WL_U64);
static_assert(weightless::type_of<bool>() == WL_BOOL);

static model open_file(const std::string &path)
{
    weightless::result<model> opened = model::map(path.c_str());
    require(opened.ok(), path);
    return std::move(opened).value();
}

/* All tensors, each in its own type, in bands of so many rows. */
static bytes decoded(const model &weights, std::uint64_t band, workspace &work)
{
    bytes all;
    for (const tensor &one : weights)
        for (std::uint64_t row = 0; row < one.rows; row += band) {
            const std::uint64_t count = std::min(band, one.rows - row);
            bytes rows(static_cast<std::size_t>(count * one.columns) * weightless::element_size(one.type));
            require(one.decode_to(one.type, rows.data(), rows.size(), work, row, count).ok(), std::string(one.name_view()));
            all.insert(all.end(), rows.begin(), rows.end());
        }
    return all;
}

static bool as_the_c_header_says(const model &weights)
{
    bool same = weights.size() == wl_tensor_count(weights.get());
    for (const tensor &one : weights) {
        wl_tensor info;
        same = same && wl_tensor_info(weights.get(), one.number(), &info) == WL_OK && one.name_view().data() == info.name
               && one.name_view().size() == info.name_length && one.dimensions().size == info.rank && one.size() == info.rows * info.columns
               && std::equal(info.shape, info.shape + info.rank, one.dimensions().begin());
        weightless::result<tensor> found = weights.find(std::string(one.name_view()).c_str());
        same = same && found.ok() && found.value().name_view() == one.name_view();
    }
    return same;
}

/* decode<float> and multiply of float tensors, against the elements of the file beside. */
static bool as_floats(const model &weights, const bytes &expected)
{
    std::size_t at = 0;
    bool same = true;
    for (const tensor &one : weights) {
        const auto size = static_cast<std::size_t>(one.size()) * weightless::element_size(one.type);
        if (one.type == WL_F32) {
            const std::vector<float> elements = one.decode<float>().value();
            same = same && (size == 0 || std::memcmp(elements.data(), &expected[at], size) == 0);
            std::vector<float> x(static_cast<std::size_t>(one.columns), 0), y(static_cast<std::size_t>(one.rows));
            workspace work;
            if (!x.empty())
                x.back() = 1; /* y is the last column, but for zeros of the other sign */
            same = same && one.multiply(x, y, work).ok();
            for (std::size_t row = 0; row < y.size() && !x.empty(); row++)
                same = same && (y[row] == elements[(row + 1) * x.size() - 1] || std::isnan(y[row]));
        }
        at += size;
    }
    return same && at == expected.size();
}

static void test_golden(const std::string &name)
{
    const bytes file = read_file(name + ".wls"), expected = read_file(name + ".expected");
    workspace growing;
    const model mapped = open_file(name + ".wls"), owned = model::own(file).value(), viewed = model::open(file).value();
    check(name, "facts", as_the_c_header_says(mapped) && as_the_c_header_says(owned) && as_the_c_header_says(viewed));
    check(name, "verify", mapped.verify().ok());
    check(name, "decode", decoded(mapped, UINT64_MAX, growing) == expected && decoded(owned, UINT64_MAX, growing) == expected);
    check(name, "bands", decoded(viewed, 3, growing) == expected);
    check(name, "floats", as_floats(mapped, expected));
}

static void test_failures(const std::string &folder, const std::string &name)
{
    bytes file = read_file(name + ".wls");
    for (const char *path : {"/nowhere/file.wls", folder.c_str()}) {
        errno = 0;
        const weightless::result<model> missing = model::map(path);
        check("failures", path, missing.code() == weightless::error_unreadable && std::strlen(missing.message()) > 0);
    }
    check("failures", "empty file", !model::map("/dev/null").ok() && !model::own({}).ok());
    bool refused = true;
    for (std::size_t size = 0; size < 64; size++)
        refused = refused && !model::open(view<const unsigned char>(file.data(), size)).ok();
    check("failures", "truncated", refused);
    const model whole = model::open(file).value();
    check("failures", "no such tensor", whole.find("no such tensor").code() == WL_ERROR_NO_TENSOR);
    workspace work;
    std::vector<float> little(1);
    check("failures", "little room", whole[0].decode_to(view<float>(little), work).code() == WL_ERROR_DST_SIZE);
    check("failures", "rows", whole[0].decode_to(view<float>(little), work, whole[0].rows, 1).code() == WL_ERROR_ROWS);
    unsigned char byte;
    workspace fixed(view<unsigned char>(&byte, 0));
    std::vector<float> room(static_cast<std::size_t>(whole[0].size()));
    check("failures", "fixed workspace", whole[0].decode_to(view<float>(room), fixed).code() == WL_ERROR_WORKSPACE_SIZE);
}

static void test_lifetimes(const std::string &name)
{
    const bytes expected = read_file(name + ".expected");
    model first = open_file(name + ".wls");
    const tensor kept = first[0];
    const std::string before(kept.name_view());
    const model second = std::move(first);
    workspace work;
    check("lifetimes", "moved", kept.name_view() == before && decoded(second, UINT64_MAX, work) == expected);

    const void *data;
    {
        const model brief = open_file(name + ".wls");
        data = brief.get()->data;
    }
    check("lifetimes", "unmapped", msync(const_cast<void *>(data), 1, MS_ASYNC) == -1 && errno == ENOMEM);
}

#ifdef __cpp_exceptions
static void test_values()
{
    wl_status code = WL_OK;
    std::string said;
    try {
        model::own({}).value();
    } catch (const weightless::error &failure) {
        code = failure.code();
        said = failure.what();
    }
    check("values", "throws", code == model::own({}).code() && said == wl_status_string(code));
}
#else
static void test_values()
{
    const pid_t child = fork();
    if (child == 0) {
        (void)model::own({}).value();
        _exit(0);
    }
    int ended = 0;
    waitpid(child, &ended, 0);
    check("values", "aborts", WIFSIGNALED(ended) && WTERMSIG(ended) == SIGABRT);
}
#endif

int main(int argc, char **argv)
{
    require(argc == 2, "usage: model GOLDEN_FOLDER");
    for (const std::string &name : golden_names(argv[1]))
        test_golden(name);
    const std::string sealed = std::string(argv[1]) + "/v1-context-none";
    test_failures(argv[1], sealed);
    test_lifetimes(sealed);
    test_values();
    return failures != 0;
}
