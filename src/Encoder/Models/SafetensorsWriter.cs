using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weightless.Encoder.Models;

/// <summary>Writes safetensors: a header padded to 8 bytes, then the tensors in the order given, end to end.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Stream stream, IReadOnlyList<TensorSource> tensors)
    {
        ModelWriter.Check(tensors);
        byte[] header = Header(tensors);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (TensorSource tensor in tensors)
            tensor.CopyTo(stream);
    }

    private static byte[] Header(IReadOnlyList<TensorSource> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            long offset = 0;
            json.WriteStartObject();
            foreach (TensorSource tensor in tensors)
            {
                if (tensor.Name == SafetensorsReader.MetadataKey)
                    throw new ModelLimitException($"safetensors does not allow a tensor to be named {tensor.Name}");
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsType.Name(tensor.Type));
                json.WriteStartArray("shape");
                foreach (long dimension in tensor.Shape)
                    json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.ByteLength);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }
}
