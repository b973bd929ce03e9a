using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// A method of encoding, and one tensor that is encoded by it: its section's parameters, checked. Every call of the ABI opens
/// one codec, in the codec's own type.
/// </summary>
internal unsafe interface ICodec<TSelf> where TSelf : unmanaged, ICodec<TSelf>
{
    /// <summary>Whether there are tensors of 64-bit elements: only where elements are stored as they are.</summary>
    static abstract bool TakesWideElements { get; }

    /// <summary>Reads and checks the section's parameters.</summary>
    /// <param name="directory">For what a section takes from an earlier one.</param>
    static abstract Status Open(in TensorEntry entry, in TensorDirectory directory, out TSelf codec);

    TensorEntry Entry { get; }

    SectionFacts Facts { get; }

    /// <summary>Whether the tensor can be decoded to a type.</summary>
    bool CanDecode(ElementType output);

    /// <summary>Bytes that decoding keeps in the caller's workspace; 0 if it keeps nothing.</summary>
    nuint StateBytes { get; }

    /// <summary>
    /// Makes <paramref name="table"/>, <see cref="Palette.TableLength"/> entries, ready for decoding to a type: where the codec
    /// keeps the output element of each id, if it needs them.
    /// </summary>
    void FillTable<T>(ElementType output, T* table) where T : unmanaged;

    /// <summary>Decodes a range of weights; those who call it have checked the type, the range and the sizes.</summary>
    /// <param name="table">What <see cref="FillTable"/> has filled for this output type.</param>
    /// <param name="memory">The caller's workspace, for <see cref="StateBytes"/>.</param>
    Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part) where T : unmanaged;

    /// <summary>Shows all weights to a visitor, through a buffer on the stack that no layer outgrows.</summary>
    Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>;

    /// <summary>Whether the codec goes from one non-zero to the next, and not through the zeros between them.</summary>
    bool SkipsZeros { get; }

    /// <summary>Shows the weights that are not zero to a visitor, for codecs with <see cref="SkipsZeros"/>.</summary>
    Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>;
}

/// <summary>What an open section tells of its tensor.</summary>
internal readonly struct SectionFacts(ulong nonzeros, int clusters, int cellBits = 0)
{
    /// <summary>Of a grid: how its scales run. Others have no integer bits.</summary>
    public GridFacts Grid { get; init; }

    /// <summary>Non-zero weights that were encoded; all weights of a stored tensor.</summary>
    public ulong Nonzeros => nonzeros;

    /// <summary>Centroids.</summary>
    public int Clusters => clusters;

    /// <summary>Bits of a filter's cell; 0 for the exact methods.</summary>
    public int CellBits => cellBits;
}

/// <summary>What the header of a grid tells.</summary>
internal readonly struct GridFacts(int integerBits, int channelAxis, ulong channels)
{
    /// <summary>Bits that an integer may need, 8..16; 0 if there are none.</summary>
    public int IntegerBits => integerBits;

    public int ChannelAxis => channelAxis;

    public ulong Channels => channels;
}
