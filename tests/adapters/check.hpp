/* check.hpp - what the tests of the C++ headers share: named checks, and golden files. It needs no exceptions. */
#ifndef CHECK_HPP
#define CHECK_HPP

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using bytes = std::vector<unsigned char>;

inline int failures = 0;

inline void check(const std::string &subject, const std::string &what, bool holds)
{
    std::printf("%s %s/%s\n", holds ? "ok" : "not ok", subject.substr(subject.rfind('/') + 1).c_str(), what.c_str());
    failures += !holds;
}

/* Ends the program where it could not go on. */
inline void require(bool holds, const std::string &what)
{
    if (!holds) {
        std::printf("not ok %s\n", what.c_str());
        std::exit(1);
    }
}

inline bytes read_file(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    require(file.good(), path);
    return bytes(std::istreambuf_iterator<char>(file), {});
}

/* The paths of all golden files, without .wls. */
inline std::vector<std::string> golden_names(const char *folder)
{
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".wls")
            names.push_back(std::filesystem::path(entry.path()).replace_extension().string());
    require(!names.empty(), folder);
    std::sort(names.begin(), names.end());
    return names;
}

#endif
