using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>Writes .wls files: header and directory, then the sections in its order.</summary>
public static class WlsWriter
{
    /// <summary>Writes a file, all of it or nothing.</summary>
    /// <exception cref="ModelFormatException">Two tensors have one name, or the file would be one that cannot be read again.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void Write(string path, IReadOnlyList<EncodedTensor> tensors)
    {
        long bytes = Measure(tensors);
        if (bytes > WlsFile.MaxBytes)
            throw new ModelFormatException($"the .wls file would take {bytes} bytes; at most {WlsFile.MaxBytes} (2 GiB) are supported");
        using var file = new AtomicFile(path);
        Write(file.Stream, tensors);
        file.Commit();
    }

    public static void Write(Stream stream, IReadOnlyList<EncodedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] header = MakeHeader(tensors);
        stream.Write(header);
        long offset = header.Length;
        ReadOnlySpan<byte> zeros = stackalloc byte[Limits.StoredAlignment];
        foreach (EncodedTensor tensor in tensors)
        {
            int padding = Padding(tensor, offset);
            stream.Write(zeros[..padding]);
            stream.Write(tensor.Section.Span);
            offset += padding + tensor.Section.Length;
        }
    }

    /// <summary>Bytes of the file that these tensors make.</summary>
    public static long Measure(IReadOnlyList<EncodedTensor> tensors)
    {
        long offset = MakeHeader(tensors).Length;
        foreach (EncodedTensor tensor in tensors)
            offset += Padding(tensor, offset) + tensor.Section.Length;
        return offset;
    }

    private static int Padding(EncodedTensor tensor, long offset) =>
        tensor.Method == Method.Stored && tensor.Section.Length > 0 ? (int)(-offset & (Limits.StoredAlignment - 1)) : 0;

    private static byte[] MakeHeader(IReadOnlyList<EncodedTensor> tensors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        BitWriter entries = new();
        entries.WriteVarint((ulong)tensors.Count);
        foreach (EncodedTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ModelFormatException($"two tensors are named {ModelFormatException.Quote(tensor.Name)}");
            entries.WriteBytes(tensor.Entry);
        }
        BitWriter directory = new();
        directory.WriteVarint((ulong)entries.Length);
        directory.WriteBytes(entries.ToArray());

        BitWriter header = new();
        header.WriteValue(Model.Magic | (uint)Model.Version << 24);
        header.WriteValue(Checksum.OfDirectory(directory.ToArray()));
        header.WriteBytes(directory.ToArray());
        return header.ToArray();
    }
}
