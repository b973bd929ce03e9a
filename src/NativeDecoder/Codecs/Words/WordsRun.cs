namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// The four streams of a band on their way. A kernel takes four codes of each, <see cref="Iterations"/> times, and checks
/// nothing: what it may rely on is that, before it runs, for each stream
/// <code>
///     stream.Next + 7 * Iterations + 8 &lt;= the section's end        four codes take at most 48 bits, and with the 7 before them
///                                                              move Next by at most 6 bytes
///     output + 4 * L * Iterations &lt;= limit                         a word is stored as L elements and moves output by at most as many
/// </code>
/// so that no load of eight bytes and no store is outside of the section and of the stream's own part of the output.
/// </summary>
internal unsafe struct WordsRun
{
    public const int Streams = 4;

    /// <summary>Codes of each stream in an iteration.</summary>
    public const int Codes = 4;

    // Two more than are moved by, and 8 loaded at once.
    private const int BytesAnIteration = 7;

    public WordsStream Stream0, Stream1, Stream2, Stream3;
    public byte* Output0, Output1, Output2, Output3;
    public byte* Limit0, Limit1, Limit2, Limit3;
    public byte* Table;
    public nuint Iterations;

    /// <summary>Sets <see cref="Iterations"/> to what can be done unchecked; whether that is any.</summary>
    /// <param name="wordBytes">Bytes of L elements.</param>
    public bool Bound(byte* end, nuint wordBytes)
    {
        nuint most = nuint.MaxValue;
        fixed (WordsStream* streams = &Stream0)
        fixed (byte** outputs = &Output0, limits = &Limit0)
        {
            for (int s = 0; s < Streams; s++)
            {
                nuint input = streams[s].Next + sizeof(ulong) <= end ? (nuint)(end - streams[s].Next - sizeof(ulong)) / BytesAnIteration : 0;
                nuint output = (nuint)(limits[s] - outputs[s]) / (Codes * wordBytes);
                most = Math.Min(most, Math.Min(input, output));
            }
        }
        Iterations = most;
        return most > 0;
    }
}
