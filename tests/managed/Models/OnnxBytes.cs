using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Weightless.Tests.Models;

/// <summary>ONNX files made by hand, field by field as onnx.proto numbers them.</summary>
internal static class OnnxBytes
{
    public const int Float = 1;

    public static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value & 127 | 128));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    public static byte[] Bytes(int field, params byte[][] parts)
    {
        byte[] value = Concat(parts);
        return [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];
    }

    public static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public static byte[] Concat(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Single(int field, float value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return [.. Varint((ulong)field << 3 | 5), .. bytes];
    }

    public static byte[] Model(params byte[][] graph) => Concat(Number(1, 8), Bytes(7, graph), Bytes(8, Text(1, ""), Number(2, 13)));

    /// <summary>A tensor's head: what is in it follows.</summary>
    public static byte[] Tensor(string name, int type, long[] shape, params byte[][] elements) =>
        Concat([.. shape.Select(size => Number(1, size)), Number(2, type), Text(8, name), .. elements]);

    public static byte[] Raw(params float[] values) => Bytes(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public static byte[] Floats(string name, long[] shape, params float[] values) => Tensor(name, Float, shape, Raw(values));

    /// <summary>A tensor with its elements in another file.</summary>
    public static byte[] External(string name, long[] shape, params (string Key, string Value)[] entries) =>
        Tensor(name, Float, shape, [Number(14, 1), .. entries.Select(entry => Bytes(13, Text(1, entry.Key), Text(2, entry.Value)))]);

    public static byte[] Initializer(byte[] tensor) => Bytes(5, tensor);

    public static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) => Bytes(1,
        [.. inputs.Select(name => Text(1, name)), .. outputs.Select(name => Text(2, name)), Text(4, type),
            .. attributes.Select(attribute => Bytes(5, attribute))]);

    public static byte[] TensorAttribute(string name, byte[] tensor) => Concat(Text(1, name), Bytes(5, tensor), Number(20, 4));

    public static byte[] IntegerAttribute(string name, long value) => Concat(Text(1, name), Number(3, value), Number(20, 2));

    public static byte[] IntegersAttribute(string name, params long[] values) =>
        Concat([Text(1, name), .. values.Select(value => Number(8, value)), Number(20, 7)]);

    public static byte[] SingleAttribute(string name, float value) => Concat(Text(1, name), Single(2, value), Number(20, 1));

    public static byte[] GraphAttribute(string name, params byte[][] graph) => Concat(Text(1, name), Bytes(6, graph), Number(20, 5));

    public static byte[] Constant(string output, byte[] tensor) => Node("Constant", [], [output], TensorAttribute("value", tensor));

    /// <summary>An input (11) or output (12) of a graph; a size below 0 is one that is not known.</summary>
    public static byte[] Value(int field, string name, params long[] shape) => Bytes(field, Text(1, name),
        Bytes(2, Bytes(1, Number(1, Float), Bytes(2, [.. shape.Select(size => Bytes(1, size < 0 ? Text(2, "n") : Number(1, size)))]))));
}
