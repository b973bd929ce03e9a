using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>Writes .wls files: header and directory, then the sections in its order, a skeleton's last.</summary>
public static class WlsWriter
{
    /// <summary>Writes a file, all of it or nothing.</summary>
    /// <exception cref="ModelFormatException">Two tensors have one name, or the file would be one that cannot be read again.</exception>
    /// <exception cref="IOException">The file cannot be written; what was there before is still there.</exception>
    public static void Write(string path, IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
    {
        long bytes = Measure(tensors, skeleton);
        if (bytes > WlsFile.MaxBytes)
            throw new ModelFormatException($"the .wls file would take {bytes} bytes; at most {WlsFile.MaxBytes} (2 GiB) are supported");
        using var file = new AtomicFile(path);
        Write(file.Stream, tensors, skeleton);
        file.Commit();
    }

    public static void Write(Stream stream, IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        WlsLayout layout = new(tensors, skeleton);
        stream.Write(MakeHeader(tensors, skeleton, layout));
        ReadOnlySpan<byte> zeros = stackalloc byte[Limits.StoredAlignment];
        for (int i = 0; i < tensors.Count; i++)
        {
            stream.Write(zeros[..layout.Paddings[i]]);
            stream.Write(tensors[i].Section.Span);
        }
        if (skeleton is not null)
            stream.Write(skeleton.Section.Span);
    }

    /// <summary>Bytes of the file that these tensors make.</summary>
    public static long Measure(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null) =>
        new WlsLayout(tensors, skeleton).FileBytes;

    private static byte[] MakeHeader(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton, WlsLayout layout)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        BitWriter directory = new();
        directory.WriteVarint((ulong)layout.EntriesBytes);
        directory.WriteVarint((ulong)tensors.Count);
        foreach (EncodedTensor tensor in tensors)
        {
            if (!names.Add(tensor.Name))
                throw new ModelFormatException($"two tensors are named {ModelFormatException.Quote(tensor.Name)}");
            tensor.WriteEntry(directory);
        }
        if (skeleton is not null)
        {
            directory.WriteVarint((ulong)skeleton.Section.Length);
            directory.WriteValue(Checksum.OfSection(skeleton.Section.Span));
        }

        byte[] bytes = directory.ToArray();
        BitWriter header = new();
        header.WriteValue(Model.Magic | (uint)Model.Version << 24);
        header.WriteValue(Checksum.OfDirectory(bytes));
        header.WriteBytes(bytes);
        return header.ToArray();
    }
}
