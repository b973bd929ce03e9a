/*
 * mnist.hpp - MNIST's files, for the examples.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MNIST_HPP
#define MNIST_HPP

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

/* A file of MNIST's format: a magic number, the sizes of its dimensions, and bytes. */
struct idx {
    std::size_t count = 0, item_size = 1;
    std::vector<unsigned char> bytes;

    explicit idx(const std::string &path)
    {
        std::ifstream file(path, std::ios::binary);
        if (!file)
            throw std::runtime_error(path + ": cannot be read");
        bytes.assign(std::istreambuf_iterator<char>(file), {});
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

/* Images as a network wants them, and what they show. */
struct mnist {
    idx images, labels;

    mnist(const std::string &image_path, const std::string &label_path) : images(image_path), labels(label_path) {}
    std::size_t count(std::size_t limit) const { return std::min({limit, images.count, labels.count}); }

    /* So many images from the first on, as numbers from 0 to 1. */
    std::vector<float> pixels(std::size_t first, std::size_t size) const
    {
        std::vector<float> all(size * images.item_size);
        for (std::size_t i = 0; i < all.size(); i++)
            all[i] = static_cast<float>(images.bytes[first * images.item_size + i]) / 255;
        return all;
    }

    bool wrong(std::size_t image, const float *scores, std::size_t classes) const
    {
        return std::max_element(scores, scores + classes) - scores != labels.bytes[image];
    }
};

inline void print_error(std::size_t wrong, std::size_t count)
{
    std::printf("%zu of %zu images wrong: top-1 error %.2f %%\n", wrong, count,
                count ? 100.0 * static_cast<double>(wrong) / static_cast<double>(count) : 0);
}

#endif
