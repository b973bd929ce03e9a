using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>Words that are single weights, four of each stream an iteration, the streams side by side.</summary>
internal static unsafe class WordsSingles
{
    private const uint Mask = (1 << WordsLayout.SingleBits) - 1;
    private const ulong UpperHalf = 0xffffffff00000000;

    /// <summary>Elements of four bytes: two make one store.</summary>
    public static void Pairs(WordsRun* run)
    {
        ulong* table = (ulong*)run->Table;
        byte* p0 = run->Stream0.Next, p1 = run->Stream1.Next, p2 = run->Stream2.Next, p3 = run->Stream3.Next;
        ulong b0 = run->Stream0.Bits, b1 = run->Stream1.Bits, b2 = run->Stream2.Bits, b3 = run->Stream3.Bits;
        byte* o0 = run->Output0, o1 = run->Output1, o2 = run->Output2, o3 = run->Output3;
        nuint left = run->Iterations;
        do
        {
            Pair(table, ref b0, ref b1, ref b2, ref b3, o0, o1, o2, o3);
            Pair(table, ref b0, ref b1, ref b2, ref b3, o0 + 8, o1 + 8, o2 + 8, o3 + 8);
            WordsRefill.Refill(ref p0, ref p1, ref p2, ref p3, ref b0, ref b1, ref b2, ref b3);
            o0 += 16;
            o1 += 16;
            o2 += 16;
            o3 += 16;
        }
        while (--left != 0);
        Leave(run, p0, p1, p2, p3, b0, b1, b2, b3, o0, o1, o2, o3);
    }

    /// <summary>Elements of one or two bytes.</summary>
    public static void Elements<T>(WordsRun* run) where T : unmanaged
    {
        uint* table = (uint*)run->Table;
        byte* p0 = run->Stream0.Next, p1 = run->Stream1.Next, p2 = run->Stream2.Next, p3 = run->Stream3.Next;
        ulong b0 = run->Stream0.Bits, b1 = run->Stream1.Bits, b2 = run->Stream2.Bits, b3 = run->Stream3.Bits;
        T* o0 = (T*)run->Output0, o1 = (T*)run->Output1, o2 = (T*)run->Output2, o3 = (T*)run->Output3;
        nuint left = run->Iterations;
        do
        {
            Element(table, ref b0, ref b1, ref b2, ref b3, o0, o1, o2, o3);
            Element(table, ref b0, ref b1, ref b2, ref b3, o0 + 1, o1 + 1, o2 + 1, o3 + 1);
            Element(table, ref b0, ref b1, ref b2, ref b3, o0 + 2, o1 + 2, o2 + 2, o3 + 2);
            Element(table, ref b0, ref b1, ref b2, ref b3, o0 + 3, o1 + 3, o2 + 3, o3 + 3);
            WordsRefill.Refill(ref p0, ref p1, ref p2, ref p3, ref b0, ref b1, ref b2, ref b3);
            o0 += 4;
            o1 += 4;
            o2 += 4;
            o3 += 4;
        }
        while (--left != 0);
        Leave(run, p0, p1, p2, p3, b0, b1, b2, b3, (byte*)o0, (byte*)o1, (byte*)o2, (byte*)o3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(ulong* table, ref ulong b0, ref ulong b1, ref ulong b2, ref ulong b3, byte* o0, byte* o1, byte* o2, byte* o3)
    {
        ulong e0 = table[(uint)b0 & Mask], e1 = table[(uint)b1 & Mask], e2 = table[(uint)b2 & Mask], e3 = table[(uint)b3 & Mask];
        b0 >>= (int)e0;
        b1 >>= (int)e1;
        b2 >>= (int)e2;
        b3 >>= (int)e3;
        ulong f0 = table[(uint)b0 & Mask], f1 = table[(uint)b1 & Mask], f2 = table[(uint)b2 & Mask], f3 = table[(uint)b3 & Mask];
        b0 >>= (int)f0;
        b1 >>= (int)f1;
        b2 >>= (int)f2;
        b3 >>= (int)f3;
        f0 &= UpperHalf;
        f1 &= UpperHalf;
        f2 &= UpperHalf;
        f3 &= UpperHalf;
        *(ulong*)o0 = f0 | e0 >> 32;
        *(ulong*)o1 = f1 | e1 >> 32;
        *(ulong*)o2 = f2 | e2 >> 32;
        *(ulong*)o3 = f3 | e3 >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Element<T>(uint* table, ref ulong b0, ref ulong b1, ref ulong b2, ref ulong b3, T* o0, T* o1, T* o2, T* o3)
        where T : unmanaged
    {
        uint e0 = table[(uint)b0 & Mask], e1 = table[(uint)b1 & Mask], e2 = table[(uint)b2 & Mask], e3 = table[(uint)b3 & Mask];
        b0 >>= (int)e0;
        b1 >>= (int)e1;
        b2 >>= (int)e2;
        b3 >>= (int)e3;
        Store(o0, e0);
        Store(o1, e1);
        Store(o2, e2);
        Store(o3, e3);
    }

    /// <summary>The element in an entry's upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T* d, uint entry) where T : unmanaged
    {
        if (sizeof(T) == sizeof(byte))
            *(byte*)d = (byte)(entry >> 16);
        else
            *(ushort*)d = (ushort)(entry >> 16);
    }

    private static void Leave(WordsRun* run, byte* p0, byte* p1, byte* p2, byte* p3, ulong b0, ulong b1, ulong b2, ulong b3,
        byte* o0, byte* o1, byte* o2, byte* o3)
    {
        run->Stream0 = new WordsStream { Next = p0, Bits = b0 };
        run->Stream1 = new WordsStream { Next = p1, Bits = b1 };
        run->Stream2 = new WordsStream { Next = p2, Bits = b2 };
        run->Stream3 = new WordsStream { Next = p3, Bits = b3 };
        run->Output0 = o0;
        run->Output1 = o1;
        run->Output2 = o2;
        run->Output3 = o3;
    }
}
