/*
 * result.hpp - statuses that a compiler asks to look at, results, and views of memory. Part of weightless.hpp.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_RESULT_HPP
#define WEIGHTLESS_RESULT_HPP

#include <weightless.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weightless {

/* What a status can be beside those of weightless.h: model::map could not open or map the file, and errno says why. */
constexpr wl_status error_unreadable = -1;

class error : public std::runtime_error {
public:
    error(wl_status code, const char *message) : std::runtime_error(message), code_(code) {}
    wl_status code() const noexcept { return code_; }

private:
    wl_status code_;
};

class [[nodiscard]] status {
public:
    status(wl_status code) noexcept : code_(code) {}
    bool ok() const noexcept { return code_ == WL_OK; }
    wl_status code() const noexcept { return code_; }
    const char *message() const noexcept { return code_ == error_unreadable ? "the file cannot be read" : wl_status_string(code_); }
    void check() const
    {
        if (ok())
            return;
#ifdef __cpp_exceptions
        throw error(code_, message());
#else
        std::abort();
#endif
    }

private:
    wl_status code_;
};

/* A value, or the status that says why there is none. */
template <class T> class [[nodiscard]] result {
public:
    result(T found) : value_(std::move(found)) {}
    result(status failure) : status_(failure.ok() ? status(WL_ERROR_INTERNAL) : failure) {}
    bool ok() const noexcept { return status_.ok(); }
    wl_status code() const noexcept { return status_.code(); }
    const char *message() const noexcept { return status_.message(); }
    operator status() const noexcept { return status_; }
    T &value() & { return status_.check(), *value_; }
    T value() && { return status_.check(), std::move(*value_); }

private:
    status status_ = WL_OK;
    std::optional<T> value_;
};

/* So many elements of somebody else's memory. */
template <class T> struct view {
    T *data = nullptr;
    std::size_t size = 0;

    view() = default;
    view(T *first, std::size_t count) : data(first), size(count) {}
    template <class C, class = decltype(std::declval<C &>().size())> view(C &container) : view(container.data(), container.size()) {}
    T *begin() const { return data; }
    T *end() const { return data + size; }
    T &operator[](std::size_t index) const { return data[index]; }
};

} // namespace weightless

#endif
