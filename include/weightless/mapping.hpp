/*
 * mapping.hpp - a file in memory that is only mapped. Part of weightless.hpp.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_MAPPING_HPP
#define WEIGHTLESS_MAPPING_HPP

#include <weightless/result.hpp>

#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weightless {

/* A file that is mapped for reading, for as long as this lives. */
class mapping {
public:
    explicit mapping(const char *path)
    {
        const int file = ::open(path, O_RDONLY | O_CLOEXEC);
        struct stat facts;
        if (file < 0)
            return;
        if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) {
            size_ = static_cast<std::size_t>(facts.st_size);
            data_ = size_ == 0 ? empty() : mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
        }
        ::close(file);
    }
    mapping(mapping &&other) noexcept : data_(std::exchange(other.data_, MAP_FAILED)), size_(std::exchange(other.size_, 0)) {}
    mapping &operator=(mapping &&) = delete;
    ~mapping()
    {
        if (size_ != 0 && data_ != MAP_FAILED)
            munmap(data_, size_);
    }
    bool ok() const { return data_ != MAP_FAILED; }
    view<const unsigned char> bytes() const { return {static_cast<const unsigned char *>(data_), size_}; }

private:
    static void *empty()
    {
        static unsigned char nothing;
        return &nothing;
    }

    void *data_ = MAP_FAILED;
    std::size_t size_ = 0;
};

} // namespace weightless

#endif
