using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Elements;

/// <summary>SSSE3: at most 16 ids, whose elements are looked up byte by byte and put together.</summary>
internal static unsafe class FewSse
{
    public static void Bytes(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output;
        Vector128<byte> t = Vector128.Load((byte*)table);
        for (; count >= 16; count -= 16)
        {
            Ssse3.Shuffle(t, Vector128.Load(ids)).Store(dst);
            ids += 16;
            dst += 16;
        }
        IdLookUp.OneByOne<byte>(ids, count, table, dst);
    }

    public static void Pairs(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output, elements = (byte*)table;
        Vector128<byte> apart = Vector128.Create((byte)0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
        Vector128<ulong> first = Ssse3.Shuffle(Vector128.Load(elements), apart).AsUInt64();
        Vector128<ulong> second = Ssse3.Shuffle(Vector128.Load(elements + 16), apart).AsUInt64();
        Vector128<byte> t0 = Sse2.UnpackLow(first, second).AsByte(), t1 = Sse2.UnpackHigh(first, second).AsByte();
        for (; count >= 16; count -= 16)
        {
            Vector128<byte> x = Vector128.Load(ids);
            Vector128<byte> b0 = Ssse3.Shuffle(t0, x), b1 = Ssse3.Shuffle(t1, x);
            Sse2.UnpackLow(b0, b1).Store(dst);
            Sse2.UnpackHigh(b0, b1).Store(dst + 16);
            ids += 16;
            dst += 32;
        }
        IdLookUp.OneByOne<ushort>(ids, count, table, dst);
    }

    public static void Quads(byte* ids, ulong count, void* table, void* output)
    {
        byte* dst = (byte*)output, elements = (byte*)table;
        Vector128<uint> v0 = Apart(elements), v1 = Apart(elements + 16), v2 = Apart(elements + 32), v3 = Apart(elements + 48);
        Vector128<ulong> low01 = Sse2.UnpackLow(v0, v1).AsUInt64(), high01 = Sse2.UnpackHigh(v0, v1).AsUInt64();
        Vector128<ulong> low23 = Sse2.UnpackLow(v2, v3).AsUInt64(), high23 = Sse2.UnpackHigh(v2, v3).AsUInt64();
        Vector128<byte> t0 = Sse2.UnpackLow(low01, low23).AsByte(), t1 = Sse2.UnpackHigh(low01, low23).AsByte();
        Vector128<byte> t2 = Sse2.UnpackLow(high01, high23).AsByte(), t3 = Sse2.UnpackHigh(high01, high23).AsByte();
        for (; count >= 16; count -= 16)
        {
            Vector128<byte> x = Vector128.Load(ids);
            Vector128<byte> b0 = Ssse3.Shuffle(t0, x), b1 = Ssse3.Shuffle(t1, x), b2 = Ssse3.Shuffle(t2, x), b3 = Ssse3.Shuffle(t3, x);
            Vector128<ushort> u0 = Sse2.UnpackLow(b0, b1).AsUInt16(), u1 = Sse2.UnpackHigh(b0, b1).AsUInt16();
            Vector128<ushort> w0 = Sse2.UnpackLow(b2, b3).AsUInt16(), w1 = Sse2.UnpackHigh(b2, b3).AsUInt16();
            Sse2.UnpackLow(u0, w0).AsByte().Store(dst);
            Sse2.UnpackHigh(u0, w0).AsByte().Store(dst + 16);
            Sse2.UnpackLow(u1, w1).AsByte().Store(dst + 32);
            Sse2.UnpackHigh(u1, w1).AsByte().Store(dst + 48);
            ids += 16;
            dst += 64;
        }
        IdLookUp.OneByOne<uint>(ids, count, table, dst);
    }

    /// <summary>Four elements' first bytes, then their second ones, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Apart(byte* elements) => Ssse3.Shuffle(Vector128.Load(elements),
        Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15)).AsUInt32();
}
