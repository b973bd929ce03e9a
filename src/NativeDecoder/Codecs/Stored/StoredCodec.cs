using Weightless.NativeDecoder.Codecs.Elements;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Stored;

/// <summary>Method <c>stored</c>: the tensor's own elements, aligned, so that they can also be used where they lie.</summary>
internal readonly unsafe struct StoredCodec : ICodec<StoredCodec>
{
    private readonly TensorEntry _entry;

    private StoredCodec(in TensorEntry entry) => _entry = entry;

    public static bool TakesWideElements => true;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out StoredCodec codec)
    {
        codec = new StoredCodec(entry);
        return Status.Ok;
    }

    public TensorEntry Entry => _entry;

    public SectionFacts Facts => new(_entry.Weights, 0);

    public bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output) && output != ElementType.Id8;

    public ulong UnitWeights => 1;

    public nuint StateBytes => 0;

    /// <summary>Elements are converted without one.</summary>
    public void FillTable<T>(ElementType output, T* table) where T : unmanaged
    {
    }

    public Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part) where T : unmanaged
    {
        ulong size = (ulong)ElementTypes.Size(_entry.Type);
        byte* source = _entry.Section + range.First * size;
        if (output == _entry.Type)
            Buffer.MemoryCopy(source, dst, range.Count * size, range.Count * size);
        else
            ElementKernels.Conversion(InstructionSets.Current, _entry.Type, output)(source, range.Count, 1, (byte*)dst);
        return Status.Ok;
    }

    public Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<StoredCodec, T, TVisitor>(this, output, memory, visitor);

    public bool SkipsZeros => false;

    public Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;
}
