using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Weightless.Tests.Quantization;

/// <summary>
/// The f32 weights of an ONNX file, to measure quantisers on: initializers and the tensors of Constant nodes of the main graph
/// that have two dimensions or more. Field numbers are those of onnx.proto.
/// </summary>
internal static class OnnxWeights
{
    private const int Graph = 7, Node = 1, Initializer = 5, Attribute = 5, AttributeTensor = 5;
    private const int Dimensions = 1, DataType = 2, FloatData = 4, RawData = 9;
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;
    private const ulong Float = 1;

    public static List<float[]> Read(string path)
    {
        List<float[]> weights = [];
        foreach (Field graph in Fields(File.ReadAllBytes(path)).Where(field => field.Number == Graph))
        {
            foreach (Field field in Fields(graph.Content))
            {
                IEnumerable<Field> tensors = field.Number switch
                {
                    Initializer => [field],
                    Node => Fields(field.Content).Where(part => part.Number == Attribute)
                        .SelectMany(attribute => Fields(attribute.Content).Where(part => part.Number == AttributeTensor && part.Type == Bytes)),
                    _ => [],
                };
                weights.AddRange(tensors.Select(tensor => ReadTensor(tensor.Content)).OfType<float[]>());
            }
        }
        return weights;
    }

    private static float[]? ReadTensor(ReadOnlyMemory<byte> tensor)
    {
        List<Field> fields = Fields(tensor);
        int rank = fields.Where(field => field.Number == Dimensions)
            .Sum(field => field.Type == Varint ? 1 : MemoryMarshal.ToEnumerable(field.Content).Count(value => value < 0x80));
        if (rank < 2 || !fields.Exists(field => field.Number == DataType && field.Value == Float))
            return null;
        byte[] data = [.. fields.Where(field => field.Number is RawData or FloatData).SelectMany(field => field.Content.ToArray())];
        return [.. data.Chunk(sizeof(float)).Select(value => BinaryPrimitives.ReadSingleLittleEndian(value))];
    }

    private static List<Field> Fields(ReadOnlyMemory<byte> message)
    {
        List<Field> fields = [];
        for (int offset = 0; offset < message.Length;)
        {
            ulong tag = ReadVarint(message.Span, ref offset);
            int type = (int)(tag & 7);
            ulong value = type is Varint or Bytes ? ReadVarint(message.Span, ref offset) : 0;
            int length = type switch
            {
                Varint => 0,
                Fixed64 => sizeof(ulong),
                Bytes => checked((int)value),
                Fixed32 => sizeof(uint),
                _ => throw new InvalidDataException($"wire type {type}"),
            };
            fields.Add(new Field((int)(tag >> 3), type, value, message.Slice(offset, length)));
            offset += length;
        }
        return fields;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int offset)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[offset++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private readonly record struct Field(int Number, int Type, ulong Value, ReadOnlyMemory<byte> Content);
}
