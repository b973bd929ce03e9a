using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The kernels for a core that runs what it reads in order: each step for the four streams side by side. See <see cref="WordsRun"/> for what
/// bounds them.
/// </summary>
internal static unsafe class WordsByFour
{
    private const ulong WordMask = (1 << WordsLayout.WordBits) - 1;
    private const ulong SingleMask = (1 << WordsLayout.SingleBits) - 1;
    private const ulong UpperHalf = 0xffffffff00000000;

    // Places are multiples of four.
    private const ulong PlaceMask = 0xfffc;

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
            Four entries = default;
            entries.LookUp(table, bits & WordMask);
            Word<TStore>(table, words, ref entries, ref bits, ref outputs);
            Word<TStore>(table, words, ref entries, ref bits, ref outputs);
            Word<TStore>(table, words, ref entries, ref bits, ref outputs);
            Four places = entries >> WordsTable.PlaceShift;
            bits.ShiftBy(entries);
            places.And(PlaceMask);
            bits = Four.LeadingZeros(bits);
            TStore.Store(words, places, outputs);
            next.Add(bits, 3);
            outputs.Add(entries, WordsTable.SizeShift);
            Refill(ref bits, next);
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
            Four first = default, second = default;
            first.LookUp(table, bits & SingleMask);
            bits.ShiftBy(first);
            second.LookUp(table, bits & SingleMask);
            bits.ShiftBy(second);
            second.And(UpperHalf);
            second.Or(first, 32);
            Four.Store<ulong>(second, outputs, 0);
            first.LookUp(table, bits & SingleMask);
            bits.ShiftBy(first);
            second.LookUp(table, bits & SingleMask);
            bits.ShiftBy(second);
            bits = Four.LeadingZeros(bits);
            second.And(UpperHalf);
            next.Add(bits, 3);
            second.Or(first, 32);
            Four.Store<ulong>(second, outputs, 2 * sizeof(uint));
            outputs.Add(WordsRun.Codes * sizeof(uint));
            Refill(ref bits, next);
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
            Four entries = default, following = default;
            entries.LookUp(table, bits & SingleMask);
            bits.ShiftBy(entries);
            following.LookUp(table, bits & SingleMask);
            Four.Store<T>(entries >> 16, outputs, 0);
            bits.ShiftBy(following);
            entries.LookUp(table, bits & SingleMask);
            Four.Store<T>(following >> 16, outputs, sizeof(T));
            bits.ShiftBy(entries);
            following.LookUp(table, bits & SingleMask);
            Four.Store<T>(entries >> 16, outputs, 2 * sizeof(T));
            bits.ShiftBy(following);
            bits = Four.LeadingZeros(bits);
            Four.Store<T>(following >> 16, outputs, 3 * sizeof(T));
            next.Add(bits, 3);
            outputs.Add((ulong)(WordsRun.Codes * sizeof(T)));
            Refill(ref bits, next);
        }
        while (--left != 0);
        run->Next = next;
        run->Bits = bits;
        run->Outputs = outputs;
    }

    /// <summary>A word of each stream; the next entries are looked up before the outputs move on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Word<TStore>(uint* table, byte* words, ref Four entries, ref Four bits, ref Four outputs)
        where TStore : unmanaged, IWordStore
    {
        Four places = entries >> WordsTable.PlaceShift;
        bits.ShiftBy(entries);
        places.And(PlaceMask);
        TStore.Store(words, places, outputs);
        Four indexes = bits & WordMask;
        outputs.Add(entries, WordsTable.SizeShift);
        entries.LookUp(table, indexes);
    }

    /// <summary>Eight bytes of each stream as <see cref="WordsStream"/> has them.</summary>
    /// <param name="bits">How many were taken before; of the first byte these are 0..7.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Refill(ref Four bits, in Four next)
    {
        Four bytes = default;
        bytes.Load(next);
        bits.And(7);
        bytes.Or(WordsStream.Sentinel);
        bytes.ShiftBy(bits);
        bits = bytes;
    }
}
