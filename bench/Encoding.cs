using BenchmarkDotNet.Attributes;
using Weightless.Encoder;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Benchmarks;

/// <summary>From ids to a section.</summary>
public class Encoding
{
    private readonly PreparedTensor _layer = Layers.Make();

    [Benchmark]
    [Arguments(Method.Csr, Coder.Arithmetic)]
    [Arguments(Method.Bloomier, Coder.None)]
    [Arguments(Method.Coupled, Coder.None)]
    public EncodedTensor Encode(Method method, Coder coder) => ModelEncoder.Encode(_layer, Layers.Options(method, coder));
}
