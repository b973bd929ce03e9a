using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>Elements of a type, as the bits of f32. Only integers take the scale.</summary>
internal unsafe interface IElementSource
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    static abstract uint Load(byte* element, float scale);

    /// <summary>Sixteen of them, in order.</summary>
    static abstract void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d);
}

internal readonly unsafe struct FromI8 : IElementSource
{
    public static int Size => sizeof(sbyte);

    public static uint Load(byte* element, float scale) => BitConverter.SingleToUInt32Bits(*(sbyte*)element * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        Vector128<sbyte> bytes = Vector128.Load((sbyte*)elements);
        Integers.Scale(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes), scale, out a, out b, out c, out d);
    }
}

internal readonly unsafe struct FromU8 : IElementSource
{
    public static int Size => sizeof(byte);

    public static uint Load(byte* element, float scale) => BitConverter.SingleToUInt32Bits(*element * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        Vector128<byte> bytes = Vector128.Load(elements);
        Integers.Scale(Vector128.WidenLower(bytes).AsInt16(), Vector128.WidenUpper(bytes).AsInt16(), scale, out a, out b, out c, out d);
    }
}

internal readonly unsafe struct FromI16 : IElementSource
{
    public static int Size => sizeof(short);

    public static uint Load(byte* element, float scale) => BitConverter.SingleToUInt32Bits(*(short*)element * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d) =>
        Integers.Scale(Vector128.Load((short*)elements), Vector128.Load((short*)elements + 8), scale, out a, out b, out c, out d);
}

internal readonly unsafe struct FromF32 : IElementSource
{
    public static int Size => sizeof(float);

    public static uint Load(byte* element, float scale) => *(uint*)element;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        a = Vector128.Load((uint*)elements);
        b = Vector128.Load((uint*)elements + 4);
        c = Vector128.Load((uint*)elements + 8);
        d = Vector128.Load((uint*)elements + 12);
    }
}

internal readonly unsafe struct FromF16 : IElementSource
{
    public static int Size => sizeof(ushort);

    public static uint Load(byte* element, float scale) => FloatBits.F16ToF32(*(ushort*)element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        Vector128<ushort> first = Vector128.Load((ushort*)elements), second = Vector128.Load((ushort*)elements + 8);
        a = Single(Vector128.WidenLower(first));
        b = Single(Vector128.WidenUpper(first));
        c = Single(Vector128.WidenLower(second));
        d = Single(Vector128.WidenUpper(second));
    }

    /// <summary>A subnormal is its fraction, an integer, times 2^-24: exact, and no subnormal of f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Single(Vector128<uint> half)
    {
        Vector128<uint> bias = Vector128.Create(112u << 23);
        Vector128<uint> magnitude = half & Vector128.Create(0x7fffu);
        Vector128<uint> sign = (half ^ magnitude) << 16;
        Vector128<uint> small = (Vector128.ConvertToSingle(magnitude.AsInt32()) * Vector128.Create(1f / (1 << 24))).AsUInt32();
        Vector128<uint> isSmall = Vector128.LessThan(magnitude.AsInt32(), Vector128.Create(0x400)).AsUInt32();
        Vector128<uint> isSpecial = Vector128.GreaterThan(magnitude.AsInt32(), Vector128.Create(0x7bff)).AsUInt32();
        Vector128<uint> normal = (magnitude << 13) + bias + (isSpecial & bias);
        return Vector128.ConditionalSelect(isSmall, small, normal) | sign;
    }
}

internal readonly unsafe struct FromBF16 : IElementSource
{
    public static int Size => sizeof(ushort);

    public static uint Load(byte* element, float scale) => (uint)*(ushort*)element << 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* elements, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        Vector128<ushort> first = Vector128.Load((ushort*)elements), second = Vector128.Load((ushort*)elements + 8);
        a = Vector128.WidenLower(first) << 16;
        b = Vector128.WidenUpper(first) << 16;
        c = Vector128.WidenLower(second) << 16;
        d = Vector128.WidenUpper(second) << 16;
    }
}

/// <summary>What sources of integers share.</summary>
internal static class Integers
{
    /// <summary>Products, each rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<short> first, Vector128<short> second, Vector128<float> scale,
        out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d)
    {
        Vector128<int> i = Vector128.WidenLower(first), j = Vector128.WidenUpper(first);
        Vector128<int> k = Vector128.WidenLower(second), l = Vector128.WidenUpper(second);
        Vector128<float> p = Vector128.ConvertToSingle(i), q = Vector128.ConvertToSingle(j);
        Vector128<float> r = Vector128.ConvertToSingle(k), s = Vector128.ConvertToSingle(l);
        a = (p * scale).AsUInt32();
        b = (q * scale).AsUInt32();
        c = (r * scale).AsUInt32();
        d = (s * scale).AsUInt32();
    }
}
