/*
 * client.cpp - a C++ program as a user of the installed package writes it: standard library, exceptions and threads, and,
 * if built so, zlib. Decodes a golden file and compares it with what is expected.
 *
 *     client FILE.wls FILE.expected
 *
 * SPDX-License-Identifier: MIT
 */
#include <weightless.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef WITH_ZLIB
#include <zlib.h>
#endif

using bytes = std::vector<unsigned char>;

static bytes read(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error(std::string("cannot read ") + path);
    return bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

static void require(wl_status status)
{
    if (status != WL_OK)
        throw std::runtime_error(wl_status_string(status));
}

static bytes decode(const wl_model &model)
{
    static const std::size_t sizes[] = {4, 2, 2, 1, 1, 8, 2, 2, 4, 4, 8, 8, 1};
    bytes all;
    for (std::uint32_t tensor = 0; tensor < wl_tensor_count(&model); tensor++) {
        wl_tensor info;
        std::size_t workspace_size;
        require(wl_tensor_info(&model, tensor, &info));
        require(wl_workspace_size(&model, tensor, &workspace_size));
        bytes elements(static_cast<std::size_t>(info.rows * info.columns) * sizes[info.type]), workspace(workspace_size);
        require(wl_decode(&model, tensor, info.type, elements.data(), elements.size(), workspace.data(), workspace.size()));
        all.insert(all.end(), elements.begin(), elements.end());
    }
    return all;
}

/* Through zlib and back, where there is one to clash with. */
static bytes packed_and_unpacked(const bytes &plain)
{
#ifdef WITH_ZLIB
    uLongf packed_size = compressBound(static_cast<uLong>(plain.size())), size = static_cast<uLongf>(plain.size());
    bytes packed(packed_size), unpacked(plain.size() + 1);
    if (compress(packed.data(), &packed_size, plain.data(), size) != Z_OK
        || uncompress(unpacked.data(), &(size += 1), packed.data(), packed_size) != Z_OK)
        throw std::runtime_error("zlib failed");
    unpacked.resize(size);
    return unpacked;
#else
    return plain;
#endif
}

int main(int argc, char **argv)
{
    try {
        if (argc != 3)
            throw std::runtime_error("usage: client FILE.wls FILE.expected");
        if (!WL_ABI_MATCHES())
            throw std::runtime_error("the library has another ABI than the header");
        const bytes file = read(argv[1]), expected = read(argv[2]);
        wl_model model;
        require(wl_open(file.data(), file.size(), &model));
        bool same = false;
        std::thread([&] { same = packed_and_unpacked(decode(model)) == expected; }).join();
        if (!same)
            throw std::runtime_error("decodes to something else");
        std::cout << "decoded " << expected.size() << " bytes\n";
        return 0;
    } catch (const std::exception &e) {
        std::cerr << "client: " << e.what() << '\n';
        return 1;
    }
}
