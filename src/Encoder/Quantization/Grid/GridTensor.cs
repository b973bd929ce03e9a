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
}
