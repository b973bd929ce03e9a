/*
 * tensor.hpp - a tensor of an open model, and the memory that decoding it works in. Part of weightless.hpp.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_TENSOR_HPP
#define WEIGHTLESS_TENSOR_HPP

#include <weightless/result.hpp>

#include <string_view>
#include <type_traits>
#include <vector>

namespace weightless {

/* The wl_type of elements of type T. The 16-bit floats have none: decode_to them by their number. */
template <class T> constexpr wl_type type_of()
{
    static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8);
    if constexpr (std::is_floating_point_v<T>)
        return sizeof(T) == 4 ? WL_F32 : WL_F64;
    else if constexpr (std::is_same_v<T, bool>)
        return WL_BOOL;
    else
        return (sizeof(T) == 1 ? WL_I8 : sizeof(T) == 2 ? WL_I16 : sizeof(T) == 4 ? WL_I32 : WL_I64) + std::is_unsigned_v<T>;
}

constexpr std::size_t element_size(wl_type type)
{
    return type == WL_F64 || type == WL_I64 || type == WL_U64   ? 8
           : type == WL_F32 || type == WL_I32 || type == WL_U32 ? 4
           : type == WL_I8 || type == WL_U8 || type == WL_BOOL || type == WL_ID8 ? 1 : 2;
}

/* Scratch memory for calls, one at a time: it grows, or is the caller's. Bands in order go on where the last one on it ended. */
class workspace {
public:
    workspace() = default;
    explicit workspace(view<unsigned char> memory) : given_(memory) {}
    view<unsigned char> of(std::size_t size)
    {
        if (given_.data == nullptr && grown_.size() < size)
            grown_.resize(size);
        return given_.data != nullptr ? given_ : view<unsigned char>(grown_);
    }

private:
    view<unsigned char> given_;
    std::vector<unsigned char> grown_;
};

class tensor : public wl_tensor {
public:
    std::uint32_t number() const { return number_; }
    std::string_view name_view() const { return {name, name_length}; }
    view<const std::uint64_t> dimensions() const { return {shape, rank}; }
    std::uint64_t size() const { return rows * columns; }

    /* wl_decode_rows to the given type, or to that of the view's elements; all rows by default. */
    status decode_to(wl_type to, void *dst, std::size_t bytes, workspace &work, std::uint64_t first, std::uint64_t count) const
    {
        std::size_t needed = 0;
        const status sized = wl_workspace_size(model_, number_, &needed);
        const view<unsigned char> memory = work.of(sized.ok() ? needed : 0);
        return sized.ok() ? wl_decode_rows(model_, number_, to, first, count, dst, bytes, memory.data, memory.size) : sized;
    }
    template <class T> status decode_to(view<T> dst, workspace &work, std::uint64_t first, std::uint64_t count) const
    {
        return decode_to(type_of<T>(), dst.data, dst.size * sizeof(T), work, first, count);
    }
    template <class T> status decode_to(view<T> dst, workspace &work) const { return decode_to(dst, work, 0, rows); }

    /* The whole tensor. A file may announce more than the machine has: ask size() of one that is not trusted. */
    template <class T> result<std::vector<T>> decode() const
    {
        std::vector<T> elements(static_cast<std::size_t>(size()));
        workspace work;
        const status decoded = decode_to(view<T>(elements), work);
        if (!decoded.ok())
            return decoded;
        return elements;
    }

    /* y = W x, from the encoded weights: wl_matvec. */
    status multiply(view<const float> x, view<float> y, workspace &work) const
    {
        std::size_t needed = 0;
        const status sized = wl_workspace_size(model_, number_, &needed);
        const view<unsigned char> memory = work.of(sized.ok() ? needed : 0);
        return sized.ok() ? wl_matvec(model_, number_, x.data, x.size * sizeof(float), y.data, y.size * sizeof(float), memory.data,
                                      memory.size)
                          : sized;
    }

private:
    friend class model;
    const wl_model *model_ = nullptr;
    std::uint32_t number_ = 0;
};

} // namespace weightless

#endif
