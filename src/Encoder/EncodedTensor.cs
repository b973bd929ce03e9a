using System.Text;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>A tensor as a .wls file holds it: what its directory entry says, and its section.</summary>
public sealed record EncodedTensor(
    string Name, ElementType Type, IReadOnlyList<long> Shape, Method Method, Coder Coder, ReadOnlyMemory<byte> Section,
    bool HalfCodebook = false)
{
    /// <summary>The directory entry: docs/format.md.</summary>
    internal byte[] Entry { get; } = MakeEntry(Name, Type, Shape, Method, Coder, Section, HalfCodebook);

    /// <summary>Of a context tensor with a row mask, which rows are alive: later tensors of the file may refer to it.</summary>
    internal bool[]? AliveRows { get; init; }

    /// <summary>Of a context tensor that refers to an earlier one, that one's index.</summary>
    internal int? Parent { get; init; }

    /// <summary>Bytes of entry and section; the padding before a stored section depends on its place and is not in it.</summary>
    public long Bytes => Entry.Length + Section.Length;

    /// <summary>To compare by: <see cref="Bytes"/>, and the padding that stored elements take on average.</summary>
    internal long ExpectedBytes => Bytes + (Method == Method.Stored && Section.Length > 0 ? Limits.StoredAlignment / 2 : 0);

    /// <summary>A tensor with its elements as they are.</summary>
    public static EncodedTensor Store(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, Method.Stored, Coder.None, tensor.Data);
    }

    /// <summary>A clustered tensor by the given method and coder.</summary>
    /// <param name="cellBits">Bits of a filter's cell; null for the default, five more than an id needs.</param>
    /// <param name="seed">The first seed that a filter tries.</param>
    public static EncodedTensor Encode(ClusteredTensor tensor, Method method, Coder coder, int? cellBits = null,
        double room = Codecs.Bloomier.BloomierEncoder.DefaultRoom, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (method == Method.Context)
            return EncodeContext(tensor);
        BitWriter section = new();
        Codecs.PaletteWriter.Write(tensor, section);
        switch (method)
        {
            case Method.Dense:
                Codecs.Dense.DenseEncoder.Write(tensor, coder, section);
                break;
            case Method.Csr:
                Codecs.Csr.CsrEncoder.Write(tensor, coder, section);
                break;
            case Method.Bloomier:
                Codecs.Bloomier.BloomierEncoder.Write(tensor, coder, cellBits ?? DefaultCellBits(tensor.Clusters), room, seed, section);
                break;
            case Method.Coupled:
                if (coder != Coder.None)
                    throw new ArgumentOutOfRangeException(nameof(coder), "a coupled filter has no symbols to code");
                Codecs.Coupled.CoupledEncoder.Write(tensor, cellBits ?? DefaultCellBits(tensor.Clusters), seed, section);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(method));
        }
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, method, coder, section.ToArray(), tensor.HalfCodebook);
    }

    /// <summary>A clustered tensor by method <c>context</c>, which has no coder.</summary>
    /// <param name="strength">1 (fast) to 9 (small).</param>
    /// <param name="earlier">The tensors before it in its file: dead rows of one are often dead columns of the next.</param>
    public static EncodedTensor EncodeContext(ClusteredTensor tensor, int strength = EncoderOptions.DefaultStrength,
        IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        (byte[] section, bool[]? aliveRows, int? parent) = new Codecs.Context.ContextEncoder(tensor, strength, earlier ?? []).Encode();
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, Method.Context, Coder.None, section, tensor.HalfCodebook)
        {
            AliveRows = aliveRows,
            Parent = parent,
        };
    }

    /// <summary>Bits that make one zero weight in 32 or fewer a false positive.</summary>
    public static int DefaultCellBits(int clusters) => MinCellBits(clusters) + 5;

    /// <summary>Bits that a centroid's number needs.</summary>
    public static int MinCellBits(int clusters) =>
        Math.Max(1, 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Math.Max(clusters, 1) - 1));

    private static byte[] MakeEntry(string name, ElementType type, IReadOnlyList<long> shape, Method method, Coder coder,
        ReadOnlyMemory<byte> section, bool halfCodebook)
    {
        if (shape.Count > Limits.MaxRank)
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(name)} has {shape.Count} dimensions; at most {Limits.MaxRank} can be encoded");
        CheckExtent(name, type, shape);
        BitWriter entry = new();
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        entry.WriteVarint((ulong)nameBytes.Length);
        entry.WriteBytes(nameBytes);
        entry.WriteByte((byte)((int)method | (int)coder << 4 | (halfCodebook ? TensorEntry.HalfCodebookBit : 0)));
        entry.WriteByte((byte)((int)type | shape.Count << 4));
        foreach (long dimension in shape)
            entry.WriteVarint((ulong)dimension);
        entry.WriteVarint((ulong)section.Length);
        entry.WriteValue(Checksum.OfSection(section.Span));
        return entry.ToArray();
    }

    /// <summary>An empty tensor may have dimensions that no decoder would take.</summary>
    private static void CheckExtent(string name, ElementType type, IReadOnlyList<long> shape)
    {
        ulong extent = (ulong)ElementTypes.Size(type);
        foreach (long dimension in shape)
        {
            if ((ulong)dimension > Limits.MaxTensorBytes / extent)
            {
                throw new ModelFormatException(
                    $"tensor {ModelFormatException.Quote(name)} has dimensions beyond those of the .wls format");
            }
            extent *= (ulong)Math.Max(dimension, 1);
        }
    }
}
