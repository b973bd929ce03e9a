using System.Runtime.InteropServices;
using CsCheck;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Abi;
using Weightless.Tests.Codecs;
using Weightless.Tests.Golden;
using Xunit.Abstractions;

namespace Weightless.Tests.Differential;

/// <summary>
/// Random layers, each decoded in every way there is, by everything that decodes: all of it has to agree. What disagrees is
/// made smaller before it is shown.
/// </summary>
[Trait("Cases", "Random")]
[Collection(nameof(InstructionSets))]
public sealed class DifferentialTests(ITestOutputHelper output) : IDisposable
{
    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    [Fact]
    public void Every_way_to_decode_gives_what_was_encoded() => LayerCase.Any.Sample(layer =>
    {
        (ClusteredTensor tensor, byte[] file) = Encode(layer);
        DecodeInEveryWay(Library.Managed, file, layer, tensor);
    }, iter: RandomCases.Count(500, "layers, decoded whole, in bands, as sparse rows and as a product", output));

    [NativeFact]
    public void The_native_library_decodes_to_the_same_bytes() => LayerCase.Any.Sample(layer =>
    {
        (ClusteredTensor tensor, byte[] file) = Encode(layer);
        Assert.Equal(DecodeInEveryWay(Library.Managed, file, layer, tensor), DecodeInEveryWay(Library.Native, file, layer, tensor));
    }, iter: RandomCases.Count(200, "layers, managed against native", output));

    [Fact]
    public void Every_instruction_set_decodes_to_the_same_bytes() => LayerCase.Any.Sample(layer =>
    {
        (ClusteredTensor tensor, byte[] file) = Encode(layer);
        InstructionSets.Current = InstructionSet.Scalar;
        List<byte[]> expected = DecodeInEveryWay(Library.Managed, file, layer, tensor);
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
        {
            InstructionSets.Current = set;
            Assert.Equal(expected, DecodeInEveryWay(Library.Managed, file, layer, tensor));
        }
    }, iter: RandomCases.Count(100, "layers, each instruction set against scalar", output), threads: 1);

    private static (ClusteredTensor Layer, byte[] File) Encode(LayerCase layer)
    {
        ClusteredTensor tensor = layer.Make();
        return (tensor, GoldenFiles.Bytes([layer.Encode(tensor)]));
    }

    /// <summary>All output types, whole; what else there is is checked against those here.</summary>
    private static List<byte[]> DecodeInEveryWay(Library library, byte[] file, LayerCase layer, ClusteredTensor tensor)
    {
        using LibraryModel model = new(library, file);
        Assert.Equal(Status.Ok, model.Status);
        byte[] ids = model.Decode(0, ElementType.Id8);
        CheckIds(tensor.Ids, ids, RandomLayers.IsExact(layer.Method));
        int rows = (int)tensor.Rows, columns = (int)tensor.Columns;
        Random random = new(layer.Seed);
        List<byte[]> all = [];
        foreach (ElementType type in Reference.Outputs(tensor.Type, layer.Method))
        {
            byte[] whole = model.Decode(0, type);
            CheckElements(tensor, ids, type, whole);
            CheckBands(model, type, whole, random);
            Sparse sparse = Reference.ToSparse(whole, rows, columns, ElementTypes.Size(type));
            Sparse actual = model.DecodeCsr(0, type);
            Assert.Equal(sparse.RowOffsets, actual.RowOffsets);
            Assert.Equal(sparse.Columns, actual.Columns);
            Assert.Equal(sparse.Values, actual.Values);
            if (type == ElementType.F32)
            {
                float[] x = Reference.Input(columns);
                byte[] y = MemoryMarshal.AsBytes(model.Multiply(0, x).AsSpan()).ToArray();
                float[] expected = Reference.Multiply(MemoryMarshal.Cast<byte, float>(whole), rows, columns, x);
                Assert.Equal(MemoryMarshal.AsBytes(expected.AsSpan()).ToArray(), y);
                all.Add(y);
            }
            all.Add(whole);
        }
        return all;
    }

    private static void CheckIds(byte[] expected, byte[] actual, bool isExact)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (actual[i] != expected[i] && (isExact || expected[i] != 0))
                Assert.Fail($"weight {i} is {actual[i]}, not {expected[i]}");
        }
    }

    private static void CheckElements(ClusteredTensor tensor, byte[] ids, ElementType type, byte[] elements)
    {
        int size = ElementTypes.Size(type);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        for (int i = 0; i < ids.Length; i++)
        {
            uint bits = type == ElementType.Id8 ? ids[i] : ids[i] == 0 ? 0 : Palette.Convert(tensor.Centroids[ids[i] - 1], tensor.Type, type);
            MemoryMarshal.Write(bytes, bits);
            if (!elements.AsSpan(i * size, size).SequenceEqual(bytes[..size]))
                Assert.Fail($"{type} {i} is not that of id {ids[i]}");
        }
    }

    /// <summary>Bands in order and out of it, in a workspace that is written to now and then.</summary>
    private static void CheckBands(LibraryModel model, ElementType type, byte[] whole, Random random)
    {
        TensorFacts info = model.Info(0);
        int rows = (int)info.Rows, rowBytes = (int)info.Columns * ElementTypes.Size(type);
        int most = random.Next(1, rows + 2);
        int steps = 0;
        for (int row = 0; row < rows && steps < 40; steps++)
        {
            int count = Math.Min(random.Next(most + 1), rows - row);
            Assert.True(whole.AsSpan(row * rowBytes, count * rowBytes).SequenceEqual(model.DecodeRows(0, type, (ulong)row, (ulong)count)),
                $"{type}, rows {row} to {row + count}");
            Span<byte> workspace = model.WorkspaceOf(0);
            if (random.Next(4) == 0 && workspace.Length > 0)
                workspace[random.Next(workspace.Length)] ^= 0x5a;
            row = random.Next(6) == 0 ? random.Next(rows) : row + count;
        }
    }
}
