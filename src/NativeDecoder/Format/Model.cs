using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Weightless.NativeDecoder.Format;

/// <summary>An open file: <c>wl_model</c>. It points into the caller's bytes and owns nothing.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Model
{
    public const uint Magic = 0x534c57; // "WLS"
    public const byte Version = 1;

    /// <summary>Magic and version, then the directory's XXH3.</summary>
    public const int FixedHeaderBytes = 12;

    // Tells a model that Open filled from one it did not.
    private const ulong OpenMark = 0x6e65706f2d736c77;

    private byte* _data;
    private nuint _size;
    private ulong _mark;
    private ulong _entriesOffset;
    private ulong _directoryEnd;
    private ulong _tensorCount;

    // The caller's memory, once the directory has been indexed.
    private ulong* _index;

    private SkeletonEntry _skeleton;

    // Room for what a later version keeps of a file.
    private fixed ulong _room[4];

    public readonly bool IsOpen => _data != null && _mark == OpenMark;

    public readonly uint TensorCount => (uint)_tensorCount;

    /// <summary>Bytes of memory that <see cref="Index"/> needs; aligning it to 8 bytes takes some of them.</summary>
    public readonly ulong IndexBytes => DirectoryIndex.Bytes(TensorCount) + sizeof(ulong) - 1;

    public readonly TensorDirectory Directory =>
        new(_data, _size, _entriesOffset, _directoryEnd, TensorCount, new DirectoryIndex(_index, TensorCount));

    /// <summary>The model that the file was encoded from, without its tensors.</summary>
    public readonly SkeletonEntry Skeleton => _skeleton;

    /// <summary>Bytes before the first directory entry: what the file spends on no tensor.</summary>
    public readonly ulong HeaderBytes => _entriesOffset;

    /// <summary>Checks header and directory and fills <paramref name="model"/>.</summary>
    public static Status Open(byte* data, nuint size, out Model model)
    {
        model = default;
        if (size < 3)
            return size > 0 && *data == 'W' ? Status.Truncated : Status.Magic;
        if ((data[0] | (uint)data[1] << 8 | (uint)data[2] << 16) != Magic)
            return Status.Magic;
        if (size < 4)
            return Status.Truncated;
        if (data[3] != Version)
            return Status.Version;
        if (size < FixedHeaderBytes)
            return Status.Truncated;

        ByteReader reader = new(data + FixedHeaderBytes, data + size);
        if (!reader.TryVarint(out ulong directoryBytes))
            return reader.Left == 0 ? Status.Truncated : Status.Directory;
        byte* directory = reader.Position;
        if (!reader.TryBytes(directoryBytes, out _))
            return Status.Truncated;
        nuint hashed = (nuint)(reader.Position - (data + FixedHeaderBytes));
        if (Hash(data + FixedHeaderBytes, hashed) != *(ulong*)(data + 4))
            return Status.Directory;

        ByteReader entries = new(directory, reader.Position);
        // An entry takes more than one byte, which bounds the count.
        if (!entries.TryVarint(out ulong count) || count > entries.Left)
            return Status.Directory;
        model = new Model
        {
            _data = data,
            _size = size,
            _mark = OpenMark,
            _entriesOffset = (ulong)(entries.Position - data),
            _directoryEnd = (ulong)(reader.Position - data),
            _tensorCount = count,
        };
        Status status = model.Directory.Check(out model._skeleton);
        if (status != Status.Ok)
            model = default;
        return status;
    }

    /// <summary>Indexes the directory in the caller's memory, which has to stay as it is while the model is used.</summary>
    public void Index(byte* memory)
    {
        ulong* aligned = (ulong*)((nuint)(memory + sizeof(ulong) - 1) & ~(nuint)(sizeof(ulong) - 1));
        _index = null;
        new DirectoryIndex(aligned, TensorCount).Fill(Directory);
        _index = aligned;
    }

    /// <summary>XXH3 of a range, in pieces that a span can hold.</summary>
    public static ulong Hash(byte* data, nuint size, ulong seed = 0)
    {
        if (size <= int.MaxValue)
            return XxHash3.HashToUInt64(new ReadOnlySpan<byte>(data, (int)size), (long)seed);
        ulong hash = seed;
        while (size > 0)
        {
            int piece = (int)nuint.Min(size, 1 << 30);
            hash = XxHash3.HashToUInt64(new ReadOnlySpan<byte>(data, piece), (long)hash);
            data += piece;
            size -= (nuint)piece;
        }
        return hash;
    }
}
