using Weightless.Encoder;
using Weightless.Encoder.Models;
using Weightless.Encoder.Synthesis;
using Weightless.NativeDecoder.Format;

namespace Weightless.Benchmarks;

/// <summary>A synthetic layer of LeNet-300-100's first shape, a tenth of it not zero.</summary>
internal static class Layers
{
    public static PreparedTensor Make()
    {
        TensorSource source = SyntheticLayer.Create(300, 784, 0.1, 9, 1);
        using MemoryStream stream = new();
        source.WriteTo(stream);
        Tensor tensor = new(source.Name, source.Type, source.Shape, stream.ToArray());
        return ModelEncoder.Prepare(tensor, new EncoderOptions());
    }

    public static EncoderOptions Options(Method method, Coder coder) => new() { Method = method, Coder = coder };
}
