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

    public nuint StateBytes => 0;

    /// <summary>Elements are converted one by one.</summary>
    public void FillTable<T>(ElementType output, T* table) where T : unmanaged
    {
    }

    public Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part) where T : unmanaged
    {
        int size = ElementTypes.Size(_entry.Type);
        byte* source = _entry.Section + range.First * (ulong)size;
        if (output == _entry.Type)
            Buffer.MemoryCopy(source, dst, range.Count * (ulong)size, range.Count * (ulong)size);
        else if (size == 1)
            Convert(source, output, dst, range.Count);
        else if (size == 2)
            Convert((ushort*)source, output, dst, range.Count);
        else
            Convert((uint*)source, output, dst, range.Count);
        return Status.Ok;
    }

    public Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<StoredCodec, T, TVisitor>(this, output, memory, visitor);

    public bool SkipsZeros => false;

    public Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;

    private void Convert<TFrom, T>(TFrom* source, ElementType output, T* dst, ulong count) where TFrom : unmanaged where T : unmanaged
    {
        for (ulong i = 0; i < count; i++)
        {
            uint bits = 0;
            *(TFrom*)&bits = source[i];
            bits = Palette.Convert(bits, _entry.Type, output);
            dst[i] = *(T*)&bits;
        }
    }
}
