using System.Numerics;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Quantization.Grid;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Grid;

/// <summary>
/// A grid's integers in three: 8 bits each that a method codes, as many bits below them as make the whole smallest, and the rare
/// integers that the two do not reach.
/// </summary>
internal sealed class GridSplit
{
    private const int Least = short.MinValue;
    private const int Values = 1 << 16;

    // A codebook of integers takes a byte a value, or is a set of bits.
    private const int SetBits = 8 * Palette.SetBytes;

    private readonly GridTensor _tensor;
    private readonly List<int> _patches = [];

    private GridSplit(GridTensor tensor, int lowBits)
    {
        _tensor = tensor;
        LowBits = lowBits;
        sbyte[] upper = new sbyte[tensor.Integers.Length];
        for (int i = 0; i < upper.Length; i++)
        {
            int value = tensor.Integers[i] >> lowBits;
            if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
                upper[i] = (sbyte)value;
            else
                _patches.Add(i);
        }
        Coded = ClusteredTensor.OfIntegers(tensor.Name, tensor.Shape, upper);
    }

    /// <summary>Bits of each integer that are written as they are.</summary>
    public int LowBits { get; }

    public bool HasPatches => _patches.Count > 0;

    /// <summary>What is above them, as a tensor of i8.</summary>
    public ClusteredTensor Coded { get; }

    public static GridSplit Of(GridTensor tensor)
    {
        long[] counts = new long[Values];
        foreach (short integer in tensor.Integers)
            counts[integer - Least]++;
        return new GridSplit(tensor, Enumerable.Range(0, GridHeader.MaxLowBits + 1).MinBy(lowBits => Cost(counts, lowBits, tensor.Integers.Length)));
    }

    /// <summary>Writes what lies between the scales and the method's section.</summary>
    public void Write(BitWriter section)
    {
        if (LowBits > 0)
        {
            foreach (short integer in _tensor.Integers)
                section.WriteBits((uint)integer & (1u << LowBits) - 1, LowBits);
            section.AlignToByte();
        }
        if (!HasPatches)
            return;
        section.WriteVarint((ulong)_patches.Count);
        foreach (int place in _patches)
            section.WriteValue(_tensor.Integers[place]);
        int width = GridPatches.PlaceBits((ulong)_tensor.Integers.Length);
        foreach (int place in _patches)
            section.WriteBits((uint)place, width);
        section.AlignToByte();
    }

    /// <summary>Bits with an ideal code of single values and its codebook, or with 8 bits a value.</summary>
    private static double Cost(long[] counts, int lowBits, int length)
    {
        long[] upper = new long[256];
        long patches = 0;
        for (int i = 0; i < Values; i++)
        {
            int value = (i + Least) >> lowBits;
            if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
                upper[value - sbyte.MinValue] += counts[i];
            else
                patches += counts[i];
        }
        upper[-sbyte.MinValue] += patches;
        double coded = Math.Min(8.0 * upper.Count(count => count > 0), SetBits);
        foreach (long count in upper)
            coded += count > 0 ? count * Math.Log2((double)length / count) : 0;
        double patched = patches == 0 ? 0 : 8 + patches * (16.0 + BitOperations.Log2((uint)length) + 1);
        return Math.Min(coded, 8.0 * length) + (double)lowBits * length + patched;
    }
}
