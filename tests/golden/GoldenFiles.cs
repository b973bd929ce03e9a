using System.Text;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Codecs.Coupled;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Codecs;

namespace Weightless.Tests.Golden;

/// <summary>
/// The files in tests/golden: small ones of every kind, of format version 1, and beside each NAME.wls the decoded elements of its
/// tensors, one after the other, as NAME.expected. They are what a release wrote, so they are added to and never changed.
/// <c>WEIGHTLESS_WRITE_GOLDEN=1 dotnet test tests/managed --filter GoldenFileTests</c> writes those that are missing.
/// </summary>
internal static class GoldenFiles
{
    public static string Folder { get; } = FindFolder();

    /// <summary>Name and tensors of each file.</summary>
    public static IEnumerable<(string Name, EncodedTensor[] Tensors)> All()
    {
        yield return ("v1-empty", []);
        yield return ("v1-stored-types", [.. Enum.GetValues<ElementType>().Where(type => type != ElementType.Id8).Select(type => Store(type, [2, 3]))]);
        yield return ("v1-stored", [Store(ElementType.F32, [3, 5]), Store(ElementType.BF16, []), Store(ElementType.I64, [7]), Store(ElementType.U8, [0, 4])]);
        foreach (Method method in RandomLayers.Methods)
        {
            foreach (Coder coder in RandomLayers.CodersOf(method))
            {
                string system = FormattableString.Invariant($"v1-{method}-{coder}").ToLowerInvariant();
                yield return (system, [Encoded.By(RandomLayers.Make(24, 37, 9, 0.1, seed: 1), method, coder)]);
                yield return ($"{system}-i8", [Encoded.By(Integers(), method, coder, cellBits: RandomLayers.IsExact(method) ? null : 12)]);
            }
        }
        yield return ("v1-coupled-masked", [Encoded.By(DeadRowsAndColumns(), Method.Coupled, Coder.None)]);
        yield return ("v1-coupled-blocks", [Encoded.By(Uneven(), Method.Coupled, Coder.None, cellBits: 2)]);
        yield return ("v1-context-gaps", [Encoded.ByContext(RandomLayers.Make(24, 37, 9, 0.05, seed: 9), strength: 1)]);
        yield return ("v1-context-gaps-masked", [Encoded.ByContext(DeadRowsAndColumns(), strength: 1)]);
        yield return ("v1-context-image", [Encoded.ByContext(Image(), strength: 9)]);
        yield return ("v1-context-background", [Encoded.ByContext(MostlyOneValue(), strength: 9)]);
        yield return ("v1-context-levels", [Encoded.ByContext(ContextLevelsTests.Scaled(30, 40))]);
        yield return ("v1-context-predicted",
            [Encoded.ByContext(ContextLevelsTests.Smooth(12, 64)), Encoded.ByContext(ContextLevelsTests.Kernels(20, 24, 3) with { Name = "kernels" })]);
        yield return ("v1-context-network", Network());
        yield return ("v1-words-codes", [.. new[] { 1, 4, 8, 16 }.Select(length =>
            WordsTests.Encode(WordsTests.Skewed(20, 41, 12, 0.7, seed: length) with { Name = $"{length}" }, band: 300, length, common: 9))]);
        yield return ("v1-exponent", [.. ExponentTests.Kinds.Where(kind => kind is not ("bits" or "halves")).Select(kind => ExponentTests.Encode(ExponentTests.Floats(kind, [19, 23], seed: 24)))]);
        yield return ("v1-coupled-pieces", [Pieces(cellBits: 3)]);
        yield return ("v1-coupled-pieces-wide", [Pieces(cellBits: 12)]);
        yield return ("v1-csr-tans-bands", [Encoded.By(RandomLayers.Make(300, 200, 5, 0.35, seed: 22), Method.Csr, Coder.Tans)]);
        yield return ("v1-csr-tans-sparse", [Encoded.By(RandomLayers.Make(40, 3000, 3, 0.0005, seed: 23), Method.Csr, Coder.Tans)]);
        yield return ("v1-half-codebook", [.. InEverySystem(RandomLayers.Make(4, 9, 3, 0.3, seed: 13).WithHalfCodebook())]);
        yield return ("v1-f16", InEveryMethod(RandomLayers.Make(5, 7, 3, 0.3, seed: 14, ElementType.F16), Coder.None));
        yield return ("v1-bf16", InEveryMethod(RandomLayers.Make(3, 12, 3, 0.3, seed: 15, ElementType.BF16), Coder.Huffman));
        yield return ("v1-u8", InEveryMethod(
            RandomLayers.Make(6, 6, 6, 0.3, seed: 16) with { Type = ElementType.U8, Centroids = [1, 2, 3, 50, 254, 255] }, Coder.Arithmetic));
        foreach (Method method in RandomLayers.Methods)
            yield return (FormattableString.Invariant($"v1-{method}-k255").ToLowerInvariant(), [EveryByte(method)]);
        yield return ("v1-model", [
            Encoded.By(RandomLayers.Make(7, 9, 4, 0.5, seed: 25) with { Name = "a" }, Method.Dense, Coder.Huffman), Store(ElementType.F16, [3, 5]),
            WordsTests.Encode(WordsTests.Skewed(20, 41, 12, 0.7, seed: 26) with { Name = "b" }, band: 300, 4, common: 9),
            Encoded.ByContext(RandomLayers.Make(8, 5, 3, 0.5, seed: 27) with { Name = "c" }), Store(ElementType.I64, [0, 5]), Store(ElementType.U8, [3])]);
        yield return ("v1-model-every", [.. InEverySystem(RandomLayers.Make(6, 11, 3, 0.3, seed: 28)),
            .. ExponentTests.Kinds.Take(2).Select(kind => ExponentTests.Encode(ExponentTests.Floats(kind, [9, 23], seed: 29)))]);
        yield return ("v1-mixed",
        [
            Encoded.By(RandomLayers.Make(30, 20, 4, 0.2, seed: 2, ElementType.F16) with { Name = "conv", Shape = [30, 5, 2, 2] }, Method.Csr, Coder.Arithmetic),
            Store(ElementType.F16, [30]),
            Encoded.By(RandomLayers.Make(10, 30, 1, 0.3, seed: 3, ElementType.BF16) with { Name = "fc" }, Method.Dense, Coder.Huffman),
            Encoded.By(RandomLayers.Make(8, 8, 3, 0, seed: 4) with { Name = "all zero" }, Method.Bloomier, Coder.None),
        ]);
    }

