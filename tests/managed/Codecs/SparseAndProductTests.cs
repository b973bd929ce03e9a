using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Compressed sparse rows and the product, of every method, are those of the decoded matrix.</summary>
public unsafe class SparseAndProductTests
{
    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void They_are_those_of_what_is_decoded(Method method, Coder coder)
    {
        RandomLayers.Any.Sample(layer =>
        {
            using WlsFile file = RoundTripTests.Encode(layer, method, coder);
            Check(file.Tensors[0]);
        }, iter: 60);
    }

    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void Rows_longer_than_a_piece_too(Method method, Coder coder)
    {
        using WlsFile file = RoundTripTests.Encode(RandomLayers.Make(5, 5003, 7, 0.05, seed: 1), method, coder);
        Check(file.Tensors[0]);
    }

    [Fact]
    public void A_stored_tensor_too()
    {
        byte[] data = new byte[30 * 41 * 2];
        new Random(1).NextBytes(data);
        MemoryStream stream = new();
        WlsWriter.Write(stream, [EncodedTensor.Store(new Tensor("t", ElementType.I8, [60, 41], data))]);
        using WlsFile file = WlsFile.Open(stream.ToArray());
        Check(file.Tensors[0]);
    }

    internal static void Check(WlsTensor tensor)
    {
        uint[] weights = [.. tensor.Decode(ElementType.F32).Chunk(4).Select(bytes => BitConverter.ToUInt32(bytes))];
        int rows = (int)tensor.Rows, columns = (int)tensor.Columns;
        WlsTensor decoder = tensor;
        byte[] workspace = new byte[decoder.WorkspaceSize + 1];
        new Random(2).NextBytes(workspace);
        ulong[] offsets = new ulong[rows + 1];
        int nonzeros = weights.Count(weight => weight != 0);
        uint[] indexes = new uint[nonzeros + 1], values = new uint[nonzeros + 1];
        float[] x = [.. Enumerable.Range(0, columns + 1).Select(i => (i % 11 - 5) / 3f)], y = new float[rows + 1];
        fixed (byte* scratch = workspace)
        fixed (ulong* toOffsets = offsets)
        fixed (uint* toIndexes = indexes, toValues = values)
        fixed (float* from = x, to = y)
        {
            nuint scratchSize = (nuint)workspace.Length, offsetsSize = (nuint)offsets.Length * 8;
            Status counted = decoder.DecodeCsr(ElementType.F32, new CsrArrays(toOffsets, offsetsSize, null, null, 0), scratch, scratchSize);
            Assert.Equal(nonzeros == 0 ? Status.Ok : Status.DstSize, counted);
            Assert.Equal((ulong)nonzeros, offsets[rows]);
            Assert.Equal(Status.Ok, decoder.DecodeCsr(ElementType.F32,
                new CsrArrays(toOffsets, offsetsSize, toIndexes, (byte*)toValues, (nuint)nonzeros), scratch, scratchSize));
            Assert.Equal(Status.Ok, decoder.Multiply(from, (nuint)columns * 4, to, (nuint)rows * 4, scratch, scratchSize));
        }
        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            Assert.Equal((ulong)next, offsets[row]);
            float[] sums = new float[32];
            for (int column = 0; column < columns; column++)
            {
                uint weight = weights[row * columns + column];
                sums[column % 32] += BitConverter.UInt32BitsToSingle(weight) * x[column];
                if (weight == 0)
                    continue;
                Assert.Equal(((uint)column, weight), (indexes[next], values[next]));
                next++;
            }
            for (int half = 16; half > 0; half /= 2)
            {
                for (int i = 0; i < half; i++)
                    sums[i] += sums[i + half];
            }
            Assert.Equal(BitConverter.SingleToUInt32Bits(sums[0]), BitConverter.SingleToUInt32Bits(y[row]));
        }
        Assert.Equal((ulong)next, offsets[rows]);
    }
}
