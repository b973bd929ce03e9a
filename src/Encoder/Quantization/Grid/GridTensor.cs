using System.Numerics;
using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization.Grid;

/// <summary>
/// A tensor on a grid: each element is an integer times a scale, and the scale of a channel is the tensor's step times a
/// power of two.
/// </summary>
/// <param name="Type">The type of the elements that the integers stand for.</param>
/// <param name="Integers">One an element, in the order of the shape.</param>
/// <param name="Step">The scale of a channel whose shift is 0; finite and above 0.</param>
/// <param name="ChannelAxis">The dimension along which the shifts run.</param>
/// <param name="Shifts">For each channel, by how many powers of two its scale is above the step; empty if all are 0.</param>
public sealed record GridTensor(
    string Name, ElementType Type, IReadOnlyList<long> Shape, short[] Integers, float Step, int ChannelAxis, byte[] Shifts)
{
    /// <summary>A tensor of i16: integers without a scale.</summary>
    public static GridTensor Of(Tensor tensor) =>
        new(tensor.Name, tensor.Type, tensor.Shape, MemoryMarshal.Cast<byte, short>(tensor.Data.Span).ToArray(), 1, 0, []);

    /// <summary>The scale of a channel: exact, as a power of two only moves the exponent.</summary>
    public float Scale(int channel) => Shifts.Length == 0 ? Step : MathF.ScaleB(Step, Shifts[channel]);

    /// <summary>The elements as numbers: integer x scale, rounded once.</summary>
    public float[] Values()
    {
        float[] values = new float[Integers.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = Integers[i] * Scale(Channel(i));
        return values;
    }

    /// <summary>The channel that an element belongs to.</summary>
    public int Channel(int index)
    {
        if (Shifts.Length == 0)
            return 0;
        long inner = 1;
        for (int axis = ChannelAxis + 1; axis < Shape.Count; axis++)
            inner *= Shape[axis];
        return (int)(index / inner % Shape[ChannelAxis]);
    }

    /// <summary>
    /// Whether the format has all of the scales: their products with integers are neither subnormal nor infinite. It allows shifts
    /// as high as their number of bits does, of which the highest counts.
    /// </summary>
    public bool HasScalesInRange
    {
        get
        {
            int highest = Shifts.Length == 0 ? 0 : (int)BitOperations.RoundUpToPowerOf2(Shifts.Max() + 1u) - 1;
            return GridHeader.IsInRange(BitConverter.SingleToUInt32Bits(Step), (uint)highest);
        }
    }

    /// <summary>The elements in their own type.</summary>
    public Tensor ToTensor()
    {
        float[] values = Values();
        byte[] data = new byte[(long)values.Length * ElementTypes.Size(Type)];
        if (Type == ElementType.F32)
            MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(data);
        else if (Type == ElementType.I16)
            MemoryMarshal.AsBytes(Integers.AsSpan()).CopyTo(data);
        else
        {
            Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(data.AsSpan());
            for (int i = 0; i < values.Length; i++)
                halves[i] = (ushort)Palette.Convert(BitConverter.SingleToUInt32Bits(values[i]), ElementType.F32, Type);
        }
        return new Tensor(Name, Type, Shape, data);
    }
}
