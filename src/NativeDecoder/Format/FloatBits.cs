namespace Weightless.NativeDecoder.Format;

/// <summary>
/// Conversions between float formats on their bits, in integer arithmetic: conversion instructions of x64 and arm64
/// differ in what they make of a NaN.
/// </summary>
public static class FloatBits
{
    /// <summary>The bits of an f32 with the value of an f16 (IEEE 754 binary16); exact.</summary>
    public static uint F16ToF32(ushort half)
    {
        uint sign = (uint)(half & 0x8000) << 16;
        uint exponent = (uint)(half >> 10) & 0x1f;
        uint fraction = (uint)half & 0x3ff;
        if (exponent == 0x1f)
            return sign | 0x7f800000 | fraction << 13;
        if (exponent != 0)
            return sign | (exponent + 112) << 23 | fraction << 13;
        if (fraction == 0)
            return sign;
        int shift = System.Numerics.BitOperations.LeadingZeroCount(fraction) - 21;
        return sign | (uint)(113 - shift) << 23 | (fraction << shift & 0x3ff) << 13;
    }

    /// <summary>The bits of the f16 nearest to an f32, ties to even; too large gives infinity, a NaN stays one.</summary>
    public static ushort F32ToF16(uint single)
    {
        uint sign = single >> 16 & 0x8000;
        uint magnitude = single & 0x7fffffff;
        if (magnitude > 0x7f800000)
            return (ushort)(sign | 0x7e00 | magnitude >> 13 & 0x3ff);
        if (magnitude >= 0x477ff000)
            return (ushort)(sign | 0x7c00);
        if (magnitude >= 0x38800000)
            return (ushort)(sign | RoundShift(magnitude - 0x38000000, 13));
        if (magnitude < 0x33000000)
            return (ushort)sign;
        uint fraction = magnitude & 0x7fffff | 0x800000;
        return (ushort)(sign | RoundShift(fraction, 126 - (int)(magnitude >> 23)));
    }

    /// <summary>The bits of the bf16 nearest to an f32, ties to even; a NaN stays one.</summary>
    public static ushort F32ToBF16(uint single) =>
        (single & 0x7fffffff) > 0x7f800000 ? (ushort)(single >> 16 | 0x40) : (ushort)(single + 0x7fff + (single >> 16 & 1) >> 16);

    /// <summary>The bits of an f32 with the value of an integer below 256 in magnitude; exact.</summary>
    public static uint IntegerToF32(int value)
    {
        if (value == 0)
            return 0;
        uint magnitude = (uint)(value < 0 ? -value : value);
        int top = System.Numerics.BitOperations.Log2(magnitude);
        return (value < 0 ? 0x80000000 : 0) | (uint)(127 + top) << 23 | (magnitude << (23 - top) & 0x7fffff);
    }

    private static uint RoundShift(uint value, int shift)
    {
        uint half = 1u << (shift - 1);
        return (value + half - 1 + (value >> shift & 1)) >> shift;
    }
}
