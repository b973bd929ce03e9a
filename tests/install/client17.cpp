/*
 * client17.cpp - a C++17 program as a user of the installed headers writes it. Decodes a golden file and compares it with what is
 * expected.
 *
 *     client17 FILE.wls FILE.expected
 *
 * SPDX-License-Identifier: MIT
 */
#include <weightless/weightless.hpp>

#include <cstring>
#include <iostream>

int main(int argc, char **argv)
{
    try {
        if (argc != 3)
            throw std::runtime_error("usage: client17 FILE.wls FILE.expected");
        const weightless::mapping expected(argv[2]);
        const weightless::model model = weightless::model::map(argv[1]).value();
        weightless::workspace work;
        std::vector<unsigned char> all;
        for (const weightless::tensor &tensor : model) {
            std::vector<unsigned char> elements(static_cast<std::size_t>(tensor.size()) * weightless::element_size(tensor.type));
            tensor.decode_to(tensor.type, elements.data(), elements.size(), work, 0, tensor.rows).check();
            all.insert(all.end(), elements.begin(), elements.end());
        }
        if (all.size() != expected.bytes().size || std::memcmp(all.data(), expected.bytes().data, all.size()) != 0)
            throw std::runtime_error("decodes to something else");
        std::cout << "decoded " << all.size() << " bytes\n";
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "client17: " << e.what() << '\n';
        return 1;
    }
}
