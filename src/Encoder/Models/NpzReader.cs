using System.IO.Compression;
using System.IO.Hashing;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>
/// A .npz: a zip of .npy entries, each named after its array. The names are only names, whatever they look like. Opening reads
/// the headers alone; an array is inflated when its data is asked for.
/// </summary>
public sealed class NpzReader : ModelFile
{
    private const string Extension = ".npy";

    // Deflate spends at least two bits on a match, and a match is at most 258 bytes.
    private const long MaxExpansion = 1032;

    private readonly ZipArchive _zip;
    private readonly Lock _lock = new();

    internal NpzReader(FileStream stream)
    {
        _zip = Guard(() => new ZipArchive(stream, ZipArchiveMode.Read));
        try
        {
            Tensors = Guard(() => ReadDirectory(stream.Length));
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>A zip starts with its first entry or, when it has none, with its end record.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _zip.Dispose();
    }

    private List<Tensor> ReadDirectory(long fileBytes)
    {
        var tensors = new List<Tensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long compressed = 0;
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            string what = ModelFormatException.Quote(entry.FullName);
            if (!entry.FullName.EndsWith(Extension, StringComparison.Ordinal))
                throw new ModelFormatException($"the entry {what} is not a .npy, so this zip is no .npz");
            if (entry.IsEncrypted)
                throw new ModelFormatException($"the entry {what} is encrypted");
            string name = entry.FullName[..^Extension.Length];
            TensorLimits.CheckName(name);
            if (!names.Add(name))
                throw new ModelFormatException($"the .npz has two entries named {what}");

            // Entries that overlap, as in a zip bomb, must add up to more than the file.
            if (entry.CompressedLength < 0 || entry.CompressedLength > fileBytes - compressed)
                throw new ModelFormatException($"the entries of the .npz up to {what} are larger than the file");
            compressed += entry.CompressedLength;
            if (entry.Length < 0 || entry.Length / MaxExpansion > entry.CompressedLength)
            {
                throw new ModelFormatException(
                    $"the entry {what} cannot inflate from {entry.CompressedLength} to {entry.Length} bytes");
            }

            tensors.Add(ReadEntry(entry, name));
        }

        return tensors;
    }

    private Tensor ReadEntry(ZipArchiveEntry entry, string name)
    {
        using Stream stream = entry.Open();
        byte[] headerBytes = ReadHeader(stream);
        NpyHeader header = NpyHeader.Parse(headerBytes);
        int bytes = TensorLimits.ByteLength(name, header.Type, header.Shape);
        long dataBytes = entry.Length - headerBytes.Length;
        if (dataBytes != bytes)
        {
            throw new ModelFormatException(
                $"the entry {ModelFormatException.Quote(entry.FullName)} asks for {bytes} bytes of data but has {dataBytes}");
        }

        var data = new Recomputed(() => Inflate(entry, header, bytes));
        return new Tensor(name, header.Type, header.Shape, data.Get);
    }

    /// <summary>The data of an entry; its size was found plausible, so allocating that much is no bomb.</summary>
    private byte[] Inflate(ZipArchiveEntry entry, NpyHeader header, int bytes)
    {
        lock (_lock)
        {
            return Guard(() =>
            {
                using Stream stream = entry.Open();
                var crc = new Crc32();
                crc.Append(ReadHeader(stream));
                byte[] data = GC.AllocateUninitializedArray<byte>(bytes);
                stream.ReadExactly(data);
                crc.Append(data);
                if (stream.ReadByte() >= 0 || crc.GetCurrentHashAsUInt32() != entry.Crc32)
                    throw new ModelFormatException($"the entry {ModelFormatException.Quote(entry.FullName)} is damaged");
                int elementSize = ElementTypes.Size(header.Type);
                return header.IsTransposed ? FortranOrder.ToC(data, header.Shape, elementSize) : data;
            });
        }
    }

    private static byte[] ReadHeader(Stream stream)
    {
        var prefix = new byte[NpyHeader.PrefixBytes];
        stream.ReadExactly(prefix);
        var header = new byte[NpyHeader.MeasureFrom(prefix)];
        prefix.CopyTo(header, 0);
        stream.ReadExactly(header.AsSpan(prefix.Length));
        return header;
    }

    /// <summary>What the zip reader throws at a damaged archive, as the one exception of this folder.</summary>
    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new ModelFormatException("the .npz is truncated or damaged, or packed in a way that numpy does not use", e);
        }
    }
}
