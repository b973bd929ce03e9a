namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>A stream, code by code: the reference for the kernels, and what they leave over. A last word may be cut off.</summary>
internal static unsafe class WordsScalar
{
    private const uint WordMask = (1 << WordsLayout.WordBits) - 1;
    private const uint SingleMask = (1 << WordsLayout.SingleBits) - 1;

    public static void Words<T>(ref WordsStream stream, byte* end, byte* table, T* output, T* limit) where T : unmanaged
    {
        WordsStream local = stream;
        while (output < limit)
        {
            uint entry = ((uint*)table)[(uint)local.Bits & WordMask];
            local.Take((byte)entry, end);
            T* word = (T*)(WordsTable.Words(table) + (ushort)(entry >> WordsTable.PlaceShift));
            T* wordEnd = output + Math.Min((entry >> WordsTable.SizeShift) / (uint)sizeof(T), (ulong)(limit - output));
            while (output < wordEnd)
                *output++ = *word++;
        }
        stream = local;
    }

    public static void Singles<T>(ref WordsStream stream, byte* end, byte* table, T* output, T* limit) where T : unmanaged
    {
        int half = sizeof(T) == sizeof(uint) ? sizeof(uint) : sizeof(ushort);
        WordsStream local = stream;
        while (output < limit)
        {
            byte* entry = table + ((uint)local.Bits & SingleMask) * (uint)(2 * half);
            local.Take(*entry, end);
            *output++ = *(T*)(entry + half);
        }
        stream = local;
    }
}
