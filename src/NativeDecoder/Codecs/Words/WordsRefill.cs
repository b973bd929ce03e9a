using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>The refill of <see cref="WordsStream"/>, unchecked, for the four streams side by side.</summary>
internal static unsafe class WordsRefill
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Refill(ref byte* p0, ref byte* p1, ref byte* p2, ref byte* p3, ref ulong b0, ref ulong b1, ref ulong b2, ref ulong b3)
    {
        nuint t0 = (uint)BitOperations.LeadingZeroCount(b0);
        nuint t1 = (uint)BitOperations.LeadingZeroCount(b1);
        nuint t2 = (uint)BitOperations.LeadingZeroCount(b2);
        nuint t3 = (uint)BitOperations.LeadingZeroCount(b3);
        p0 += t0 >> 3;
        p1 += t1 >> 3;
        p2 += t2 >> 3;
        p3 += t3 >> 3;
        b0 = *(ulong*)p0;
        b1 = *(ulong*)p1;
        b2 = *(ulong*)p2;
        b3 = *(ulong*)p3;
        t0 &= 7;
        t1 &= 7;
        t2 &= 7;
        t3 &= 7;
        b0 |= WordsStream.Sentinel;
        b1 |= WordsStream.Sentinel;
        b2 |= WordsStream.Sentinel;
        b3 |= WordsStream.Sentinel;
        b0 >>= (int)t0;
        b1 >>= (int)t1;
        b2 >>= (int)t2;
        b3 >>= (int)t3;
    }
}
