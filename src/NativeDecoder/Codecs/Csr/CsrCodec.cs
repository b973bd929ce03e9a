using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// Method <c>csr</c>: the relative-index sparse rows of Deep Compression (Han et al. 2016, section 2). For each non-zero,
/// the number of zeros since the one before, in a few bits, and its id; the largest gap is a filler that stands for as many
/// zeros and no weight. Gaps run on from row to row. Coder <c>tans</c> has tokens and bands of its own: <see cref="CsrTans"/>.
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

    // Of coder tans only.
    private CsrTans _tans;

    public static Alphabets Alphabets(int clusters, int gapBits) => new(2, 1 << gapBits, Math.Max(clusters, 1));

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out CsrCodec codec)
    {
        codec = new CsrCodec { _entry = entry, _section = entry.SectionReader };
        if (!Palette.TryRead(entry, ref codec._section, out codec._palette))
            return Status.Corrupt;
        if (entry.Coder == Coder.Tans)
            return CsrTans.TryRead(ref codec._section, entry, codec._palette, out codec._tans) ? Status.Ok : Status.Corrupt;
        if (!codec._section.TryByte(out byte gapBits) || gapBits is 0 or > MaxGapBits)
            return Status.Corrupt;
        codec._gapBits = gapBits;
        return Status.Ok;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly nuint StateBytes => _entry.Coder switch
    {
        Coder.None => (nuint)sizeof(CsrStream<FixedWidth>),
        Coder.Huffman => (nuint)(sizeof(CsrStream<Huffman>) + Huffman.TableBytes(Symbols)),
        Coder.Tans => _tans.IsEmpty ? 0 : CsrTansReader.Bytes(_tans),
        _ => (nuint)(sizeof(CsrStream<Arithmetic>) + Arithmetic.TableBytes(Symbols)),
    };

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        Workspace workspace = Workspace(memory, part);
        return _entry.Coder switch
        {
            Coder.None => Read<FixedWidth, T>(range, table, dst, workspace),
            Coder.Huffman => Read<Huffman, T>(range, table, dst, workspace),
            Coder.Tans => ReadTans(range, output, table, dst, memory, part),
            _ => Read<Arithmetic, T>(range, table, dst, workspace),
        };
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<CsrCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => true;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        if (_entry.Weights == 0)
            return Status.Ok;
        T* table = stackalloc T[Palette.TableLength];
        FillTable(output, table);
        return _entry.Coder switch
        {
            Coder.None => Show<FixedWidth, T, TVisitor>(table, memory, visitor),
            Coder.Huffman => Show<Huffman, T, TVisitor>(table, memory, visitor),
            Coder.Tans => ShowTans(table, memory, visitor),
            _ => Show<Arithmetic, T, TVisitor>(table, memory, visitor),
        };
    }

    private readonly Workspace Workspace(byte* memory, Part part) =>
        new(memory, StateBytes, (uint)_palette.Clusters | (uint)_gapBits << 8, part);

    private readonly Alphabets Symbols => Alphabets(_palette.Clusters, _gapBits);

    private readonly Status Read<TSymbols, T>(in WeightRange range, T* table, T* dst, in Workspace workspace)
        where TSymbols : unmanaged, ISymbolDecoder where T : unmanaged
    {
        CsrStream<TSymbols>* kept = (CsrStream<TSymbols>*)workspace.State;
        uint filler = Filler;
        ulong weights = _entry.Weights;
        CsrStream<TSymbols> stream;
        if (workspace.Resumes(_entry, range.First))
        {
            stream = *kept;
        }
        else
        {
            if (!TryOpen(out stream, (byte*)(kept + 1)))
                return Status.Corrupt;
            while (stream.Index < range.First)
                stream.Advance(stream.Index + 1, weights, filler);
        }

        new Output<T>(dst, range.Count).Clear();
        while (stream.Index < range.End)
        {
            dst[stream.Index - range.First] = table[stream.Id + 1];
            stream.Advance(stream.Index + 1, weights, filler);
        }

        if (!IsWhole(stream))
            return Status.Corrupt;
        if (!range.ReachesLast)
        {
            *kept = stream;
            workspace.Keep(_entry, range.End);
        }
        return Status.Ok;
    }

    private readonly Status Show<TSymbols, T, TVisitor>(T* table, byte* memory, TVisitor* visitor)
        where TSymbols : unmanaged, ISymbolDecoder where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        byte* tables = Workspace(memory, Part.First).State + sizeof(CsrStream<TSymbols>);
        if (!TryOpen(out CsrStream<TSymbols> stream, tables))
            return Status.Corrupt;
        visitor->Begin(0);
        while (stream.Index < _entry.Weights)
        {
            visitor->Visit((nuint)stream.Index, table[stream.Id + 1]);
            stream.Advance(stream.Index + 1, _entry.Weights, Filler);
        }
        return IsWhole(stream) ? Status.Ok : Status.Corrupt;
    }

    private readonly Status ShowTans<T, TVisitor>(T* table, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        if (_tans.IsEmpty)
            return Status.Ok;
        CsrTansReader* reader = (CsrTansReader*)Workspace(memory, Part.First).State;
        return reader->TryOpen(_tans, table) ? reader->ForEachNonzero<T, TVisitor>(visitor) : Status.Corrupt;
    }

    private readonly uint Filler => (1u << _gapBits) - 1;

    private readonly bool TryOpen<TSymbols>(out CsrStream<TSymbols> stream, byte* tables) where TSymbols : unmanaged, ISymbolDecoder
    {
        ByteReader section = _section;
        stream = new CsrStream<TSymbols> { Symbols = default, Left = _palette.Nonzeros };
        if (!stream.Symbols.TryOpen(ref section, Symbols, tables))
            return false;
        stream.Advance(0, _entry.Weights, Filler);
        return true;
    }

    private readonly bool IsWhole<TSymbols>(in CsrStream<TSymbols> stream) where TSymbols : unmanaged, ISymbolDecoder =>
        !stream.Broken && !stream.Symbols.RanOver && (stream.Largest < (uint)_palette.Clusters || _palette.Clusters == 0);

    private readonly Status ReadTans<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (_tans.IsEmpty)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        // The table serves every band, but one type only.
        Workspace workspace = new(memory, CsrTansReader.KeptBytes(_tans), (uint)_palette.Clusters | (ulong)output << 8, part);
        CsrTansReader* reader = (CsrTansReader*)workspace.State;
        bool isOpen = part == Part.Later || part == Part.Whole && workspace.Resumes(_entry, Codecs.Workspace.AnyWeight);
        if (!isOpen && !reader->TryOpen(_tans, table))
            return Status.Corrupt;
        Status status = reader->Read(range, dst);
        if (status == Status.Ok && part == Part.Whole && !range.IsWhole)
            workspace.Keep(_entry, Codecs.Workspace.AnyWeight);
        return status;
    }
}
