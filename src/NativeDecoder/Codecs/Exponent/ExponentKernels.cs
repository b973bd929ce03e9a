using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Exponent;

/// <summary>
/// The loops that join whole bytes of signs and fractions to exponents: f32 in full, by four and by sixteen. A float rotated left by one
/// bit has its exponent in the highest byte and the sign in the lowest bit.
/// </summary>
internal static unsafe class ExponentKernels
{
    private const int FullBits = 24;
    private const int FullBytes = 3;

    /// <summary>
    /// A loop that returns how many weights it has joined; null where the scalar reference does it all.
    /// Its arguments: where the weights' bits begin, where those of the tensor end, exponents, their number, output.
    /// </summary>
    public static delegate*<byte*, byte*, byte*, ulong, byte*, ulong> Choose(InstructionSet set, ElementType type, int width) =>
        type != ElementType.F32 || width != FullBits ? null : set switch
        {
            InstructionSet.Neon when AdvSimd.Arm64.IsSupported => &Neon,
            InstructionSet.Sse or InstructionSet.Avx2 when Ssse3.IsSupported => &Sse,
            InstructionSet.Vector128 => &Portable,
            _ => null,
        };

    private static ulong Sse(byte* bits, byte* end, byte* exponents, ulong count, byte* dst)
    {
        Vector128<byte> spread = Vector128.Create(0x80020100, 0x80050403, 0x80080706, 0x800b0a09).AsByte();
        ulong i = 0;
        for (; i + 4 <= count && end - bits >= Vector128<byte>.Count; i += 4)
        {
            Vector128<uint> rest = Ssse3.Shuffle(Vector128.Load(bits), spread).AsUInt32();
            Vector128<byte> four = Vector128.CreateScalarUnsafe(*(uint*)(exponents + i)).AsByte();
            Vector128<byte> doubled = Sse2.UnpackLow(Vector128<byte>.Zero, four);
            Vector128<uint> top = Sse2.UnpackLow(Vector128<ushort>.Zero, doubled.AsUInt16()).AsUInt32();
            Vector128<uint> rotated = rest | top;
            (rotated >>> 1 | rotated << 31).Store((uint*)dst);
            bits += 4 * FullBytes;
            dst += Vector128<byte>.Count;
        }
        return i;
    }

    private static ulong Portable(byte* bits, byte* end, byte* exponents, ulong count, byte* dst)
    {
        ulong i = 0;
        for (; i + 4 <= count && end - bits >= Vector128<byte>.Count; i += 4)
        {
            Vector128<uint> rest = Vector128.Create(*(uint*)bits, *(uint*)(bits + 3), *(uint*)(bits + 6), *(uint*)(bits + 9));
            Vector128<uint> top = Vector128.Create((uint)exponents[i], exponents[i + 1], exponents[i + 2], exponents[i + 3]);
            Vector128<uint> rotated = rest & Vector128.Create(0xffffffu) | top << FullBits;
            (rotated >>> 1 | rotated << 31).Store((uint*)dst);
            bits += 4 * FullBytes;
            dst += Vector128<byte>.Count;
        }
        return i;
    }

    /// <summary>Sixteen at a time, each step for all four vectors.</summary>
    private static ulong Neon(byte* bits, byte* end, byte* exponents, ulong count, byte* dst)
    {
        Vector128<byte> spread = Vector128.Create(0xff020100, 0xff050403, 0xff080706, 0xff0b0a09).AsByte();
        Vector128<byte> top0 = Vector128.Create(0x00ffffff, 0x01ffffff, 0x02ffffff, 0x03ffffff).AsByte();
        Vector128<byte> four = Vector128.Create(0x04000000u).AsByte();
        Vector128<byte> top1 = top0 + four, top2 = top1 + four, top3 = top2 + four;
        ulong i = 0;
        for (; i + 16 <= count && end - bits >= 52; i += 16)
        {
            Vector128<byte> e = Vector128.Load(exponents + i);
            Vector128<byte> a = Vector128.Load(bits), b = Vector128.Load(bits + 12), c = Vector128.Load(bits + 24), d = Vector128.Load(bits + 36);
            bits += 16 * FullBytes;
            Vector128<uint> x = Join(a, spread, e, top0), y = Join(b, spread, e, top1), z = Join(c, spread, e, top2), w = Join(d, spread, e, top3);
            Vector128<uint> p = x << 31, q = y << 31, r = z << 31, s = w << 31;
            (p + (x >>> 1)).Store((uint*)dst);
            (q + (y >>> 1)).Store((uint*)(dst + 16));
            (r + (z >>> 1)).Store((uint*)(dst + 32));
            (s + (w >>> 1)).Store((uint*)(dst + 48));
            dst += 64;
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Join(Vector128<byte> bits, Vector128<byte> spread, Vector128<byte> exponents, Vector128<byte> top) =>
        AdvSimd.Arm64.VectorTableLookupExtension(AdvSimd.Arm64.VectorTableLookup(bits, spread), exponents, top).AsUInt32();
}
