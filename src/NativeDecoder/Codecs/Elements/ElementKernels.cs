using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>
/// Loops from elements of one type to those of another: exact, or rounded once to the nearest, ties to even, on their bits as
/// <see cref="FloatBits"/> does it; and from integers times a scale, whose product is rounded to f32 first.
/// </summary>
internal static unsafe class ElementKernels
{
    /// <summary>A loop between two types for which <see cref="Palette.CanDecode"/> holds; null for types that are the same.</summary>
    /// <returns>Its arguments: elements, their number, 1, output.</returns>
    public static delegate*<byte*, ulong, float, byte*, void> Conversion(InstructionSet set, ElementType from, ElementType to) =>
        (from, to) switch
        {
            (ElementType.I8, ElementType.F32) => Of<FromI8, ToF32>(set),
            (ElementType.U8, ElementType.F32) => Of<FromU8, ToF32>(set),
            (ElementType.F16, ElementType.F32) => Of<FromF16, ToF32>(set),
            (ElementType.BF16, ElementType.F32) => Of<FromBF16, ToF32>(set),
            (ElementType.F32, ElementType.F16) => Of<FromF32, ToF16>(set),
            (ElementType.BF16, ElementType.F16) => Of<FromBF16, ToF16>(set),
            (ElementType.F32, ElementType.BF16) => Of<FromF32, ToBF16>(set),
            (ElementType.F16, ElementType.BF16) => Of<FromF16, ToBF16>(set),
            _ => null,
        };

    /// <summary>A loop from i8 or i16 times a scale to f32, f16 or bf16; null for other types.</summary>
    /// <returns>
    /// Its arguments: integers, their number, scale, output. The output may end where the integers end: none is overwritten before it is
    /// read.
    /// </returns>
    public static delegate*<byte*, ulong, float, byte*, void> Scaling(InstructionSet set, ElementType integers, ElementType to) =>
        (integers, to) switch
        {
            (ElementType.I8, ElementType.F32) => Of<FromI8, ToF32>(set),
            (ElementType.I8, ElementType.F16) => Of<FromI8, ToF16>(set),
            (ElementType.I8, ElementType.BF16) => Of<FromI8, ToBF16>(set),
            (ElementType.I16, ElementType.F32) => Of<FromI16, ToF32>(set),
            (ElementType.I16, ElementType.F16) => Of<FromI16, ToF16>(set),
            (ElementType.I16, ElementType.BF16) => Of<FromI16, ToBF16>(set),
            _ => null,
        };

    private static delegate*<byte*, ulong, float, byte*, void> Of<TFrom, TTo>(InstructionSet set)
        where TFrom : unmanaged, IElementSource where TTo : unmanaged, IElementTarget =>
        set != InstructionSet.Scalar && Vector128.IsHardwareAccelerated ? &Vectors<TFrom, TTo> : &Scalar<TFrom, TTo>;

    /// <summary>The reference.</summary>
    private static void Scalar<TFrom, TTo>(byte* from, ulong count, float scale, byte* to)
        where TFrom : unmanaged, IElementSource where TTo : unmanaged, IElementTarget
    {
        for (; count > 0; count--)
        {
            TTo.Store(TFrom.Load(from, scale), to);
            from += TFrom.Size;
            to += TTo.Size;
        }
    }

    /// <summary>Sixteen at a time, each step for all four vectors, as a core likes it that runs what it reads in order.</summary>
    private static void Vectors<TFrom, TTo>(byte* from, ulong count, float scale, byte* to)
        where TFrom : unmanaged, IElementSource where TTo : unmanaged, IElementTarget
    {
        Vector128<float> scales = Vector128.Create(scale);
        for (; count >= 16; count -= 16)
        {
            TFrom.Load(from, scales, out Vector128<uint> a, out Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d);
            from += 16 * TFrom.Size;
            TTo.Store(a, b, c, d, to);
            to += 16 * TTo.Size;
        }
        Scalar<TFrom, TTo>(from, count, scale, to);
    }
}
