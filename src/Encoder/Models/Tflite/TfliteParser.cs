using System.Buffers.Binary;
using System.Text;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models.Tflite;

/// <summary>A tensor of a TFLite file that has elements, and where they lie.</summary>
internal sealed record TfliteTensor(string Name, ElementType Type, IReadOnlyList<long> Shape, Extent Elements);

/// <summary>Finds the tensors with elements in a TFLite file; the numbers of fields and types are those of schema.fbs.</summary>
internal readonly ref struct TfliteParser(ReadOnlySpan<byte> file)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _file = file;

    // Model.
    private const int Subgraphs = 2;
    private const int Buffers = 4;

    // SubGraph.
    private const int Tensors = 0;

    // Tensor.
    private const int Shape = 0;
    private const int Type = 1;
    private const int BufferNumber = 2;
    private const int Name = 3;
    private const int Sparsity = 6;

    // Buffer: data, or where they are behind the FlatBuffer.
    private const int Data = 0;
    private const int Offset = 1;
    private const int Size = 2;

    /// <summary>
    /// The tensors, in the order in which their elements lie. Of some that share a buffer there is the first; those of other types
    /// than ours, and sparse ones, are left out.
    /// </summary>
    public List<TfliteTensor> Model()
    {
        FlatTable model = FlatTable.Root(_file);
        List<TfliteTensor> tensors = [];
        HashSet<int> seen = [];
        int buffers = model.Count(Buffers);
        long nameBytes = 0;
        for (int i = 0; i < model.Count(Subgraphs); i++)
        {
            FlatTable graph = model.Table(Subgraphs, i);
            for (int j = 0; j < graph.Count(Tensors); j++)
            {
                FlatTable tensor = graph.Table(Tensors, j);
                uint number = tensor.UInt32(BufferNumber);
                if (number >= (uint)buffers)
                    throw new ModelFormatException($"the TFLite file has a tensor in buffer {number}, but {buffers} buffers");
                Extent elements = Elements(model.Table(Buffers, (int)number));
                if (elements.Length == 0 || tensor.Has(Sparsity) || ElementTypeOf(tensor.Byte(Type)) is not { } type
                    || !seen.Add(elements.Offset))
                    continue;
                Extent name = tensor.Vector(Name, 1);
                // Each name lies in the file once: a few bytes must not become many names.
                nameBytes += name.Length;
                if (nameBytes > _file.Length || seen.Count > _file.Length / 16)
                    throw new ModelFormatException("the TFLite file has tensors that overlap");
                tensors.Add(new TfliteTensor(Text(name), type, Dimensions(tensor.Vector(Shape, 4)), elements));
            }
        }
        tensors.Sort((a, b) => a.Elements.Offset.CompareTo(b.Elements.Offset));
        Check(tensors);
        return tensors;
    }

    /// <summary>Tensors that overlap would be encoded more than once, by as much as a hostile file likes.</summary>
    private static void Check(List<TfliteTensor> tensors)
    {
        int end = 0;
        foreach (TfliteTensor tensor in tensors)
        {
            int expected = TensorLimits.ByteLength(tensor.Name, tensor.Type, tensor.Shape);
            if (expected != tensor.Elements.Length)
            {
                throw new ModelFormatException($"tensor {ModelFormatException.Quote(tensor.Name)} needs {expected} bytes for its "
                    + $"shape and type, but has {tensor.Elements.Length}");
            }
            if (tensor.Elements.Offset < end)
                throw new ModelFormatException("the TFLite file has tensors that overlap");
            end = tensor.Elements.End;
        }
    }

    private Extent Elements(FlatTable buffer)
    {
        // 0 and 1 are no places: converters use them to say that there is one to come.
        ulong offset = buffer.UInt64(Offset);
        if (offset <= 1)
            return buffer.Vector(Data, 1);
        ulong size = buffer.UInt64(Size);
        if (offset > (ulong)_file.Length || size > (ulong)_file.Length - offset)
            throw new ModelFormatException("the TFLite file is truncated: a buffer is beyond its end");
        return new Extent((int)offset, (int)size);
    }

    private List<long> Dimensions(Extent extent)
    {
        if (extent.Length / 4 > TensorLimits.MaxRank)
            throw new ModelLimitException($"a tensor has {extent.Length / 4} dimensions; at most {TensorLimits.MaxRank} are allowed");
        List<long> shape = [];
        for (int at = extent.Offset; at < extent.End; at += 4)
            shape.Add(BinaryPrimitives.ReadInt32LittleEndian(_file[at..]));
        return shape;
    }

    private string Text(Extent extent)
    {
        if (extent.Length > TensorLimits.MaxNameBytes)
            throw new ModelLimitException($"a tensor name takes {extent.Length} bytes; at most {TensorLimits.MaxNameBytes} are allowed");
        try
        {
            return StrictUtf8.GetString(_file.Slice(extent.Offset, extent.Length));
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException($"the text at byte {extent.Offset} is not valid UTF-8", e);
        }
    }

    private static ElementType? ElementTypeOf(byte type) => type switch
    {
        0 => ElementType.F32,
        1 => ElementType.F16,
        2 => ElementType.I32,
        3 => ElementType.U8,
        4 => ElementType.I64,
        6 => ElementType.Bool,
        7 => ElementType.I16,
        9 => ElementType.I8,
        10 => ElementType.F64,
        12 => ElementType.U64,
        15 => ElementType.U32,
        16 => ElementType.U16,
        18 => ElementType.BF16,
        _ => null,
    };
}
