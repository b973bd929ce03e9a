using System.Buffers.Binary;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models.Onnx;

/// <summary>A tensor of an ONNX file, and where its elements lie (onnx.proto, TensorProto).</summary>
/// <param name="Elements">
/// The bytes of raw_data, or of one of the typed fields: several extents where its numbers are not packed.
/// </param>
/// <param name="Varints">Whether they are variable-length integers, and not the elements themselves, little-endian.</param>
internal sealed record OnnxTensor(
    string Name, ElementType Type, IReadOnlyList<long> Shape, IReadOnlyList<Extent> Elements, bool Varints)
{
    /// <summary>Where the file has the elements as they are in memory; null if it has them in another form.</summary>
    public Extent? Verbatim => !Varints && Elements.Count == 1 ? Elements[0] : null;

    public OnnxTensor Named(string name) => this with { Name = name };

    /// <summary>Throws unless the file has as many elements as the shape asks for.</summary>
    public void CheckLength(ReadOnlySpan<byte> file)
    {
        int expected = TensorLimits.ByteLength(Name, Type, Shape);
        long found = 0;
        foreach (Extent extent in Elements)
            found += Varints ? (long)CountVarints(file.Slice(extent.Offset, extent.Length)) * ElementTypes.Size(Type) : extent.Length;
        if (found != expected)
        {
            throw new ModelFormatException(
                $"tensor {ModelFormatException.Quote(Name)} needs {expected} bytes for its shape and type, but has {found}");
        }
    }

    /// <summary>The elements, gathered from a form that is not verbatim.</summary>
    public byte[] Gather(ReadOnlySpan<byte> file)
    {
        byte[] elements = new byte[TensorLimits.ByteLength(Name, Type, Shape)];
        Span<byte> rest = elements;
        foreach (Extent extent in Elements)
        {
            ReadOnlySpan<byte> source = file.Slice(extent.Offset, extent.Length);
            if (!Varints)
            {
                source.CopyTo(rest);
                rest = rest[source.Length..];
                continue;
            }
            while (!source.IsEmpty)
            {
                WriteElement(rest, ReadVarint(ref source));
                rest = rest[ElementTypes.Size(Type)..];
            }
        }
        return elements;
    }

    private void WriteElement(Span<byte> target, ulong value)
    {
        switch (ElementTypes.Size(Type))
        {
            case 1:
                target[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(target, value);
                break;
        }
    }

    /// <summary>Numbers end with a byte below 128; one that does not end, or goes on too long, counts as damage.</summary>
    private int CountVarints(ReadOnlySpan<byte> source)
    {
        const int longest = 10;
        int count = 0;
        int length = 0;
        foreach (byte value in source)
        {
            length++;
            if (length > longest)
                break;
            if (value < 0x80)
            {
                count++;
                length = 0;
            }
        }
        if (length != 0)
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(Name)} has a number that does not end");
        return count;
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> source)
    {
        ulong value = 0;
        int length = 0;
        byte next;
        do
        {
            next = source[length];
            value |= (ulong)(next & 0x7f) << 7 * length++;
        }
        while (next >= 0x80);
        source = source[length..];
        return value;
    }
}
