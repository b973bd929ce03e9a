using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs.Words;

namespace Weightless.Encoder.Codecs.Words;

/// <summary>Writes what lies behind the palette.</summary>
internal static class WordsSection
{
    public static void Write(WordCode code, WordBands bands, BitWriter section)
    {
        int wordLength = code.Book.Tree.WordLength;
        int kind = wordLength == 1 ? 0 : System.Numerics.BitOperations.Log2((uint)wordLength) - 1;
        section.WriteByte((byte)(kind | (code.GapBits - 1) << WordsLayout.GapShift));
        section.WriteVarint((ulong)bands.Size);
        BitWriter data = new();
        foreach (ReadOnlyMemory<byte> band in bands.All())
        {
            if (data.Length > 0)
                section.WriteValue((uint)data.Length);
            WriteBand(code, band, data);
        }
        WriteCode(code, section);
        section.WriteBytes(data.ToArray());
    }

    /// <summary>The code's description.</summary>
    public static void WriteCode(WordCode code, BitWriter section)
    {
        WordBook book = code.Book;
        bool isSingle = book.Tree.WordLength == 1;
        int previous = WordsLengths.First;
        int word = 0;
        for (int id = 0; id < book.Symbols.Length; id++)
        {
            if (isSingle)
                WriteLength(book.IsCommon(id) ? code.Length(word++) : 0, ref previous, section);
            else
                section.WriteBits(book.IsCommon(id) ? 1u : 0, 1);
        }
        foreach (bool isInner in book.Tree.Nodes())
            section.WriteBits(isInner ? 1u : 0, 1);
        for (; word < book.Tree.Words; word++)
            WriteLength(code.Length(word), ref previous, section);
        section.AlignToByte();
    }

    private static void WriteLength(int length, ref int previous, BitWriter section)
    {
        int step = length - previous;
        previous = length;
        if (step == 0)
            section.WriteBits(0, 1);
        else if (step is 1 or -1)
            section.WriteBits(step < 0 ? 1u : 5, 3);
        else
            section.WriteBits(3 | (uint)length << 2, 6);
    }

    private static void WriteBand(WordCode code, ReadOnlyMemory<byte> band, BitWriter data)
    {
        WritePatches(code, band.Span, data);
        byte[][] streams = [.. WordBands.Streams(band).Select(stream => Encode(code, stream.Span))];
        foreach (byte[] stream in streams.SkipLast(1))
            data.WriteValue((ushort)stream.Length);
        foreach (byte[] stream in streams)
            data.WriteBytes(stream);
    }

    private static void WritePatches(WordCode code, ReadOnlySpan<byte> band, BitWriter data)
    {
        WordBook book = code.Book;
        BitWriter patches = new();
        ulong count = 0;
        int filler = (1 << code.GapBits) - 1;
        int next = 0;
        for (int i = 0; i < band.Length; i++)
        {
            if (book.IsCommon(band[i]))
                continue;
            for (; i - next >= filler; next += filler, count++)
                patches.WriteBits((uint)filler, code.GapBits + book.RareBits);
            patches.WriteBits((uint)(i - next) | (uint)book.RareNumber(band[i]) << code.GapBits, code.GapBits + book.RareBits);
            next = i + 1;
            count++;
        }
        patches.AlignToByte();
        data.WriteVarint(count);
        data.WriteBytes(patches.ToArray());
    }

    private static byte[] Encode(WordCode code, ReadOnlySpan<byte> stream)
    {
        BitWriter bits = new();
        code.Book.Parse(stream, word => bits.WriteBits(code.Code(word), code.Length(word)));
        bits.AlignToByte();
        return bits.ToArray();
    }
}
