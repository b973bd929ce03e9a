using CsCheck;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Context;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Integers of many values: levels, with and without prediction.</summary>
public class ContextLevelsTests
{
    private static readonly Gen<ClusteredTensor> Any = Gen.Select(Gen.Int[1, 30], Gen.Int[1, 60], Gen.Int[0, 2]).Select((rows, columns, kind) =>
        kind switch { 0 => Scaled(rows, columns), 1 => Smooth(rows, columns), _ => Kernels(rows, columns, 3) });

    /// <summary>Rows and columns of very different sizes, by integer arithmetic alone.</summary>
    internal static ClusteredTensor Scaled(int rows, int columns)
    {
        Random random = new(rows * 1000 + columns);
        int[] rowSizes = [.. Enumerable.Range(0, rows).Select(_ => 1 + random.Next(16))];
        int[] columnSizes = [.. Enumerable.Range(0, columns).Select(_ => 1 + random.Next(16))];
        return Cluster([rows, columns], (row, column) =>
            rowSizes[row] * columnSizes[column] * (random.Next(64) + random.Next(64) + random.Next(64) - 96) / 192);
    }

    /// <summary>Parabolas: what a Fourier basis is like.</summary>
    internal static ClusteredTensor Smooth(int rows, int columns) => Cluster([rows, columns], (row, column) =>
    {
        int period = 6 + row % 9;
        int at = column % (2 * period) - period;
        return (at < 0 ? -1 : 1) * (Math.Abs(at) * (period - Math.Abs(at)) * 500 / (period * period));
    });

    /// <summary>Kernels along time that are like the ones beside them, with a little noise.</summary>
    internal static ClusteredTensor Kernels(int rows, int channels, int length)
    {
        Random random = new(rows * 1000 + channels);
        int[] last = new int[length];
        return Cluster([rows, channels, length], (_, column) =>
            last[column % length] = Math.Clamp(last[column % length] + random.Next(31) - 15, -127, 127));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public void A_layer_comes_back(int strength)
    {
        Any.Sample(layer =>
        {
            using WlsFile file = ContextTests.Write(Encoded.ByContext(layer, strength));
            file.Verify();
            Assert.Equal(layer.Ids, file.Tensors[0].Decode(ElementType.Id8));
            Assert.Equal(layer.Nonzeros, file.Tensors[0].Nonzeros);
        }, iter: 100);
    }

    [Fact]
    public void Bands_of_rows_are_slices_of_the_whole()
    {
        Gen.Select(Any, Gen.Int).Sample((layer, seed) =>
        {
            using WlsFile file = ContextTests.Write(Encoded.ByContext(layer));
            RoundTripTests.CheckBands(file.Tensors[0], seed);
        }, iter: 100);
    }

    /// <summary>Columns that share a state, dead rows and columns, bytes about a zero point.</summary>
    [Fact]
    public void Any_shape_comes_back()
    {
        ClusteredTensor masked = Cluster([60, 80], (row, column) =>
            row % 3 == 0 || column % 4 == 1 ? 0 : (row * 7919 + column * 104729) % 251 - 125);
        ClusteredTensor bytes = Cluster([40, 50], (row, column) => (row * 7919 + column * 104729) % 256, ElementType.U8);
        foreach (ClusteredTensor layer in new[] { Smooth(2, 40000), Scaled(3, 20000), Scaled(20000, 1), masked, bytes })
        {
            foreach (int strength in new[] { 5, 9 })
            {
                using WlsFile file = ContextTests.Write(Encoded.ByContext(layer, strength));
                Assert.Equal(layer.Ids, file.Tensors[0].Decode(ElementType.Id8));
            }
        }
    }

    /// <summary>Each in the mode that was made for it, and in far fewer bytes than by distances.</summary>
    [Fact]
    public void What_rows_columns_and_neighbours_tell_is_made_use_of()
    {
        Check(Scaled(128, 256), ContextMode.Levels, 0.93);
        Check(Smooth(64, 256), ContextMode.PredictedLevels, 0.65);
        Check(Kernels(64, 64, 3), ContextMode.PredictedLevels, 0.8);

        static void Check(ClusteredTensor layer, ContextMode mode, double share)
        {
            EncodedTensor distances = Encoded.ByContext(layer, strength: 1);
            EncodedTensor levels = Encoded.ByContext(layer);
            Assert.Equal(mode, Mode(levels));
            Assert.InRange(levels.Bytes, 1, (long)(share * distances.Bytes));
        }
    }

    /// <summary>Noise has nothing to mix, whatever the strength; a decoder must not take long over it.</summary>
    [Fact]
    public void Dense_integers_are_not_mixed_where_it_saves_nothing()
    {
        Random random = new(1);
        ClusteredTensor noise = Cluster([128, 512], (_, _) => random.Next(64) + random.Next(64) + random.Next(64) - 96);
        foreach (int strength in new[] { 5, 9 })
            Assert.DoesNotContain(Mode(Encoded.ByContext(noise, strength)), new[] { ContextMode.Mixed, ContextMode.MixedFull });
    }

    private static ContextMode Mode(EncodedTensor encoded) => (ContextMode)(encoded.Section.Span[1] & ContextHeader.ModeBits);

    private static ClusteredTensor Cluster(long[] shape, Func<int, int, int> value, ElementType type = ElementType.I8)
    {
        int rows = (int)shape[0];
        int columns = (int)shape[1..].Aggregate(1L, (product, dimension) => product * dimension);
        byte[] data = new byte[rows * columns];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)value(i / columns, i % columns);
        return Clusterer.TryCluster(new Tensor("layer", type, shape, data), null, null, out _)!;
    }
}
