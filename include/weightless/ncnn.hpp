/*
 * ncnn.hpp - ncnn's model data from a .wls file, each tensor decoded into the memory where ncnn keeps it.
 *
 *     ncnn::Net net;
 *     net.load_param("lenet.param");
 *     weightless::ncnn_reader reader(model, {"fc0.weight", "fc0.bias", "fc1.weight", "fc1.bias"});
 *     if (net.load_model(reader) != 0)
 *         puts(reader.outcome().message());
 *
 * The names are in the order in which the layers of the .param read. ncnn writes a tag of four bytes before the weights of a layer, and
 * none before its biases, slopes and the like: so a tensor of two or more dimensions has one, unless it is said otherwise. There is no
 * second copy: ncnn allocates its Mat, and the decoder fills it. Weights are float32; ncnn converts them afterwards as it
 * is told to. Wants ncnn's headers on the include path, as its CMake package and pkg-config file put them there.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_NCNN_HPP
#define WEIGHTLESS_NCNN_HPP

#include <datareader.h>
#include <weightless/weightless.hpp>

#include <cstring>
#include <string>

namespace weightless {

/* A tensor that ncnn reads next: by its name, and whether ncnn reads a tag before it. */
struct ncnn_tensor {
    enum tag { by_rank, tagged, untagged };

    std::string name;
    tag before = by_rank;

    ncnn_tensor(const char *tensor_name, tag tag_before = by_rank) : name(tensor_name), before(tag_before) {}
};

/* ncnn::DataReader is used through a constant reference, hence mutable. */
class ncnn_reader : public ncnn::DataReader {
public:
    /* The model must live for as long as net.load_model runs. */
    ncnn_reader(const model &weights, std::vector<ncnn_tensor> order) : model_(weights), order_(std::move(order)) {}

    /* The tag of the next tensor, or all of its elements; 0 if that is not what ncnn asks for. */
    size_t read(void *dst, size_t size) const override
    {
        if (!outcome_.ok() || next_ == order_.size())
            return 0;
        result<tensor> found = model_.find(order_[next_].name.c_str());
        if (!found.ok())
            return failed(found);
        const tensor &weights = found.value();
        const bool tagged = order_[next_].before == ncnn_tensor::by_rank ? weights.rank > 1 : order_[next_].before == ncnn_tensor::tagged;
        if (tagged && !tag_read_) {
            if (size != tag_size)
                return failed(WL_ERROR_DST_SIZE);
            std::memset(dst, 0, size); /* float32 follows */
            tag_read_ = true;
            return size;
        }
        if (size % sizeof(float) != 0 || size / sizeof(float) != weights.size())
            return failed(WL_ERROR_DST_SIZE);
        const status decoded = weights.decode_to(view<float>(static_cast<float *>(dst), size / sizeof(float)), work_);
        if (!decoded.ok())
            return failed(decoded);
        tag_read_ = false;
        next_++;
        return size;
    }

    /* WL_OK, or why a read failed: WL_ERROR_DST_SIZE if ncnn asked for another size than the next tensor has. */
    status outcome() const { return outcome_; }

    /* The number of tensors that were read: of all that were named, unless the .param has fewer. */
    std::size_t count() const { return next_; }

private:
    static constexpr std::size_t tag_size = 4;

    std::size_t failed(status why) const
    {
        outcome_ = why;
        return 0;
    }

    const model &model_;
    std::vector<ncnn_tensor> order_;
    mutable std::size_t next_ = 0;
    mutable bool tag_read_ = false;
    mutable status outcome_ = WL_OK;
    mutable workspace work_;
};

} // namespace weightless

#endif
