using System.Runtime.InteropServices;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Quantization;

/// <summary>The elements of a float or 8-bit integer tensor, as bits of their type.</summary>
internal readonly ref struct Weights
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ElementType _type;
    private readonly int _size;

    public Weights(Tensor tensor)
    {
        _data = tensor.Data.Span;
        _type = tensor.Type;
        _size = ElementTypes.Size(tensor.Type);
    }

    public int Count => _data.Length / _size;

    /// <summary>An element's bits. Minus zero reads as zero: pruning by a mask leaves many of them.</summary>
    public uint this[int index]
    {
        get
        {
            if (_size == 4)
            {
                uint wide = MemoryMarshal.Cast<byte, uint>(_data)[index];
                return wide == 0x80000000 && _type == ElementType.F32 ? 0 : wide;
            }
            if (_size == 1)
                return _data[index];
            uint half = MemoryMarshal.Cast<byte, ushort>(_data)[index];
            return half == 0x8000 ? 0 : half;
        }
    }

    /// <summary>Whether an element of a 16- or 32-bit float is minus zero.</summary>
    public bool HasMinusZero => _size switch
    {
        4 when _type == ElementType.F32 => MemoryMarshal.Cast<byte, uint>(_data).Contains(0x80000000),
        2 when ElementTypes.IsFloat(_type) => MemoryMarshal.Cast<byte, ushort>(_data).Contains((ushort)0x8000),
        _ => false,
    };

    /// <summary>How many elements are zero.</summary>
    public int CountZeros()
    {
        int zeros = 0;
        for (int i = 0; i < Count; i++)
            zeros += this[i] == 0 ? 1 : 0;
        return zeros;
    }

    /// <summary>The value of an element with these bits.</summary>
    public float Value(uint bits) => Value(_type, bits);

    /// <summary>The bits of the absolute value as f32: they order weights by magnitude.</summary>
    public uint Magnitude(uint bits) => Magnitude(_type, bits);

    public static uint Magnitude(ElementType type, uint bits) => Palette.Convert(bits, type, ElementType.F32) & 0x7fffffff;

    public static float Value(ElementType type, uint bits) =>
        BitConverter.UInt32BitsToSingle(Palette.Convert(bits, type, ElementType.F32));
}
