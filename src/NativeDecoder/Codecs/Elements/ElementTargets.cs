using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>Elements of a type, from the bits of f32.</summary>
internal unsafe interface IElementTarget
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    static abstract void Store(uint single, byte* element);

    /// <summary>Sixteen of them, in order.</summary>
    static abstract void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, byte* elements);
}

internal readonly unsafe struct ToF32 : IElementTarget
{
    public static int Size => sizeof(float);

    public static void Store(uint single, byte* element) => *(uint*)element = single;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, byte* elements)
    {
        a.Store((uint*)elements);
        b.Store((uint*)elements + 4);
        c.Store((uint*)elements + 8);
        d.Store((uint*)elements + 12);
    }
}

internal readonly unsafe struct ToBF16 : IElementTarget
{
    public static int Size => sizeof(ushort);

    public static void Store(uint single, byte* element) => *(ushort*)element = FloatBits.F32ToBF16(single);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, byte* elements)
    {
        Vector128.Narrow(Rounded(a), Rounded(b)).Store((ushort*)elements);
        Vector128.Narrow(Rounded(c), Rounded(d)).Store((ushort*)elements + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rounded(Vector128<uint> single)
    {
        Vector128<int> magnitude = (single & Vector128.Create(0x7fffffffu)).AsInt32();
        Vector128<uint> isNaN = Vector128.GreaterThan(magnitude, Vector128.Create(0x7f800000)).AsUInt32();
        Vector128<uint> top = single >>> 16;
        Vector128<uint> rounded = single + Vector128.Create(0x7fffu) + (top & Vector128<uint>.One) >>> 16;
        return Vector128.ConditionalSelect(isNaN, top | Vector128.Create(0x40u), rounded);
    }
}

internal readonly unsafe struct ToF16 : IElementTarget
{
    public static int Size => sizeof(ushort);

    public static void Store(uint single, byte* element) => *(ushort*)element = FloatBits.F32ToF16(single);

    /// <summary>Where a magnitude makes neither a normal f16 nor zero, which is rare among weights, all are stored one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, byte* elements)
    {
        Vector128<uint> isRare = IsRare(a) | IsRare(b) | IsRare(c) | IsRare(d);
        if (isRare == Vector128<uint>.Zero)
        {
            Vector128.Narrow(Rounded(a), Rounded(b)).Store((ushort*)elements);
            Vector128.Narrow(Rounded(c), Rounded(d)).Store((ushort*)elements + 8);
            return;
        }
        StoreOneByOne(a, b, (ushort*)elements);
        StoreOneByOne(c, d, (ushort*)elements + 8);
    }

    private static void StoreOneByOne(Vector128<uint> a, Vector128<uint> b, ushort* elements)
    {
        uint* singles = stackalloc uint[8];
        a.Store(singles);
        b.Store(singles + 4);
        for (int i = 0; i < 8; i++)
            elements[i] = FloatBits.F32ToF16(singles[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> IsRare(Vector128<uint> single)
    {
        Vector128<int> magnitude = (single & Vector128.Create(0x7fffffffu)).AsInt32();
        Vector128<int> isLarge = Vector128.GreaterThan(magnitude, Vector128.Create(0x477fefff));
        Vector128<int> isSmall = Vector128.LessThan(magnitude, Vector128.Create(0x38800000));
        Vector128<int> isZero = Vector128.LessThan(magnitude, Vector128.Create(0x33000000));
        return (isLarge | Vector128.AndNot(isSmall, isZero)).AsUInt32();
    }

    /// <summary>Of a normal f16, or zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rounded(Vector128<uint> single)
    {
        Vector128<uint> magnitude = single & Vector128.Create(0x7fffffffu);
        Vector128<uint> isNormal = Vector128.GreaterThan(magnitude.AsInt32(), Vector128.Create(0x387fffff)).AsUInt32();
        Vector128<uint> odd = magnitude >>> 13 & Vector128<uint>.One;
        Vector128<uint> rounded = magnitude - Vector128.Create(0x38000000u - 0xfff) + odd >>> 13;
        return rounded & isNormal | (single ^ magnitude) >>> 16;
    }
}
