using System.Runtime.InteropServices;
using CsCheck;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Abi;
using Weightless.Tests.Differential;
using Weightless.Tests.Golden;
using Xunit.Abstractions;

namespace Weightless.Tests.Codecs;

/// <summary>Grids of any shape, scales and integers, over every method: whatever way they are decoded, they are integer x scale.</summary>
[Collection(nameof(InstructionSets))]
public sealed class GridTests(ITestOutputHelper output) : IDisposable
{
    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    [Fact]
    public void Every_way_to_decode_gives_integers_times_scales() => GridCase.Any.Sample(grid => Check(Library.Managed, grid),
        iter: RandomCases.Count(600, "grids, decoded whole, in bands, as sparse rows and as a product", output));

    [NativeFact]
    public void The_native_library_decodes_to_the_same_bytes() => GridCase.Any.Sample(grid => Check(Library.Native, grid),
        iter: RandomCases.Count(300, "grids, by the native library", output));

    [Fact]
    public void Every_instruction_set_decodes_to_the_same_bytes() => GridCase.Any.Sample(grid =>
    {
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
        {
            InstructionSets.Current = set;
            Check(Library.Managed, grid);
        }
    }, iter: RandomCases.Count(150, "grids, by each instruction set", output), threads: 1);

    private static void Check(Library library, GridCase layer)
    {
        GridTensor grid = layer.Make();
        using LibraryModel model = new(library, GoldenFiles.Bytes([layer.Encode(grid)]));
        Assert.Equal(Status.Ok, model.Status);
        TensorFacts info = model.Info(0);
        CheckScales(model, info, grid);

        // Of a filter the false positives are integers like others: what was not 0 has to come back.
        short[] integers = MemoryMarshal.Cast<byte, short>(model.Decode(0, ElementType.I16)).ToArray();
        Assert.Equal(grid.Integers.Length, integers.Length);
        if (RandomLayers.IsExact(layer.Method))
            Assert.Equal(grid.Integers, integers);
        GridTensor decoded = grid with { Integers = integers };
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            Status status = model.TryDecode(0, type, out byte[] whole);
            Assert.Equal(Decodes(grid, info, layer.Method, type) ? Status.Ok : Status.Type, status);
            if (status != Status.Ok)
                continue;
            if (type != ElementType.Id8)
                Assert.Equal(Elements(decoded, type), whole);
            CheckBands(model, info, type, whole, new Random(layer.Seed));
            CheckSparse(model, info, type, whole);
            if (type == ElementType.F32)
                CheckProduct(model, info, whole);
        }
    }

    private static bool Decodes(GridTensor grid, in TensorFacts info, Method method, ElementType output) => output switch
    {
        ElementType.F32 or ElementType.F16 or ElementType.BF16 => grid.Type != ElementType.I16,
        ElementType.I16 => true,
        ElementType.I8 => info.GridBits == 8,
        ElementType.Id8 => info.GridBits == 8 && method != Method.Stored,
        _ => false,
    };

    /// <summary>By the definition: one product of floats, then the output's type.</summary>
    private static byte[] Elements(GridTensor grid, ElementType type) => type switch
    {
        ElementType.I8 => [.. grid.Integers.Select(integer => (byte)integer)],
        ElementType.I16 => MemoryMarshal.AsBytes(grid.Integers.AsSpan()).ToArray(),
        _ => (grid with { Type = type }).ToTensor().Data.ToArray(),
    };

    private static void CheckScales(LibraryModel model, in TensorFacts info, GridTensor grid)
    {
        bool hasChannels = grid.Shifts.Distinct().Count() > 1;
        ulong channels = grid.Type == ElementType.I16 ? 0 : hasChannels ? (ulong)grid.Shape[grid.ChannelAxis] : 1;
        Assert.Equal(channels, info.Channels);
        Assert.Equal(hasChannels ? (uint)grid.ChannelAxis : 0, info.ChannelAxis);
        float[] scales = new float[channels];
        Assert.Equal(Status.Ok, model.TryScales(0, 0, scales));
        for (int i = 0; i < scales.Length; i++)
            Assert.Equal(hasChannels || grid.Shifts.Length > 0 ? grid.Scale(i) : grid.Step, scales[i]);
        Assert.Equal(Status.Rows, model.TryScales(0, channels, new float[1]));
        Assert.Equal(Status.Rows, model.TryScales(0, channels + 1, []));
    }

    private static void CheckBands(LibraryModel model, in TensorFacts info, ElementType type, byte[] whole, Random random)
    {
        int rows = (int)info.Rows;
        int rowBytes = (int)info.Columns * ElementTypes.Size(type);
        for (int i = 0; i < 12; i++)
        {
            int first = random.Next(rows + 1);
            int count = random.Next(rows - first + 1);
            Assert.True(whole.AsSpan(first * rowBytes, count * rowBytes).SequenceEqual(model.DecodeRows(0, type, (ulong)first, (ulong)count)),
                $"{type}, rows {first} to {first + count}");
        }
    }

    private static void CheckSparse(LibraryModel model, in TensorFacts info, ElementType type, byte[] whole)
    {
        Sparse expected = Reference.ToSparse(whole, (int)info.Rows, (int)info.Columns, ElementTypes.Size(type));
        Sparse actual = model.DecodeCsr(0, type);
        Assert.Equal(expected.RowOffsets, actual.RowOffsets);
        Assert.Equal(expected.Columns, actual.Columns);
        Assert.Equal(expected.Values, actual.Values);
    }

    private static void CheckProduct(LibraryModel model, in TensorFacts info, byte[] whole)
    {
        float[] x = Reference.Input((int)info.Columns);
        float[] expected = Reference.Multiply(MemoryMarshal.Cast<byte, float>(whole), (int)info.Rows, (int)info.Columns, x);
        Assert.Equal(MemoryMarshal.AsBytes(expected.AsSpan()).ToArray(), MemoryMarshal.AsBytes(model.Multiply(0, x).AsSpan()).ToArray());
    }
}
