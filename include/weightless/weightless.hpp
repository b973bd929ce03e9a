/*
 * weightless.hpp - weightless.h for C++17: models that own what they need, ranges of tensors, and results.
 *
 *     for (const weightless::tensor &tensor : weightless::model::map("model.wls").value())
 *         std::vector<float> weights = tensor.decode<float>().value();
 *
 * Nothing throws by itself. What can fail gives a status, or a result: a value, or a status. value() and check() throw
 * weightless::error if there is none, and abort in programs that are compiled without exceptions: ask ok() first there.
 * All that weightless.h says of threads, hostile files and time holds here; a tensor must not outlive its model.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_HPP
#define WEIGHTLESS_HPP

#include <weightless/mapping.hpp>
#include <weightless/result.hpp>
#include <weightless/tensor.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weightless {

/*
 * An open model: a range of its tensors, all of which can be asked about. It can be moved, and its tensors stay good.
 */
class model {
public:
    /* Of bytes that are the caller's, and must stay for as long as the model. */
    static result<model> open(view<const unsigned char> bytes) { return opened(std::make_unique<contents>(), bytes); }

    static result<model> own(std::vector<unsigned char> bytes)
    {
        auto made = std::make_unique<contents>();
        made->owned = std::move(bytes);
        const view<const unsigned char> all = made->owned;
        return opened(std::move(made), all);
    }

    /* Of a file, which must not change meanwhile. */
    static result<model> map(const char *path)
    {
        mapping file(path);
        if (!file.ok())
            return status(error_unreadable);
        auto made = std::make_unique<contents>(std::move(file));
        const view<const unsigned char> all = made->mapped->bytes();
        return opened(std::move(made), all);
    }

    /* For the functions of weightless.h. */
    const wl_model *get() const { return &contents_->opened; }

    std::size_t size() const { return contents_->tensors.size(); }
    const tensor &operator[](std::size_t number) const { return contents_->tensors[number]; }
    const tensor *begin() const { return contents_->tensors.data(); }
    const tensor *end() const { return begin() + size(); }

    /* The first tensor of that name, or WL_ERROR_NO_TENSOR. */
    result<tensor> find(const char *name) const
    {
        std::uint32_t number = 0;
        const status found = wl_find_tensor(get(), name, &number);
        if (!found.ok())
            return found;
        return (*this)[number];
    }

    status verify() const { return wl_verify(get()); }

private:
    struct contents {
        std::vector<unsigned char> owned, index;
        std::optional<mapping> mapped;
        wl_model opened{};
        std::vector<tensor> tensors;

        contents() = default;
        explicit contents(mapping file) : mapped(std::move(file)) {}
    };

    explicit model(std::unique_ptr<contents> filled) : contents_(std::move(filled)) {}

    static result<model> opened(std::unique_ptr<contents> made, view<const unsigned char> bytes)
    {
        std::size_t index_size = 0;
        status done = wl_open(bytes.data, bytes.size, &made->opened);
        if (done.ok())
            done = wl_index_size(&made->opened, &index_size);
        made->index.resize(index_size);
        if (done.ok())
            done = wl_index(&made->opened, made->index.data(), index_size);
        made->tensors.resize(done.ok() ? wl_tensor_count(&made->opened) : 0);
        for (std::uint32_t number = 0; done.ok() && number < made->tensors.size(); number++) {
            made->tensors[number].model_ = &made->opened;
            made->tensors[number].number_ = number;
            done = wl_tensor_info(&made->opened, number, &made->tensors[number]);
        }
        if (!done.ok())
            return done;
        return model(std::move(made));
    }

    std::unique_ptr<contents> contents_;
};

} // namespace weightless

#endif
