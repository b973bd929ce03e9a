using BenchmarkDotNet.Attributes;
using Weightless.Encoder;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Benchmarks;

/// <summary>From a section to float32, by the managed build of the decoder.</summary>
[MemoryDiagnoser]
public class Decoding : IDisposable
{
    private WlsFile? _file;

    [Params("csr arithmetic", "bloomier none", "coupled none")]
    public string System { get; set; } = "";

    [GlobalSetup]
    public void Encode()
    {
        string[] words = System.Split(' ');
        EncoderOptions options = Layers.Options(Enum.Parse<Method>(words[0], true), Enum.Parse<Coder>(words[1], true));
        using MemoryStream stream = new();
        WlsWriter.Write(stream, [ModelEncoder.Encode(Layers.Make(), options)]);
        _file = WlsFile.Open(stream.ToArray());
    }

    /// <summary>It allocates the array that it returns.</summary>
    [Benchmark]
    public byte[] Decode() => _file!.Tensors[0].Decode(ElementType.F32);

    [GlobalCleanup]
    public void Dispose()
    {
        _file?.Dispose();
        GC.SuppressFinalize(this);
    }
}
