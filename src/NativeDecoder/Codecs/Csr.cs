using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// Method <c>csr</c>: the relative-index sparse rows of Deep Compression (Han et al. 2016, section 2). For each non-zero,
/// the number of zeros since the one before, in a few bits, and its id; the largest gap is a filler that stands for as many
/// zeros and no weight. Gaps run on from row to row.
/// </summary>
internal static unsafe class Csr
{
    public const int MaxGapBits = 8;

    /// <summary>The section's own parameters, behind the palette.</summary>
    public struct Header
    {
        public int GapBits;

        public static bool TryRead(ref ByteReader section, out Header header)
        {
            header = default;
            if (!section.TryByte(out byte gapBits) || gapBits is 0 or > MaxGapBits)
                return false;
            header.GapBits = gapBits;
            return true;
        }
    }

    /// <summary>The alphabets, by number.</summary>
    public const int Gap = 0;
    public const int Id = 1;

    public static Alphabets Alphabets(int clusters, int gapBits) => new(2, 1 << gapBits, Math.Max(clusters, 1));

    public static nuint StateBytes(in Palette palette, in Header header, Coder coder)
    {
        Alphabets alphabets = Alphabets(palette.Clusters, header.GapBits);
        return coder switch
        {
            Coder.None => (nuint)sizeof(State<FixedWidth>),
            Coder.Huffman => (nuint)(sizeof(State<Huffman>) + Huffman.TableBytes(alphabets)),
            _ => (nuint)(sizeof(State<Arithmetic>) + Arithmetic.TableBytes(alphabets)),
        };
    }

    public static Status Decode<T>(in TensorEntry entry, in Palette palette, in Header header, ByteReader section, in Band band,
        T* table, T* dst, in Workspace workspace) where T : unmanaged => entry.Coder switch
        {
            Coder.None => Decode<FixedWidth, T>(entry, palette, header, section, band, table, dst, workspace),
            Coder.Huffman => Decode<Huffman, T>(entry, palette, header, section, band, table, dst, workspace),
            _ => Decode<Arithmetic, T>(entry, palette, header, section, band, table, dst, workspace),
        };

    /// <summary>The stream, and the non-zero that was read last and lies ahead.</summary>
    private struct State<TSymbols> where TSymbols : unmanaged, ISymbolDecoder
    {
        public const ulong NoMore = ulong.MaxValue;

        public TSymbols Symbols;

        /// <summary>Where the non-zero lies; <see cref="NoMore"/> after the last.</summary>
        public ulong Index;

        /// <summary>Non-zeros behind that one.</summary>
        public ulong Left;

        public uint Largest;
        public uint Id;
        public bool Broken;

        /// <summary>Goes to the next non-zero, at least to <paramref name="from"/>.</summary>
        public void Advance(ulong from, ulong weights, uint filler)
        {
            Index = NoMore;
            if (Left == 0)
                return;
            Left--;
            uint gap = Symbols.Read(Gap);
            while (gap == filler && from < weights && !Symbols.RanOver)
            {
                from += filler;
                gap = Symbols.Read(Gap);
            }
            from += gap;
            Id = Symbols.Read(Csr.Id);
            Largest = Math.Max(Largest, Id);
            if (from < weights && !Symbols.RanOver)
                Index = from;
            else
                Broken = true;
        }
    }

    private static Status Decode<TSymbols, T>(in TensorEntry entry, in Palette palette, in Header header, ByteReader section,
        in Band band, T* table, T* dst, in Workspace workspace) where TSymbols : unmanaged, ISymbolDecoder where T : unmanaged
    {
        State<TSymbols>* kept = (State<TSymbols>*)workspace.State;
        uint filler = (1u << header.GapBits) - 1;
        ulong weights = entry.Weights;
        State<TSymbols> state;
        if (workspace.Resumes(entry, band.FirstRow))
        {
            state = *kept;
        }
        else
        {
            state = new State<TSymbols> { Symbols = default, Left = palette.Nonzeros };
            if (!state.Symbols.TryOpen(ref section, Alphabets(palette.Clusters, header.GapBits), (byte*)(kept + 1)))
                return Status.Corrupt;
            state.Advance(0, weights, filler);
            while (state.Index < band.First)
                state.Advance(state.Index + 1, weights, filler);
        }

        new Output<T>(dst, band.Weights).Clear();
        while (state.Index < band.End)
        {
            dst[state.Index - band.First] = table[state.Id + 1];
            state.Advance(state.Index + 1, weights, filler);
        }

        bool whole = !state.Broken && !state.Symbols.RanOver && (state.Largest < (uint)palette.Clusters || palette.Clusters == 0);
        if (!whole)
            return Status.Corrupt;
        if (!band.ReachesLastRow)
        {
            *kept = state;
            workspace.Keep(entry, band.EndRow);
        }
        return Status.Ok;
    }
}
