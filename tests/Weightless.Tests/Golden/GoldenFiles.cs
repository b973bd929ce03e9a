using Weightless.Encoder;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;

namespace Weightless.Tests.Golden;

/// <summary>
/// The files in tests/golden: small ones of every kind, of format version 1, and beside each NAME.wls the decoded elements of its
/// tensors, one after the other, as NAME.expected. They are what a release wrote, so they are added to and never changed.
/// <c>WEIGHTLESS_WRITE_GOLDEN=1 dotnet test tests/Weightless.Tests --filter GoldenFileTests</c> writes those that are missing.
/// </summary>
internal static class GoldenFiles
{
    public static string Folder { get; } = FindFolder();

    /// <summary>Name and tensors of each file.</summary>
    public static IEnumerable<(string Name, EncodedTensor[] Tensors)> All()
    {
        yield return ("v1-empty", []);
        yield return ("v1-stored", [Store(ElementType.F32, [3, 5]), Store(ElementType.BF16, []), Store(ElementType.I64, [7]), Store(ElementType.U8, [0, 4])]);
        foreach (Method method in RandomLayers.Methods)
        {
            foreach (Coder coder in RandomLayers.Coders)
            {
                string system = FormattableString.Invariant($"v1-{method}-{coder}").ToLowerInvariant();
                yield return (system, [EncodedTensor.Encode(RandomLayers.Make(24, 37, 9, 0.1, seed: 1), method, coder)]);
                yield return ($"{system}-i8", [EncodedTensor.Encode(Integers(), method, coder, cellBits: method == Method.Bloomier ? 12 : null)]);
            }
        }
        yield return ("v1-mixed",
        [
            EncodedTensor.Encode(RandomLayers.Make(30, 20, 4, 0.2, seed: 2, ElementType.F16) with { Name = "conv", Shape = [30, 5, 2, 2] }, Method.Csr, Coder.Arithmetic),
            Store(ElementType.F16, [30]),
            EncodedTensor.Encode(RandomLayers.Make(10, 30, 1, 0.3, seed: 3, ElementType.BF16) with { Name = "fc" }, Method.Dense, Coder.Huffman),
            EncodedTensor.Encode(RandomLayers.Make(8, 8, 3, 0, seed: 4) with { Name = "all zero" }, Method.Bloomier, Coder.None),
        ]);
    }

    public static byte[] Bytes(EncodedTensor[] tensors)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, tensors);
        return stream.ToArray();
    }

    private static ClusteredTensor Integers()
    {
        ClusteredTensor layer = RandomLayers.Make(16, 33, 40, 0.4, seed: 5);
        uint[] values = [.. Enumerable.Range(-20, 41).Where(i => i != 0).Select(i => (uint)(byte)i)];
        return layer with { Type = ElementType.I8, Centroids = values };
    }

    private static EncodedTensor Store(ElementType type, long[] shape)
    {
        long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
        byte[] data = new byte[count * ElementTypes.Size(type)];
        new Random(6).NextBytes(data);
        string name = FormattableString.Invariant($"{type} x {count}");
        return EncodedTensor.Store(new Tensor(name, type, shape, data));
    }

    private static string FindFolder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Join(folder, "Weightless.sln")))
            folder = Path.GetDirectoryName(folder);
        return Path.Join(folder ?? throw new InvalidOperationException("not run from within the repository"), "tests", "golden");
    }
}
