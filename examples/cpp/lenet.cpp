/*
 * lenet.cpp - ONNX Runtime with weights from a .wls file.
 *
 *     lenet GRAPH.onnx FILE.wls IMAGES LABELS [COUNT]
 *
 * The graph has its initializers' names and shapes and no data. Every tensor of the .wls is decoded into memory that the
 * session then uses as it is, without a copy, under the name that it has in both files. IMAGES and LABELS are MNIST's, unpacked. Prints
 * the share of the first COUNT images (all by default) that are not told right.
 *
 * SPDX-License-Identifier: MIT
 */
#include <onnxruntime_cxx_api.h>
#include <onnxruntime_session_options_config_keys.h>
#include <weightless.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::vector<unsigned char> read_file(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error(path + ": cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

void require(wl_status status, const std::string &what)
{
    if (status != WL_OK)
        throw std::runtime_error(what + ": " + wl_status_string(status));
}

/* The decoded tensors of a .wls. They must live as long as the session that uses them. */
class weights {
public:
    explicit weights(const std::string &path)
    {
        const std::vector<unsigned char> file = read_file(path);
        wl_model model;
        require(wl_open(file.data(), file.size(), &model), path);
        require(wl_verify(&model), path);
        for (std::uint32_t tensor = 0; tensor < wl_tensor_count(&model); tensor++)
            decode(model, tensor, path);
    }

    /* AddExternalInitializers would copy them. So would prepacking, which rearranges weights for the matrix product: it makes a
     * run a little faster, and the session twice as large. */
    void give_to(Ort::SessionOptions &options) const
    {
        for (std::size_t i = 0; i < names_.size(); i++)
            options.AddInitializer(names_[i].c_str(), values_[i]);
        options.AddConfigEntry(kOrtSessionOptionsConfigDisablePrepacking, "1");
    }

private:
    void decode(const wl_model &model, std::uint32_t tensor, const std::string &path)
    {
        wl_tensor info;
        std::size_t workspace_size;
        require(wl_tensor_info(&model, tensor, &info), path);
        require(wl_workspace_size(&model, tensor, &workspace_size), path);
        std::vector<unsigned char> workspace(workspace_size);
        std::vector<float> elements(static_cast<std::size_t>(info.rows * info.columns));
        require(wl_decode(&model, tensor, WL_F32, elements.data(), elements.size() * sizeof(float), workspace.data(),
                          workspace.size()),
                path);
        const std::vector<std::int64_t> shape(info.shape, info.shape + info.rank);
        const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeCPU);
        values_.push_back(Ort::Value::CreateTensor<float>(memory, elements.data(), elements.size(), shape.data(), shape.size()));
        names_.emplace_back(info.name, info.name_length);
        elements_.push_back(std::move(elements));
    }

    std::vector<std::string> names_;
    std::vector<std::vector<float>> elements_;
    std::vector<Ort::Value> values_; /* views of them */
};

/* A file of MNIST's format: a magic number, the sizes of its dimensions, and bytes. */
struct idx {
    std::size_t count = 0, item_size = 1;
    std::vector<unsigned char> bytes;

    explicit idx(const std::string &path) : bytes(read_file(path))
    {
        const std::size_t dimensions = bytes.size() > 3 && bytes[2] == 8 ? bytes[3] : 0, header = 4 + 4 * dimensions;
        if (dimensions == 0 || bytes.size() < header)
            throw std::runtime_error(path + ": is not an unpacked MNIST file");
        for (std::size_t i = 0; i < dimensions; i++) {
            const unsigned char *size = &bytes[4 + 4 * i];
            const std::size_t value = std::size_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3];
            (i == 0 ? count : item_size) = i == 0 ? value : item_size * value;
        }
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header));
        if (item_size == 0 || bytes.size() / item_size < count)
            throw std::runtime_error(path + ": ends early");
    }
};

std::size_t count_wrong(Ort::Session &session, const idx &images, const idx &labels, std::size_t count)
{
    constexpr std::size_t batch = 500;
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeCPU);
    const char *const input = "pixels", *const output = "scores";
    std::size_t wrong = 0;
    for (std::size_t first = 0; first < count; first += batch) {
        const std::size_t size = std::min(batch, count - first);
        std::vector<float> pixels(size * images.item_size);
        for (std::size_t i = 0; i < pixels.size(); i++)
            pixels[i] = static_cast<float>(images.bytes[first * images.item_size + i]) / 255;
        const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(size), static_cast<std::int64_t>(images.item_size)};
        const Ort::Value in = Ort::Value::CreateTensor<float>(memory, pixels.data(), pixels.size(), shape.data(), shape.size());
        const std::vector<Ort::Value> out = session.Run(Ort::RunOptions{nullptr}, &input, &in, 1, &output, 1);
        const float *scores = out[0].GetTensorData<float>();
        const std::size_t classes = out[0].GetTensorTypeAndShapeInfo().GetElementCount() / size;
        for (std::size_t i = 0; i < size; i++, scores += classes)
            wrong += std::max_element(scores, scores + classes) - scores != labels.bytes[first + i];
    }
    return wrong;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6) {
        std::cerr << "usage: lenet GRAPH.onnx FILE.wls IMAGES LABELS [COUNT]\n";
        return 2;
    }
    try {
        if (!WL_ABI_MATCHES())
            throw std::runtime_error("libweightless has another ABI than the header that this program was compiled with");
        weights weights(argv[2]);
        const idx images(argv[3]), labels(argv[4]);
        const std::size_t limit = argc == 6 ? std::stoul(argv[5]) : images.count;
        const std::size_t count = std::min({limit, images.count, labels.count});

        const Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "lenet");
        Ort::SessionOptions options;
        options.SetIntraOpNumThreads(1);
        weights.give_to(options);
        Ort::Session session(env, argv[1], options);

        const std::size_t wrong = count_wrong(session, images, labels, count);
        std::printf("%zu of %zu images wrong: top-1 error %.2f %%\n", wrong, count,
                    count ? 100.0 * static_cast<double>(wrong) / static_cast<double>(count) : 0);
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "lenet: " << e.what() << '\n';
        return 1;
    }
}
