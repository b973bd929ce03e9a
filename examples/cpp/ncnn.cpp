/*
 * ncnn.cpp - ncnn with weights from a .wls file.
 *
 *     ncnn lenet.param FILE.wls IMAGES LABELS [COUNT]
 *
 * Every tensor is decoded into the memory where ncnn keeps it. IMAGES and LABELS are MNIST's, unpacked. Prints the share of the first
 * COUNT images (all by default) that are not told right.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mnist.hpp"

#include <net.h>
#include <weightless/ncnn.hpp>

#include <iostream>

static std::size_t count_wrong(const ncnn::Net &net, const mnist &data, std::size_t count)
{
    std::size_t wrong = 0;
    for (std::size_t image = 0; image < count; image++) {
        std::vector<float> pixels = data.pixels(image, 1);
        ncnn::Extractor extractor = net.create_extractor();
        extractor.input("pixels", ncnn::Mat(static_cast<int>(pixels.size()), pixels.data()));
        ncnn::Mat scores;
        if (extractor.extract("scores", scores) != 0)
            throw std::runtime_error("ncnn cannot run the network");
        wrong += data.wrong(image, scores, static_cast<std::size_t>(scores.w));
    }
    return wrong;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6) {
        std::cerr << "usage: ncnn lenet.param FILE.wls IMAGES LABELS [COUNT]\n";
        return 2;
    }
    try {
        const weightless::model model = weightless::model::map(argv[2]).value();
        model.verify().check();
        const mnist data(argv[3], argv[4]);

        ncnn::Net net;
        net.opt.num_threads = 1;
        const weightless::ncnn_reader weights(
            model, {"fc0.weight", "fc0.bias", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"});
        if (net.load_param(argv[1]) != 0)
            throw std::runtime_error(std::string(argv[1]) + ": ncnn cannot read it");
        if (net.load_model(weights) != 0)
            throw std::runtime_error(std::string(argv[2]) + ": " + weights.outcome().message());

        const std::size_t count = data.count(argc == 6 ? std::stoul(argv[5]) : data.images.count);
        print_error(count_wrong(net, data, count), count);
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "ncnn: " << e.what() << '\n';
        return 1;
    }
}
