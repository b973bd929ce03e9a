namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// Something that decisions go through. An encoder writes the decision it is given, a decoder ignores it and says what it
/// was: a model that is written once, against this, serves both and cannot come to differ.
/// </summary>
internal interface IBinaryCoder
{
    /// <summary>Codes a decision; outcome 1 has a share of <paramref name="probability"/> in 65536, neither 0 nor all.</summary>
    uint Code(uint bit, uint probability);

    /// <summary>Codes one of <paramref name="count"/> (1..4096) equally probable values.</summary>
    uint CodeUniform(uint value, uint count);

    /// <summary>
    /// First half of coding a symbol: the place in 0..2^bits that lies in the symbol's share. An encoder returns the share's
    /// start.
    /// </summary>
    uint Slot(uint start, int bits);

    /// <summary>Second half: the share of the symbol that owns the place.</summary>
    void Narrow(uint start, uint frequency, int bits);

    /// <summary>Whether a decoder has read more than the stream holds.</summary>
    bool RanOver { get; }
}
