/*
 * reader.cpp - tests of ncnn.hpp against the order of calls with which ncnn loads weights (its src/modelbin.cpp): a tag of four bytes and
 * then the elements for type 0, the elements alone for type 1.
 *
 *     reader FILE.wls NAME...      names of f32 tensors of it
 */
#include <weightless/ncnn.hpp>

#include "check.hpp"

#include <cstring>

using weightless::ncnn_reader;
using weightless::ncnn_tensor;

/* What ncnn's ModelBin makes of the reader, or nothing. */
static std::vector<float> load(const ncnn::DataReader &reader, std::size_t count, int type)
{
    unsigned tag = 1;
    const void *nowhere = nullptr;
    std::vector<float> elements(count);
    if (type == 0 && (reader.read(&tag, sizeof tag) != sizeof tag || tag != 0))
        return {};
    if (reader.reference(count * sizeof(float), &nowhere) != 0)
        return {};
    return reader.read(elements.data(), count * sizeof(float)) == count * sizeof(float) ? elements : std::vector<float>();
}

static void test_all(const weightless::model &weights, const std::vector<ncnn_tensor> &order)
{
    const ncnn_reader reader(weights, order);
    for (const ncnn_tensor &next : order) {
        weightless::tensor tensor = weights.find(next.name.c_str()).value();
        const auto size = static_cast<std::size_t>(tensor.size());
        check("reader", next.name, load(reader, size, tensor.rank > 1 ? 0 : 1) == tensor.decode<float>().value());
    }
    check("reader", "all", reader.outcome().ok() && reader.count() == order.size());
    check("reader", "no more", load(reader, 1, 1).empty() && reader.outcome().ok());
}

static void test_tags(const weightless::model &weights, const std::string &matrix)
{
    weightless::tensor tensor = weights.find(matrix.c_str()).value();
    const auto size = static_cast<std::size_t>(tensor.size());
    const std::vector<float> elements = tensor.decode<float>().value();
    const ncnn_reader reader(weights, {ncnn_tensor(matrix.c_str(), ncnn_tensor::untagged), ncnn_tensor(matrix.c_str(), ncnn_tensor::tagged)});
    check("reader", "untagged", load(reader, size, 1) == elements);
    check("reader", "tagged", load(reader, size, 0) == elements);
}

static void test_failures(const weightless::model &weights, const std::string &matrix)
{
    const auto size = static_cast<std::size_t>(weights.find(matrix.c_str()).value().size());
    for (std::size_t wrong : {size - 1, size + 1, std::size_t{0}}) {
        const ncnn_reader reader(weights, {matrix.c_str()});
        check("reader", "size " + std::to_string(wrong), load(reader, wrong, 0).empty() && reader.outcome().code() == WL_ERROR_DST_SIZE);
        check("reader", "then nothing", load(reader, size, 0).empty() && reader.count() == 0);
    }
    const ncnn_reader untagged(weights, {matrix.c_str()});
    check("reader", "no tag", load(untagged, size, 1).empty() && untagged.outcome().code() == WL_ERROR_DST_SIZE);
    const ncnn_reader unknown(weights, {"no such tensor"});
    check("reader", "unknown", load(unknown, 1, 1).empty() && unknown.outcome().code() == WL_ERROR_NO_TENSOR);
}

int main(int argc, char **argv)
{
    require(argc >= 3, "usage: reader FILE.wls NAME...");
    weightless::result<weightless::model> opened = weightless::model::map(argv[1]);
    require(opened.ok(), argv[1]);
    test_all(opened.value(), std::vector<ncnn_tensor>(argv + 2, argv + argc));
    test_tags(opened.value(), argv[2]);
    test_failures(opened.value(), argv[2]);
    return failures != 0;
}
