using System.Text;
using Weightless.Encoder.Codecs;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>A tensor as a .wls file holds it: what its directory entry says, and its section.</summary>
public sealed class EncodedTensor
{
    // The directory entry up to its last field, the section's checksum: that is made when the entry is written.
    private readonly byte[] _head;

    /// <exception cref="ModelLimitException">The shape is beyond what the format holds.</exception>
    public EncodedTensor(string name, ElementType type, IReadOnlyList<long> shape, Method method, Coder coder,
        ReadOnlyMemory<byte> section, bool halfCodebook = false, bool isGrid = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        CheckExtent(name, type, shape);
        Name = name;
        Type = type;
        Shape = shape;
        Method = method;
        Coder = coder;
        Section = section;
        HalfCodebook = halfCodebook;
        IsGrid = isGrid;
        _head = MakeHead();
    }

    public string Name { get; }

    public ElementType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    public Method Method { get; }

    public Coder Coder { get; }

    public ReadOnlyMemory<byte> Section { get; }

    public bool HalfCodebook { get; }

    /// <summary>Whether its elements are integers times scales.</summary>
    public bool IsGrid { get; }

    /// <summary>What its encoder knows of it; default of a section that came from elsewhere.</summary>
    internal SectionFacts Facts { get; init; }

    /// <summary>Which rows are alive, if the section says so in a way that later tensors of the file may refer to.</summary>
    internal AliveMask? AliveRows { get; init; }

    /// <summary>The number of the earlier tensor that the section refers to, if to any.</summary>
    internal int? Parent { get; init; }

    /// <summary>The number of elements.</summary>
    public long Weights => Shape.Aggregate(1L, (product, dimension) => product * dimension);

    /// <summary>Bytes of entry and section; the padding before a stored section depends on its place and is not in it.</summary>
    public long Bytes => EntryBytes + Section.Length;

    /// <summary>To compare by: <see cref="Bytes"/>, and the padding that stored elements take on average.</summary>
    internal long ExpectedBytes => Bytes + (IsPadded ? Limits.StoredAlignment / 2 : 0);

    internal int EntryBytes => _head.Length + sizeof(uint);

    /// <summary>Whether its section is aligned, so that a reader can use the elements in place.</summary>
    internal bool IsPadded => Method == Method.Stored && !IsGrid && Section.Length > 0;

    /// <summary>A tensor with its elements as they are.</summary>
    public static EncodedTensor Store(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, Method.Stored, Coder.None, tensor.Data)
        {
            Facts = new SectionFacts((ulong)tensor.Count, clusters: 0),
        };
    }

    /// <summary>A clustered tensor with the section that an encoder has made of it.</summary>
    /// <param name="cellBits">Bits of a filter's cell; 0 for the exact methods.</param>
    internal static EncodedTensor Of(ClusteredTensor tensor, Method method, Coder coder, ReadOnlyMemory<byte> section,
        int cellBits = 0, AliveMask? aliveRows = null, int? parent = null) =>
        new(tensor.Name, tensor.Type, tensor.Shape, method, coder, section, tensor.HalfCodebook)
        {
            Facts = new SectionFacts((ulong)tensor.Nonzeros, tensor.Clusters, cellBits),
            AliveRows = aliveRows,
            Parent = parent,
        };

    /// <summary>From a tensor of integers: the grid whose integers they are.</summary>
    /// <param name="section">With the grid's header.</param>
    /// <param name="isPlain">Whether the integers are all of the grid's, so that its zeros are theirs.</param>
    internal EncodedTensor OnGrid(ElementType type, ReadOnlyMemory<byte> section, bool isPlain) =>
        new(Name, type, Shape, Method, Coder, section, isGrid: true)
        {
            Facts = isPlain ? Facts : new SectionFacts((ulong)Weights, Facts.Clusters, Facts.CellBits),
            AliveRows = AliveRows,
            Parent = Parent,
        };

    /// <summary>Zero weights that its filter decodes to a centroid; 0 for the exact methods.</summary>
    internal long CountFalsePositives()
    {
        if (Facts.CellBits == 0)
            return 0;
        using WlsFile file = WlsFile.Of([this]);
        return file.Tensors[0].CountFalsePositives();
    }

    /// <summary>Writes the directory entry: docs/format.md. All of the section is read for its checksum.</summary>
    internal void WriteEntry(BitWriter directory)
    {
        directory.WriteBytes(_head);
        directory.WriteValue(Checksum.OfSection(Section.Span));
    }

    private byte[] MakeHead()
    {
        BitWriter head = new();
        byte[] name = Encoding.UTF8.GetBytes(Name);
        head.WriteVarint((ulong)name.Length);
        head.WriteBytes(name);
        head.WriteByte((byte)((int)Method | (int)Coder << 4 | (HalfCodebook ? TensorEntry.HalfCodebookBit : 0)
            | (IsGrid ? TensorEntry.GridBit : 0)));
        head.WriteByte((byte)((int)Type | Shape.Count << 4));
        foreach (long dimension in Shape)
            head.WriteVarint((ulong)dimension);
        head.WriteVarint((ulong)Section.Length);
        return head.ToArray();
    }

    /// <summary>An empty tensor may have dimensions that no decoder would take.</summary>
    private static void CheckExtent(string name, ElementType type, IReadOnlyList<long> shape)
    {
        string tensor = $"tensor {ModelFormatException.Quote(name)}";
        if (shape.Count > Limits.MaxRank)
            throw new ModelLimitException($"{tensor} has {shape.Count} dimensions; at most {Limits.MaxRank} can be encoded");
        ulong extent = (ulong)ElementTypes.Size(type);
        foreach (long dimension in shape)
        {
            if ((ulong)dimension > Limits.MaxTensorBytes / extent)
                throw new ModelLimitException($"{tensor} has dimensions beyond those of the .wls format");
            extent *= (ulong)Math.Max(dimension, 1);
        }
    }
}
