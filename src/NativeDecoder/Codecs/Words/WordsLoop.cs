using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// Words of several weights, four of each stream an iteration. An in-order core waits where a result is used too soon, and the
/// compiler leaves the order as it is: so every step is done for the four streams side by side before the next one.
/// </summary>
internal static unsafe class WordsLoop
{
    private const uint Mask = (1 << WordsLayout.WordBits) - 1;

    public static void Run<TStore>(WordsRun* run) where TStore : unmanaged, IWordStore
    {
        uint* table = (uint*)run->Table;
        byte* words = WordsTable.Words(run->Table);
        byte* p0 = run->Stream0.Next, p1 = run->Stream1.Next, p2 = run->Stream2.Next, p3 = run->Stream3.Next;
        ulong b0 = run->Stream0.Bits, b1 = run->Stream1.Bits, b2 = run->Stream2.Bits, b3 = run->Stream3.Bits;
        byte* o0 = run->Output0, o1 = run->Output1, o2 = run->Output2, o3 = run->Output3;
        nuint left = run->Iterations;
        do
        {
            Step<TStore>(table, words, ref b0, ref b1, ref b2, ref b3, ref o0, ref o1, ref o2, ref o3);
            Step<TStore>(table, words, ref b0, ref b1, ref b2, ref b3, ref o0, ref o1, ref o2, ref o3);
            Step<TStore>(table, words, ref b0, ref b1, ref b2, ref b3, ref o0, ref o1, ref o2, ref o3);
            Step<TStore>(table, words, ref b0, ref b1, ref b2, ref b3, ref o0, ref o1, ref o2, ref o3);
            WordsRefill.Refill(ref p0, ref p1, ref p2, ref p3, ref b0, ref b1, ref b2, ref b3);
        }
        while (--left != 0);
        run->Stream0 = new WordsStream { Next = p0, Bits = b0 };
        run->Stream1 = new WordsStream { Next = p1, Bits = b1 };
        run->Stream2 = new WordsStream { Next = p2, Bits = b2 };
        run->Stream3 = new WordsStream { Next = p3, Bits = b3 };
        run->Output0 = o0;
        run->Output1 = o1;
        run->Output2 = o2;
        run->Output3 = o3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TStore>(uint* table, byte* words, ref ulong b0, ref ulong b1, ref ulong b2, ref ulong b3,
        ref byte* o0, ref byte* o1, ref byte* o2, ref byte* o3) where TStore : unmanaged, IWordStore
    {
        nuint e0 = (uint)b0 & Mask, e1 = (uint)b1 & Mask, e2 = (uint)b2 & Mask, e3 = (uint)b3 & Mask;
        e0 = table[e0];
        e1 = table[e1];
        e2 = table[e2];
        e3 = table[e3];
        b0 >>= (int)e0;
        b1 >>= (int)e1;
        b2 >>= (int)e2;
        b3 >>= (int)e3;
        TStore.Store(words + Place(e0), words + Place(e1), words + Place(e2), words + Place(e3), o0, o1, o2, o3);
        o0 += e0 >> WordsTable.SizeShift;
        o1 += e1 >> WordsTable.SizeShift;
        o2 += e2 >> WordsTable.SizeShift;
        o3 += e3 >> WordsTable.SizeShift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Place(nuint entry) => (ushort)(entry >> WordsTable.PlaceShift);
}
