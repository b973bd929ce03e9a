using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Coders;

/// <summary>
/// Canonical Huffman codes of at most 12 bits: two passes over the symbols, the lists of code lengths before the codes.
/// </summary>
internal static class HuffmanEncoder
{
    public static void Write<TSource>(in TSource source, BitWriter output) where TSource : struct, ISymbolSource
    {
        Alphabets alphabets = source.Alphabets;
        Counter counter = new(alphabets);
        source.WriteTo(ref counter);

        Sink sink = new(output, new uint[Alphabets.Max * 256], new byte[Alphabets.Max * 256]);
        for (int i = 0; i < alphabets.Count; i++)
        {
            byte[] lengths = PackageMerge.CodeLengths(counter.Counts(i), Huffman.MaxLength);
            WriteLengths(lengths, output);
            sink.AssignCodes(i, lengths);
        }
        source.WriteTo(ref sink);
        output.AlignToByte();
    }

    private readonly struct Counter(Alphabets alphabets) : ISymbolSink
    {
        private readonly long[] _counts = new long[Alphabets.Max * 256];

        public void Write(int alphabet, uint symbol) => _counts[alphabet * 256 + (int)symbol]++;

        public ReadOnlySpan<long> Counts(int alphabet) => _counts.AsSpan(alphabet * 256, alphabets.Size(alphabet));
    }

    private readonly struct Sink(BitWriter output, uint[] codes, byte[] lengths) : ISymbolSink
    {
        public void Write(int alphabet, uint symbol)
        {
            int i = alphabet * 256 + (int)symbol;
            output.WriteBits(codes[i], lengths[i]);
        }

        public void AssignCodes(int alphabet, byte[] codeLengths)
        {
            int only = Array.FindIndex(codeLengths, length => length > 0);
            if (codeLengths.Count(length => length > 0) == 1)
                lengths[alphabet * 256 + only] = (byte)Huffman.LoneSymbolBits(alphabet);
            if (codeLengths.Count(length => length > 0) <= 1)
                return;
            uint code = 0;
            for (int length = 1; length <= Huffman.MaxLength; length++)
            {
                code <<= 1;
                for (int symbol = 0; symbol < codeLengths.Length; symbol++)
                {
                    if (codeLengths[symbol] != length)
                        continue;
                    codes[alphabet * 256 + symbol] = Huffman.Reverse(code++, length);
                    lengths[alphabet * 256 + symbol] = (byte)length;
                }
            }
        }
    }

    /// <summary>A nibble a length, and two nibbles for a run of zeros or of the length before it.</summary>
    private static void WriteLengths(byte[] lengths, BitWriter output)
    {
        for (int i = 0; i < lengths.Length;)
        {
            byte length = lengths[i];
            int run = 1;
            while (i + run < lengths.Length && lengths[i + run] == length)
                run++;
            if (length != 0)
            {
                output.WriteBits(length, 4);
                i++;
                run--;
            }
            uint mark = length == 0 ? Huffman.ZeroRun : (uint)Huffman.RepeatRun;
            while (run >= Huffman.MinRun)
            {
                int taken = Math.Min(run, Huffman.MinRun + 15);
                output.WriteBits(mark, 4);
                output.WriteBits((uint)(taken - Huffman.MinRun), 4);
                i += taken;
                run -= taken;
            }
            i += run;
            for (; run > 0; run--)
                output.WriteBits(length, 4);
        }
    }
}
