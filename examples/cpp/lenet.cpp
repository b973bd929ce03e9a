/*
 * lenet.cpp - ONNX Runtime with weights from a .wls file.
 *
 *     lenet GRAPH.onnx FILE.wls IMAGES LABELS [COUNT [prepacking]]
 *
 * The graph has its initializers' names and shapes and no data. IMAGES and LABELS are MNIST's, unpacked. Prints the share of the first
 * COUNT images (all by default) that are not told right.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mnist.hpp"

#include <weightless/onnxruntime.hpp>

#include <array>
#include <iostream>

static std::size_t count_wrong(Ort::Session &session, const mnist &data, std::size_t count)
{
    constexpr std::size_t batch = 500;
    const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeCPU);
    const char *const input = "pixels", *const output = "scores";
    std::size_t wrong = 0;
    for (std::size_t first = 0; first < count; first += batch) {
        const std::size_t size = std::min(batch, count - first);
        std::vector<float> pixels = data.pixels(first, size);
        const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(size), static_cast<std::int64_t>(pixels.size() / size)};
        const Ort::Value in = Ort::Value::CreateTensor<float>(memory, pixels.data(), pixels.size(), shape.data(), shape.size());
        const std::vector<Ort::Value> out = session.Run(Ort::RunOptions{nullptr}, &input, &in, 1, &output, 1);
        const float *scores = out[0].GetTensorData<float>();
        const std::size_t classes = out[0].GetTensorTypeAndShapeInfo().GetElementCount() / size;
        for (std::size_t i = 0; i < size; i++)
            wrong += data.wrong(first + i, scores + i * classes, classes);
    }
    return wrong;
}

int main(int argc, char **argv)
{
    const bool prepacking = argc == 7 && std::string(argv[6]) == "prepacking";
    if (argc != 5 && argc != 6 && !prepacking) {
        std::cerr << "usage: lenet GRAPH.onnx FILE.wls IMAGES LABELS [COUNT [prepacking]]\n";
        return 2;
    }
    try {
        if (!WL_ABI_MATCHES())
            throw std::runtime_error("libweightless has another ABI than the header that this program was compiled with");
        const weightless::model model = weightless::model::map(argv[2]).value();
        model.verify().check();
        const mnist data(argv[3], argv[4]);

        const Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "lenet");
        Ort::SessionOptions options;
        options.SetIntraOpNumThreads(1);
        weightless::onnxruntime_session lenet(env, argv[1], model, std::move(options), prepacking);

        const std::size_t count = data.count(argc > 5 ? std::stoul(argv[5]) : data.images.count);
        print_error(count_wrong(lenet.session(), data, count), count);
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "lenet: " << e.what() << '\n';
        return 1;
    }
}
