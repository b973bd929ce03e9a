using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// Method <c>words</c>: a canonical Huffman code, not over weights but over words of one to L of them, the leaves of a parse tree
/// (Tunstall, "Synthesis of noiseless compression codes", 1967). A look-up writes a word, four streams side by side keep the
/// core busy, and bands that begin anywhere are decoded at the cost of the rows asked for. docs/format-words.md defines it.
/// </summary>
internal unsafe struct WordsCodec : ICodec<WordsCodec>
{
    private TensorEntry _entry;
    private Palette _palette;

    // All default when there is no centroid.
    private WordsLayout _layout;

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out WordsCodec codec)
    {
        codec = new WordsCodec { _entry = entry };
        ByteReader section = entry.SectionReader;
        return Palette.TryReadPacked(entry, ref section, out codec._palette)
            && (codec._palette.Clusters == 0 ? section.Left == 0 : WordsLayout.TryRead(ref section, entry.Weights, out codec._layout))
            ? Status.Ok
            : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_palette.Nonzeros, _palette.Clusters);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly ulong UnitWeights => _palette.Clusters == 0 ? 1 : _layout.BandWeights;

    public readonly nuint StateBytes => _palette.Clusters == 0 ? 0 : (nuint)WordsMemory.Bytes(_layout);

    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged => _palette.Fill(output, table);

    /// <summary>Whole bands go straight to the output; of one that is asked for in part the ids are decoded first.</summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (_palette.Clusters == 0)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        WordsMemory* words = WordsMemory.At(new Workspace(memory, StateBytes, 0, part).State);
        if (part != Part.Whole)
            return Copy(words, range.First, range.End, table, dst, part == Part.Later);

        ulong size = _layout.BandWeights;
        ulong firstWhole = (range.First + size - 1) / size;
        ulong endWhole = range.ReachesLast ? _layout.Bands : range.End / size;
        if (firstWhole >= endWhole)
            return Copy(words, range.First, range.End, table, dst, isOpen: false);
        Status status = words->Open(_layout, _palette.Clusters, table);
        for (ulong band = firstWhole; band < endWhole && status == Status.Ok; band++)
            status = words->Decode(_layout, band, dst + (band * size - range.First));
        if (status != Status.Ok)
            return status;
        ulong firstBehind = Math.Min(endWhole * size, range.End);
        bool hasBefore = range.First < firstWhole * size;
        if (hasBefore)
            status = Copy(words, range.First, firstWhole * size, table, dst, isOpen: false);
        if (status == Status.Ok && firstBehind < range.End)
            status = Copy(words, firstBehind, range.End, table, dst + (firstBehind - range.First), isOpen: hasBefore);
        return status;
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<WordsCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => false;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;

    /// <summary>Weights by way of the ids of their bands, of which the last one stays in the workspace.</summary>
    /// <param name="isOpen">Whether the workspace has tables for ids already.</param>
    private readonly Status Copy<T>(WordsMemory* words, ulong first, ulong end, T* table, T* dst, bool isOpen) where T : unmanaged
    {
        Status status = isOpen ? Status.Ok : words->OpenIds(_layout, _palette.Clusters);
        delegate*<byte*, ulong, void*, void*, void> lookUp = IdLookUp.Choose(InstructionSets.Current, _palette.Clusters + 1, sizeof(T));
        while (first < end && status == Status.Ok)
        {
            ulong band = first / _layout.BandWeights;
            ulong bandFirst = band * _layout.BandWeights;
            ulong count = Math.Min(end, bandFirst + _layout.BandWeights) - first;
            status = words->DecodeIds(_layout, band, out byte* ids);
            if (status != Status.Ok)
                break;
            ids += first - bandFirst;
            lookUp(ids, count, table, dst);
            dst += count;
            first += count;
        }
        return status;
    }
}
