using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The kernels for a core that orders its work itself and has few registers: two streams, then the other two. See
/// <see cref="WordsRun"/> for what bounds them.
/// </summary>
internal static unsafe class WordsByTwo
{
    private const uint WordMask = (1 << WordsLayout.WordBits) - 1;
    private const uint SingleMask = (1 << WordsLayout.SingleBits) - 1;
    private const ulong UpperHalf = 0xffffffff00000000;

    /// <summary>Words of several weights.</summary>
    public static void Words<TStore>(WordsRun* run) where TStore : unmanaged, IWordStore
    {
        uint* table = (uint*)run->Table;
        byte* words = WordsTable.Words(run->Table);
        Four next = run->Next;
        Four bits = run->Bits;
        Four outputs = run->Outputs;
        nuint left = run->Iterations;
        do
        {
            Words<TStore>(table, words, ref next.A, ref bits.A, ref outputs.A, ref next.B, ref bits.B, ref outputs.B);
            Words<TStore>(table, words, ref next.C, ref bits.C, ref outputs.C, ref next.D, ref bits.D, ref outputs.D);
        }
        while (--left != 0);
        run->Next = next;
        run->Bits = bits;
        run->Outputs = outputs;
    }

    /// <summary>Single weights of four bytes: two make one store.</summary>
    public static void Pairs(WordsRun* run)
    {
        ulong* table = (ulong*)run->Table;
        Four next = run->Next;
        Four bits = run->Bits;
        Four outputs = run->Outputs;
        nuint left = run->Iterations;
        do
        {
            Pairs(table, ref next.A, ref bits.A, outputs.A, ref next.B, ref bits.B, outputs.B);
            Pairs(table, ref next.C, ref bits.C, outputs.C, ref next.D, ref bits.D, outputs.D);
            outputs.Add(WordsRun.Codes * sizeof(uint));
        }
        while (--left != 0);
        run->Next = next;
        run->Bits = bits;
        run->Outputs = outputs;
    }

    /// <summary>Single weights of one or two bytes.</summary>
    public static void Elements<T>(WordsRun* run) where T : unmanaged
    {
        uint* table = (uint*)run->Table;
        Four next = run->Next;
        Four bits = run->Bits;
        Four outputs = run->Outputs;
        nuint left = run->Iterations;
        do
        {
            Elements<T>(table, ref next.A, ref bits.A, outputs.A, ref next.B, ref bits.B, outputs.B);
            Elements<T>(table, ref next.C, ref bits.C, outputs.C, ref next.D, ref bits.D, outputs.D);
            outputs.Add((ulong)(WordsRun.Codes * sizeof(T)));
        }
        while (--left != 0);
        run->Next = next;
        run->Bits = bits;
        run->Outputs = outputs;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Words<TStore>(uint* table, byte* words, ref ulong next0, ref ulong bits0, ref ulong output0,
        ref ulong next1, ref ulong bits1, ref ulong output1) where TStore : unmanaged, IWordStore
    {
        ulong b0 = bits0, b1 = bits1, o0 = output0, o1 = output1;
        Word<TStore>(table, words, ref b0, ref o0);
        Word<TStore>(table, words, ref b1, ref o1);
        Word<TStore>(table, words, ref b0, ref o0);
        Word<TStore>(table, words, ref b1, ref o1);
        Word<TStore>(table, words, ref b0, ref o0);
        Word<TStore>(table, words, ref b1, ref o1);
        Word<TStore>(table, words, ref b0, ref o0);
        Word<TStore>(table, words, ref b1, ref o1);
        output0 = o0;
        output1 = o1;
        bits0 = Refill(b0, ref next0);
        bits1 = Refill(b1, ref next1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Word<TStore>(uint* table, byte* words, ref ulong bits, ref ulong output) where TStore : unmanaged, IWordStore
    {
        uint entry = table[(uint)bits & WordMask];
        bits >>= (int)entry;
        TStore.Store(words + (ushort)(entry >> WordsTable.PlaceShift), (byte*)output);
        output += entry >> WordsTable.SizeShift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(ulong* table, ref ulong next0, ref ulong bits0, ulong output0, ref ulong next1, ref ulong bits1, ulong output1)
    {
        ulong b0 = bits0, b1 = bits1;
        *(ulong*)output0 = Pair(table, ref b0);
        *(ulong*)output1 = Pair(table, ref b1);
        *(ulong*)(output0 + 2 * sizeof(uint)) = Pair(table, ref b0);
        *(ulong*)(output1 + 2 * sizeof(uint)) = Pair(table, ref b1);
        bits0 = Refill(b0, ref next0);
        bits1 = Refill(b1, ref next1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pair(ulong* table, ref ulong bits)
    {
        ulong first = table[(uint)bits & SingleMask];
        bits >>= (int)first;
        ulong second = table[(uint)bits & SingleMask];
        bits >>= (int)second;
        return second & UpperHalf | first >> 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Elements<T>(uint* table, ref ulong next0, ref ulong bits0, ulong output0, ref ulong next1, ref ulong bits1, ulong output1)
        where T : unmanaged
    {
        ulong b0 = bits0, b1 = bits1;
        for (int i = 0; i < WordsRun.Codes; i++)
        {
            Element<T>(table, ref b0, output0 + (ulong)(i * sizeof(T)));
            Element<T>(table, ref b1, output1 + (ulong)(i * sizeof(T)));
        }
        bits0 = Refill(b0, ref next0);
        bits1 = Refill(b1, ref next1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Element<T>(uint* table, ref ulong bits, ulong output) where T : unmanaged
    {
        uint entry = table[(uint)bits & SingleMask];
        bits >>= (int)entry;
        if (sizeof(T) == sizeof(byte))
            *(byte*)output = (byte)(entry >> 16);
        else
            *(ushort*)output = (ushort)(entry >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Refill(ulong bits, ref ulong next)
    {
        int taken = BitOperations.LeadingZeroCount(bits);
        next += (uint)taken >> 3;
        return (*(ulong*)next | WordsStream.Sentinel) >> (taken & 7);
    }
}
