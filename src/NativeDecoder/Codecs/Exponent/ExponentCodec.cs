using Weightless.NativeDecoder.Codecs.Words;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Exponent;

/// <summary>
/// Method <c>exponent</c>: floats as they are, without loss. Of trained weights the exponents repeat, and <c>words</c> codes them as
/// a tensor of bytes; signs and fractions do not, and lie there as they are, without the lowest bits of the fraction if they are zero
/// in the whole tensor. docs/format.md defines it.
/// </summary>
internal unsafe struct ExponentCodec : ICodec<ExponentCodec>
{
    private TensorEntry _entry;
    private ExponentBits _bits;
    private WordsCodec _exponents;

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out ExponentCodec codec)
    {
        codec = new ExponentCodec { _entry = entry };
        ByteReader section = entry.SectionReader;
        if (!ExponentBits.TryRead(entry, ref section, out codec._bits))
            return Status.Corrupt;
        TensorEntry exponents = entry;
        exponents.Type = ElementType.U8;
        exponents.Section = section.Position;
        exponents.SectionBytes = section.Left;
        return WordsCodec.Open(exponents, directory, out codec._exponents);
    }

    public readonly TensorEntry Entry => _entry;

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output) && output != ElementType.Id8;

    public readonly SectionFacts Facts => new(_entry.Weights, 0);

    public readonly nuint StateBytes => _exponents.StateBytes;

    /// <summary>The table is for the exponents, which are bytes whatever the output.</summary>
    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged =>
        _exponents.FillTable(ElementType.U8, (byte*)table);

    /// <summary>
    /// The exponents are decoded into the output's last quarter or half, and joined from its start: no element reaches an exponent
    /// that has not been read.
    /// </summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        byte* exponents = (byte*)dst + range.Count * (ulong)(sizeof(T) - 1);
        Status status = _exponents.Decode(range, ElementType.U8, (byte*)table, exponents, memory, part);
        if (status != Status.Ok)
            return status;
        ulong joined = 0;
        if (output == _entry.Type && ExponentKernels.Choose(InstructionSets.Current, _entry.Type, _bits.Width) is var kernel && kernel != null)
            joined = kernel(_bits.At(range.First), _bits.End, exponents, range.Count, (byte*)dst);
        for (ulong i = joined; i < range.Count; i++)
        {
            uint bits = Palette.Convert(_bits.Join(range.First + i, exponents[i]), _entry.Type, output);
            dst[i] = *(T*)&bits;
        }
        return Status.Ok;
    }

    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T> =>
        Pieces.ForEach<ExponentCodec, T, TVisitor>(this, output, memory, visitor);

    public readonly bool SkipsZeros => false;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T> => Status.Internal;
}
