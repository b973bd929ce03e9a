namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The four streams of a band on their way. A kernel takes <see cref="Codes"/> codes of each, <see cref="Iterations"/> times, and
/// checks nothing. What it may rely on is that before it runs, for each stream,
/// <code>
///     next + 7 * Iterations + 8 &lt;= the section's end      four codes are at most 48 bits; with the 7 that may be taken of
///                                                        a byte already, they move next by 6 at most
///     output + 4 * L * Iterations &lt;= its limit             a word is stored as L elements, and moves output by no more
/// </code>
/// so that each load of eight bytes is within the section, and each store within the stream's own part of the output.
/// </summary>
internal unsafe struct WordsRun
{
    public const int Streams = 4;

    /// <summary>Codes of each stream in an iteration: as many as a refill is enough for.</summary>
    public const int Codes = 4;

    private const int MostBytes = 7;

    /// <summary>Of each <see cref="WordsStream"/>.</summary>
    public Four Next;
    public Four Bits;

    /// <summary>Where each stream's next element goes, and the end of its part.</summary>
    public Four Outputs;
    public Four Limits;

    public byte* Table;
    public nuint Iterations;

    /// <summary>Sets <see cref="Iterations"/> to what can be done unchecked; whether that is any.</summary>
    /// <param name="wordBytes">Bytes of L elements.</param>
    public bool Bound(byte* end, nuint wordBytes)
    {
        Iterations = nuint.MaxValue;
        Bound(end, wordBytes, Next.A, Outputs.A, Limits.A);
        Bound(end, wordBytes, Next.B, Outputs.B, Limits.B);
        Bound(end, wordBytes, Next.C, Outputs.C, Limits.C);
        Bound(end, wordBytes, Next.D, Outputs.D, Limits.D);
        return Iterations > 0;
    }

    private void Bound(byte* end, nuint wordBytes, ulong next, ulong output, ulong limit)
    {
        ulong input = next + sizeof(ulong) <= (ulong)end ? ((ulong)end - next - sizeof(ulong)) / MostBytes : 0;
        Iterations = (nuint)Math.Min(Iterations, Math.Min(input, (limit - output) / (Codes * wordBytes)));
    }
}
