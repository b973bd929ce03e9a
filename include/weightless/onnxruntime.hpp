/*
 * onnxruntime.hpp - a session of ONNX Runtime whose weights come from a .wls file and are in memory once.
 *
 *     const weightless::model model = weightless::model::map("lenet.wls").value();
 *     weightless::onnxruntime_session lenet(env, "lenet.onnx", model);
 *     lenet.session().Run(...);
 *
 * The graph has its initializers' names, types and shapes and no data: they are said to be external, in a file that there is but that
 * is not read. Tensors that the .wls holds as they are stay where they lie, if that is aligned; all others are decoded into
 * memory that the session uses as it is. SessionOptions::AddExternalInitializers would copy them. So would prepacking, which
 * rearranges weights for products: it makes a run faster and takes the weights' size once more.
 *
 * ONNX Runtime gets these weights after it has optimised the graph. Nothing that it can compute beforehand, as the transpose of a
 * weight or a convolution with its normalisation folded in, may depend on one of them: such tensors keep their data in the graph.
 *
 * Throws Ort::Exception, and weightless::error if a tensor cannot be decoded. Wants ONNX Runtime's headers; tried with 1.31.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef WEIGHTLESS_ONNXRUNTIME_HPP
#define WEIGHTLESS_ONNXRUNTIME_HPP

#include <onnxruntime_cxx_api.h>
#include <onnxruntime_session_options_config_keys.h>
#include <weightless/weightless.hpp>

#include <string>

namespace weightless {

/* What ONNX calls a type. */
inline ONNXTensorElementDataType onnx_type(wl_type type)
{
    static constexpr ONNXTensorElementDataType types[] = {
        ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT,  ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8,   ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8,   ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16,  ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16,  ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,   ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64,
        ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL};
    return type < std::size(types) ? types[type] : ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

class onnxruntime_session {
public:
    /* The environment and the model must live for as long as this. */
    onnxruntime_session(const Ort::Env &env, const char *graph, const model &weights,
                        Ort::SessionOptions options = Ort::SessionOptions(), bool prepacking = false)
    {
        workspace work;
        for (const tensor &one : weights)
            give(one, options, work);
        options.AddConfigEntry(kOrtSessionOptionsConfigDisablePrepacking, prepacking ? "0" : "1");
        session_ = Ort::Session(env, graph, options);
    }

    Ort::Session &session() { return session_; }

private:
    /* As ONNX Runtime's own allocator aligns. */
    static constexpr std::size_t alignment = 64;

    struct released {
        void operator()(void *memory) const { std::free(memory); }
    };

    void give(const tensor &one, Ort::SessionOptions &options, workspace &work)
    {
        const std::size_t size = static_cast<std::size_t>(one.size()) * element_size(one.type);
        const std::vector<std::int64_t> shape(one.dimensions().begin(), one.dimensions().end());
        const auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeCPU);
        values_.push_back(Ort::Value::CreateTensor(memory, elements(one, size, work), size, shape.data(), shape.size(),
                                                   onnx_type(one.type)));
        options.AddInitializer(std::string(one.name_view()).c_str(), values_.back());
    }

    void *elements(const tensor &one, std::size_t size, workspace &work)
    {
        if (one.stored != nullptr && reinterpret_cast<std::uintptr_t>(one.stored) % alignment == 0)
            return const_cast<void *>(one.stored); /* which nobody writes to: it is constant in the graph */
        decoded_.emplace_back(std::aligned_alloc(alignment, (size / alignment + 1) * alignment));
        if (decoded_.back() == nullptr)
            throw std::bad_alloc();
        one.decode_to(one.type, decoded_.back().get(), size, work, 0, one.rows).check();
        return decoded_.back().get();
    }

    /* In the order in which they may go: the session last made, and first gone. */
    std::vector<std::unique_ptr<void, released>> decoded_;
    std::vector<Ort::Value> values_;
    Ort::Session session_{nullptr};
};

} // namespace weightless

#endif
