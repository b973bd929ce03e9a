using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Models;

/// <summary>Model files made by hand, so that the readers are not tested by the writers alone.</summary>
internal static class ModelBytes
{
    public static byte[] Safetensors(string header, int dataBytes = 0) => Safetensors(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Safetensors(byte[] header, int dataBytes = 0)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataBytes; i++)
            file[8 + header.Length + i] = (byte)i;
        return file;
    }

    public static byte[] Npy(string dictionary, int dataBytes = 0, byte major = 1)
    {
        byte[] text = Encoding.Latin1.GetBytes(dictionary + "\n");
        var file = new List<byte> { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', major, 0 };
        file.AddRange(BitConverter.GetBytes(text.Length).AsSpan(0, major == 1 ? 2 : 4));
        file.AddRange(text);
        for (int i = 0; i < dataBytes; i++)
            file.Add((byte)i);
        return [.. file];
    }

    public static byte[] Npy(string descr, string shape, int dataBytes, bool fortranOrder = false) => Npy(
        $"{{'descr': '{descr}', 'fortran_order': {fortranOrder}, 'shape': {shape}, }}", dataBytes);

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream stream = zip.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }

    /// <summary>A small valid file of a format, with two tensors where it can hold them.</summary>
    public static byte[] Small(string format)
    {
        TensorSource[] tensors =
        [
            TensorSource.From(new Tensor("fc.weight", ElementType.F32, [2, 3], new byte[24])),
            TensorSource.From(new Tensor("b", ElementType.I8, [2], new byte[] { 255, 2 })),
        ];
        using var file = new MemoryStream();
        switch (format)
        {
            case "safetensors":
                SafetensorsWriter.Write(file, tensors);
                return file.ToArray();
            case "npy":
                NpyWriter.Write(file, tensors[..1]);
                return file.ToArray();
            case "onnx":
                return OnnxBytes.Model(OnnxBytes.Initializer(OnnxBytes.Floats("fc.weight", [2, 3], 0, 0, 0, 0, 0, 0)),
                    OnnxBytes.Constant("b", OnnxBytes.Tensor("", 3, [2], OnnxBytes.Bytes(5, [0x7f, 2]))));
            case "tflite":
                return TfliteBytes.Model(new("fc.weight", 0, [2, 3], new byte[24]), new("b", 9, [2], [255, 2]));
            case "npz stored":
                NpzWriter.Write(file, tensors);
                return file.ToArray();
            default:
                return Zip(("fc.weight.npy", Npy("<f4", "(2, 3)", 24)), ("b.npy", Npy("|i1", "(2,)", 2)));
        }
    }
}
