using System.IO.Compression;

namespace Weightless.Encoder.Models;

/// <summary>Writes a .npz as numpy.savez does: a .npy for each tensor in a zip, stored and not deflated.</summary>
public static class NpzWriter
{
    private const string Extension = ".npy";

    // The earliest date that a zip can hold: the same model must give the same bytes tomorrow.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(Stream stream, IReadOnlyList<TensorSource> tensors)
    {
        ModelWriter.Check(tensors, ushort.MaxValue - Extension.Length);

        // A type that numpy lacks shows up in the header: better before the first byte is out.
        foreach (TensorSource tensor in tensors)
            NpyWriter.Header(tensor);

        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (TensorSource tensor in tensors)
        {
            ZipArchiveEntry entry = zip.CreateEntry(tensor.Name + Extension, CompressionLevel.NoCompression);
            entry.LastWriteTime = Epoch;
            using Stream data = entry.Open();
            NpyWriter.WriteArray(data, tensor);
        }
    }
}
