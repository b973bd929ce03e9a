using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// Method <c>csr</c>: the relative-index sparse rows of Deep Compression (Han et al. 2016, section 2). For each non-zero,
/// the number of zeros since the one before, in a few bits, and its id; the largest gap is a filler that stands for as many
/// zeros and no weight. Gaps run on from row to row.
/// </summary>
internal unsafe struct CsrCodec : ICodec<CsrCodec>
{
    public const int MaxGapBits = 8;

    /// <summary>The alphabets, by number.</summary>
    public const int Gap = 0;
    public const int Id = 1;

    private TensorEntry _entry;
    private Palette _palette;
    private int _gapBits;

    // Behind the parameters: the coded gaps and ids.
    private ByteReader _section;

    public static Alphabets Alphabets(int clusters, int gapBits) => new(2, 1 << gapBits, Math.Max(clusters, 1));

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out CsrCodec codec)
    {
        codec = new CsrCodec { _entry = entry, _section = entry.SectionReader };
        if (!Palette.TryRead(entry, ref codec._section, out codec._palette)
            || !codec._section.TryByte(out byte gapBits) || gapBits is 0 or > MaxGapBits)
            return Status.Corrupt;
        codec._gapBits = gapBits;
        return Status.Ok;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters);

    public readonly nuint StateBytes => _entry.Coder switch
    {
        Coder.None => (nuint)sizeof(CsrStream<FixedWidth>),
        Coder.Huffman => (nuint)(sizeof(CsrStream<Huffman>) + Huffman.TableBytes(Symbols)),
        _ => (nuint)(sizeof(CsrStream<Arithmetic>) + Arithmetic.TableBytes(Symbols)),
    };

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        Workspace workspace = new(memory, StateBytes, (uint)_palette.Clusters | (uint)_gapBits << 8, part);
        return _entry.Coder switch
        {
            Coder.None => Read<FixedWidth, T>(range, table, dst, workspace),
            Coder.Huffman => Read<Huffman, T>(range, table, dst, workspace),
            _ => Read<Arithmetic, T>(range, table, dst, workspace),
        };
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<CsrCodec, T, TVisitor>(this, output, memory, visitor);

    private readonly Alphabets Symbols => Alphabets(_palette.Clusters, _gapBits);

    private readonly Status Read<TSymbols, T>(in WeightRange range, T* table, T* dst, in Workspace workspace)
        where TSymbols : unmanaged, ISymbolDecoder where T : unmanaged
    {
        CsrStream<TSymbols>* kept = (CsrStream<TSymbols>*)workspace.State;
        uint filler = (1u << _gapBits) - 1;
        ulong weights = _entry.Weights;
        CsrStream<TSymbols> stream;
        if (workspace.Resumes(_entry, range.First))
        {
            stream = *kept;
        }
        else
        {
            ByteReader section = _section;
            stream = new CsrStream<TSymbols> { Symbols = default, Left = _palette.Nonzeros };
            if (!stream.Symbols.TryOpen(ref section, Symbols, (byte*)(kept + 1)))
                return Status.Corrupt;
            stream.Advance(0, weights, filler);
            while (stream.Index < range.First)
                stream.Advance(stream.Index + 1, weights, filler);
        }

        new Output<T>(dst, range.Count).Clear();
        while (stream.Index < range.End)
        {
            dst[stream.Index - range.First] = table[stream.Id + 1];
            stream.Advance(stream.Index + 1, weights, filler);
        }

        bool whole = !stream.Broken && !stream.Symbols.RanOver && (stream.Largest < (uint)_palette.Clusters || _palette.Clusters == 0);
        if (!whole)
            return Status.Corrupt;
        if (!range.ReachesLast)
        {
            *kept = stream;
            workspace.Keep(_entry, range.End);
        }
        return Status.Ok;
    }
}
