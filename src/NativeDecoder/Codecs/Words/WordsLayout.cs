using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>How a section is laid out: what comes before the description of its code.</summary>
internal unsafe struct WordsLayout
{
    /// <summary>Bits of the longest code, and so of the table's index, where words are single weights and where they are not.</summary>
    public const int SingleBits = 11;
    public const int WordBits = 12;

    public const int MaxWords = 512;

    /// <summary>Weights of a band, so that the ids of one fit the workspace.</summary>
    public const uint MaxBandWeights = 1 << 15;

    public const int MaxGapBits = 16;

    public const int GapShift = 2;
    private const int ReservedBits = 0xc0;

    private byte* _offsets;

    /// <summary>L, the most weights of a word: 1, 4, 8 or 16.</summary>
    public int WordLength { get; private set; }

    /// <summary>Bits of the gap before a patch, 1..<see cref="MaxGapBits"/>.</summary>
    public int GapBits { get; private set; }

    /// <summary>Weights of each band but the last, 1..<see cref="MaxBandWeights"/>.</summary>
    public uint BandWeights { get; private set; }

    public ulong Bands { get; private set; }

    public ulong Weights { get; private set; }

    /// <summary>From the description of the code to the section's end.</summary>
    public ByteReader Code { get; private set; }

    public readonly int TableBits => WordLength == 1 ? SingleBits : WordBits;

    public static bool TryRead(ref ByteReader section, ulong weights, out WordsLayout layout)
    {
        layout = new WordsLayout { Weights = weights };
        if (!section.TryByte(out byte flags) || (flags & ReservedBits) != 0 || !section.TryVarint(out ulong bandWeights)
            || bandWeights - 1 >= MaxBandWeights)
            return false;
        int lengthLog2 = flags & 3;
        layout.WordLength = lengthLog2 == 0 ? 1 : 2 << lengthLog2;
        layout.GapBits = (flags >> GapShift) + 1;
        layout.BandWeights = (uint)bandWeights;
        layout.Bands = weights / bandWeights + (weights % bandWeights != 0 ? 1u : 0);
        ulong offsets = layout.Bands == 0 ? 0 : layout.Bands - 1;
        if (!section.TryBytes(sizeof(uint) * offsets, out layout._offsets))
            return false;
        layout.Code = section;
        return true;
    }

    /// <summary>Weights of a band.</summary>
    public readonly uint Count(ulong band) => (uint)Math.Min(BandWeights, Weights - band * BandWeights);

    /// <summary>Where a band lies among so many bytes of bands.</summary>
    public readonly bool TryFind(ulong band, nuint bytes, out nuint start, out nuint end)
    {
        start = band == 0 ? 0 : ((uint*)_offsets)[band - 1];
        end = band + 1 == Bands ? bytes : ((uint*)_offsets)[band];
        return start <= end && end <= bytes;
    }
}