    /// <summary>Those with a model; beside each there is NAME.model, what it is rebuilt to.</summary>
    public static string[] Models { get; } = ["v1-model", "v1-model-every"];

    public static byte[] Bytes(EncodedTensor[] tensors, EncodedSkeleton? skeleton = null)
    {
        MemoryStream stream = new();
        WlsWriter.Write(stream, tensors, skeleton);
        return stream.ToArray();
    }

    /// <summary>A model that tells of its tensors. The second one's elements lie elsewhere.</summary>
    public static ModelSource Model(EncodedTensor[] tensors)
    {
        using WlsFile file = WlsFile.Of(tensors);
        List<byte> bytes = [];
        List<Extent?> places = [];
        foreach (WlsTensor tensor in file.Tensors)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes($"Tensor {tensor.Name} has {tensor.Weights} elements, of {tensor.DenseBytes} bytes:\n"));
            bool isHere = places.Count != 1;
            places.Add(isHere ? new Extent(bytes.Count, (int)tensor.DenseBytes) : null);
            if (isHere)
                bytes.AddRange(tensor.Decode(tensor.Type));
        }
        bytes.AddRange("That is all."u8);
        return new ModelSource(bytes.ToArray(), places);
    }

    private static ClusteredTensor Integers()
    {
        ClusteredTensor layer = RandomLayers.Make(16, 33, 40, 0.4, seed: 5);
        uint[] values = [.. Enumerable.Range(-20, 41).Where(i => i != 0).Select(i => (uint)(byte)i)];
        return layer with { Type = ElementType.I8, Centroids = values };
    }

    /// <summary>Every third row and every second column is empty.</summary>
    private static ClusteredTensor DeadRowsAndColumns() =>
        Without(RandomLayers.Make(45, 61, 9, 0.4, seed: 7), i => i / 61 % 3 == 0 || i % 61 % 2 == 0);

    /// <summary>Two layers, of which the first one's dead rows are the other's dead columns, and a bias of distinct values.</summary>
    private static EncodedTensor[] Network()
    {
        ClusteredTensor first = Without(RandomLayers.Make(40, 48, 5, 0.5, seed: 10), i => i / 48 % 3 != 0 || i % 6 > 3);
        ClusteredTensor second = Without(RandomLayers.Make(20, 40, 5, 0.5, seed: 11), i => i % 40 % 3 != 0 || i / 40 % 2 == 0);
        byte[] ids = [.. Enumerable.Range(0, 40).Select(i => i % 3 == 0 ? (byte)(i / 3 + 1) : (byte)0)];
        ClusteredTensor bias = new("bias", ElementType.F32, [40], ids, RandomLayers.Make(1, 40, 14, 1, seed: 12).Centroids);
        EncodedTensor a = Encoded.ByContext(first with { Name = "a" }, strength: 9);
        EncodedTensor b = Encoded.ByContext(bias, strength: 9, [a]);
        return [a, b, Encoded.ByContext(second with { Name = "b" }, strength: 9, [a, b])];
    }

    /// <summary>Enough non-zeros, and so unevenly spread, that the filter has a directory.</summary>
    private static ClusteredTensor Uneven() =>
        Without(RandomLayers.Make(100, 128, 2, 0.95, seed: 8), i => i / 128 % 50 < 25 && i % 16 != 0);

    private static ClusteredTensor Without(ClusteredTensor layer, Func<int, bool> isZero)
    {
        byte[] ids = [.. layer.Ids.Select((id, i) => isZero(i) ? (byte)0 : id)];
        return new ClusteredTensor(layer.Name, layer.Type, layer.Shape, ids, layer.Centroids);
    }

    /// <summary>A layer whose columns are the pixels of an image, of which each row sees a patch.</summary>
    private static ClusteredTensor Image() => Without(RandomLayers.Make(20, 64, 2, 0.9, seed: 17), i =>
    {
        int row = i / 64;
        int x = i % 8 - row * 3 % 8;
        int y = i % 64 / 8 - row * 5 % 8;
        return x * x + y * y > 5;
    });

    /// <summary>Zero is not what most of its weights are.</summary>
    private static ClusteredTensor MostlyOneValue()
    {
        ClusteredTensor layer = RandomLayers.Make(20, 25, 5, 0.9, seed: 18);
        return layer with { Ids = [.. layer.Ids.Select((id, i) => i % 5 != 0 ? (byte)3 : id)] };
    }

    /// <summary>255 centroids, and the widest cells.</summary>
    private static EncodedTensor EveryByte(Method method)
    {
        ClusteredTensor layer = RandomLayers.Make(5, 23, 255, 0.6, seed: 19) with
        {
            Type = ElementType.U8,
            Centroids = [.. Enumerable.Range(1, 255).Select(i => (uint)i)],
        };
        Coder coder = RandomLayers.CodersOf(method)[^1];
        return Encoded.By(layer, method, coder, cellBits: RandomLayers.IsExact(method) ? null : 16);
    }

    /// <summary>
    /// What the encoder makes of millions of non-zeros only, a filter of several pieces, with random cells: any cells are
    /// weights.
    /// </summary>
    private static EncodedTensor Pieces(int cellBits)
    {
        Random random = new(20);
        BuiltPiece[] pieces = [.. new uint[] { 100, 333, 64, 1 }.Select((cells, i) => new BuiltPiece(cells, (ulong)i * 77,
            [0, cells / 3, cells], [.. Enumerable.Range(0, cellBits).Select(_ => Words(random, cells))]))];
        CoupledShape shape = new(cellBits, Hashes: 5, SpanLog2: 3, EntryBytes: 3, BlockGroups: 1, PieceBlocks: 2);
        ClusteredTensor layer = RandomLayers.Make(21, 23, 6, 0.3, seed: 21);
        BitWriter section = new();
        PaletteWriter.Write(layer, section);
        new BuiltFilter(shape, pieces, layer.Nonzeros, 1).Write(null, null, section);
        return new EncodedTensor(layer.Name, layer.Type, layer.Shape, Method.Coupled, Coder.None, section.ToArray());
    }

    private static ulong[] Words(Random random, uint count)
    {
        byte[] bytes = new byte[(count + 63) / 64 * sizeof(ulong)];
        random.NextBytes(bytes);
        return [.. Enumerable.Range(0, bytes.Length / sizeof(ulong)).Select(i => BitConverter.ToUInt64(bytes, i * sizeof(ulong)))];
    }

    private static IEnumerable<EncodedTensor> InEverySystem(ClusteredTensor layer)
    {
        foreach (Method method in RandomLayers.Methods)
        {
            foreach (Coder coder in RandomLayers.CodersOf(method))
                yield return Encoded.By(layer with { Name = $"{method} {coder}" }, method, coder);
        }
    }

    /// <summary>With a coder, if the method takes one.</summary>
    private static EncodedTensor[] InEveryMethod(ClusteredTensor layer, Coder coder) =>
        [.. InEverySystem(layer).Where(tensor => tensor.Coder == coder || RandomLayers.CodersOf(tensor.Method).Length == 1)];

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
