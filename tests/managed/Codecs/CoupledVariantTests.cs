using System.Runtime.InteropServices;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Every instruction set that the machine has decodes to the same bytes as the scalar reference.</summary>
[Collection(nameof(InstructionSets))]
public sealed class CoupledVariantTests : IDisposable
{
    private static readonly ElementType[] Outputs = [ElementType.Id8, ElementType.F32, ElementType.F16, ElementType.BF16];
    private static readonly double[] Densities = [0.001, 0.01, 0.03, 0.1, 0.5, 0.95];

    private readonly InstructionSet _current = InstructionSets.Current;

    public void Dispose() => InstructionSets.Current = _current;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 4096, 4)]
    [InlineData(4096, 1, 9)]
    [InlineData(63, 65, 16)]
    [InlineData(333, 77, 17)]
    [InlineData(4096, 1000, 4)]
    public void A_shape_is_decoded_by_all_variants_alike(int rows, int columns, int clusters)
    {
        for (int i = 0; i < Densities.Length; i++)
            Check(rows, columns, clusters, rows * columns > 1 << 20 && Densities[i] > 0.1 ? 0.02 : Densities[i], seed: i);
    }

    [Fact]
    public void Random_shapes_are_decoded_by_all_variants_alike()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            int rows = random.Next(1, 1 << random.Next(1, 9));
            int columns = random.Next(1, 1 << random.Next(1, 11));
            int clusters = (seed % 4) switch { 0 => random.Next(1, 8), 1 => random.Next(1, 17), 2 => random.Next(1, 256), _ => 4 };
            Check(rows, columns, clusters, Densities[random.Next(Densities.Length)], seed);
        }
    }

    /// <summary>Outputs larger than the caches are stored past them where they are aligned: the same bytes wherever they begin.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public unsafe void A_large_output_is_the_same_at_any_address(int clusters)
    {
        const int rows = 1100, columns = 4096, bytes = rows * columns * sizeof(float);
        using WlsFile file = CoupledTests.Encode(Layer(rows, columns, clusters, 0.01, new Random(clusters)), cellBits: 6);
        WlsTensor decoder = file.Tensors[0];
        InstructionSets.Current = InstructionSet.Scalar;
        byte[] expected = file.Tensors[0].Decode(ElementType.F32);
        byte[] workspace = new byte[decoder.WorkspaceSize];
        byte* memory = (byte*)NativeMemory.AlignedAlloc(bytes + 64, 64);
        fixed (byte* scratch = workspace)
        {
            foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsAvailable))
            {
                InstructionSets.Current = set;
                foreach (int offset in new[] { 0, 16, 4 })
                {
                    new Span<byte>(memory, bytes + 64).Fill(0xa5);
                    Assert.Equal(Status.Ok, decoder.DecodeRows(ElementType.F32, 0, rows, memory + offset, bytes, scratch, (nuint)workspace.Length));
                    Assert.True(expected.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(memory + offset, bytes)), $"{set}, {offset}");
                    Assert.False(new ReadOnlySpan<byte>(memory + offset + bytes, 64 - offset).ContainsAnyExcept((byte)0xa5));
                }
            }
        }
        NativeMemory.AlignedFree(memory);
    }

    private static void Check(int rows, int columns, int clusters, double density, int seed)
    {
        Random random = new(seed);
        ClusteredTensor layer = Layer(rows, columns, clusters, density, random);
        int cellBits = random.Next(CellWidth.Smallest(clusters), 17);
        using WlsFile file = CoupledTests.Encode(layer, cellBits);
        WlsTensor tensor = file.Tensors[0];
        foreach (ElementType output in Outputs)
        {
            InstructionSets.Current = InstructionSet.Scalar;
            byte[] expected = tensor.Decode(output);
            float[]? product = output == ElementType.F32 ? Multiply(tensor) : null;
            if (output == ElementType.Id8)
                CheckKeys(layer, expected);
            foreach (InstructionSet set in Enum.GetValues<InstructionSet>())
            {
                if (!InstructionSets.IsAvailable(set))
                    continue;
                InstructionSets.Current = set;
                Assert.True(expected.AsSpan().SequenceEqual(tensor.Decode(output)), $"{set} {output} of {rows} x {columns}, seed {seed}");
                CheckBands(tensor, output, expected, random);
                if (product is not null)
                    Assert.Equal(MemoryMarshal.AsBytes(product.AsSpan()).ToArray(), MemoryMarshal.AsBytes(Multiply(tensor).AsSpan()).ToArray());
            }
        }
    }

    /// <summary>A random layer with an empty row and a full one, where there is room.</summary>
    private static ClusteredTensor Layer(int rows, int columns, int clusters, double density, Random random)
    {
        byte[] ids = RandomLayers.Make(rows, columns, clusters, density, random.Next()).Ids;
        ids[random.Next(ids.Length)] = 1;
        if (rows > 3)
        {
            ids.AsSpan(columns, columns).Clear();
            foreach (ref byte id in ids.AsSpan(2 * columns, columns))
                id = (byte)random.Next(1, clusters + 1);
        }
        uint[] centroids = [.. Enumerable.Range(0, clusters).Select(i => BitConverter.SingleToUInt32Bits((i - 100.5f) / 3))];
        return new ClusteredTensor("layer", ElementType.F32, [rows, columns], ids, centroids);
    }

    private static void CheckKeys(ClusteredTensor layer, byte[] decoded)
    {
        for (int i = 0; i < decoded.Length; i++)
        {
            if (layer.Ids[i] != 0 && layer.Ids[i] != decoded[i])
                Assert.Fail($"weight {i} is {decoded[i]}, not {layer.Ids[i]}");
        }
    }

    private static void CheckBands(WlsTensor tensor, ElementType output, byte[] expected, Random random)
    {
        BandReader bands = new(tensor, output);
        int rowBytes = (int)tensor.Columns * ElementTypes.Size(output);
        for (int i = 0; i < 4; i++)
        {
            int row = random.Next((int)tensor.Rows);
            int count = random.Next(1, Math.Min((int)tensor.Rows - row, 50) + 1);
            Assert.True(expected.AsSpan(row * rowBytes, count * rowBytes).SequenceEqual(bands.Read(row, count)), $"{output} rows {row}, {count}");
        }
    }

    private static unsafe float[] Multiply(WlsTensor tensor)
    {
        float[] x = [.. Enumerable.Range(0, (int)tensor.Columns).Select(i => (i % 13 - 6) / 7f)];
        float[] y = new float[tensor.Rows];
        byte[] workspace = new byte[tensor.WorkspaceSize];
        fixed (float* from = x, to = y)
        fixed (byte* scratch = workspace)
        {
            Assert.Equal(Status.Ok, tensor.Multiply(from, (nuint)x.Length * 4, to, (nuint)y.Length * 4, scratch, (nuint)workspace.Length));
        }
        return y;
    }
}
