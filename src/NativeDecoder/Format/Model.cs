using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Weightless.NativeDecoder.Format;

/// <summary>An open file: <c>wl_model</c>. It points into the caller's bytes and owns nothing.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct Model
{
    public const uint Magic = 0x534c57; // "WLS"
    public const byte Version = 1;

    /// <summary>Magic and version, then the directory's XXH3.</summary>
    public const int FixedHeaderBytes = 12;

    // Entries from one mark to the next, and marks: enough for all that can be a parent.
    private const uint MarkDistance = 32;
    private const int MaxMarks = 32;

    // Tells a model that Open filled from one it did not.
    private const ulong OpenMark = 0x6e65706f2d736c77;

    private byte* _data;
    private nuint _size;
    private ulong _mark;
    private ulong _entriesOffset;
    private ulong _directoryEnd;
    private ulong _tensorCount;

    // Within Verify alone: places on its walk, so that tensors which refer to earlier ones do not each begin at the first.
    private Walk* _marks;
    private ulong _markCount;

    public readonly bool IsOpen => _data != null && _mark == OpenMark;

    public readonly uint TensorCount => (uint)_tensorCount;

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
        Status status = model.CheckEntries();
        if (status != Status.Ok)
            model = default;
        return status;
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

    /// <summary>The tensor with this index. Walks the directory up to it.</summary>
    public readonly Status Find(uint index, out TensorEntry entry)
    {
        entry = default;
        if (index >= _tensorCount)
            return Status.NoTensor;
        Walk walk = new(this);
        uint from = 0;
        if (_markCount > 0)
        {
            from = (uint)Math.Min(index / MarkDistance, _markCount - 1);
            walk = _marks[from];
            from *= MarkDistance;
        }
        for (uint i = from; i < index; i++)
            walk.Next(out _);
        return walk.Next(out entry);
    }

    /// <summary>The index of the tensor with this name.</summary>
    public readonly Status Find(ReadOnlySpan<byte> name, out uint index)
    {
        Walk walk = new(this);
        for (index = 0; index < _tensorCount; index++)
        {
            if (walk.Next(out TensorEntry entry) != Status.Ok)
                break;
            if (entry.NameBytes.SequenceEqual(name))
                return Status.Ok;
        }
        index = 0;
        return Status.NoTensor;
    }

    /// <summary>Checks every section against its checksum, and the parameters in it.</summary>
    public readonly Status Verify()
    {
        Walk* marks = stackalloc Walk[MaxMarks];
        Model marked = this;
        marked._marks = marks;
        Walk walk = new(this);
        for (ulong i = 0; i < _tensorCount; i++)
        {
            if (i % MarkDistance == 0 && marked._markCount < MaxMarks)
                marks[marked._markCount++] = walk;
            Status status = walk.Next(out TensorEntry entry);
            if (status == Status.Ok && (uint)Hash(entry.Section, (nuint)entry.SectionBytes) != entry.Checksum)
                status = Status.Checksum;
            if (status == Status.Ok)
                status = TensorDecoder.Open(entry, marked, out _);
            if (status != Status.Ok)
                return status;
        }
        return Status.Ok;
    }

    private readonly Status CheckEntries()
    {
        Walk walk = new(this);
        for (ulong i = 0; i < _tensorCount; i++)
        {
            Status status = walk.Next(out TensorEntry entry);
            if (status != Status.Ok)
                return status;
            if (!Utf8.IsValid(entry.NameBytes))
                return Status.Directory;
        }
        return walk.AtEnd ? Status.Ok : Status.Directory;
    }

    /// <summary>Steps from entry to entry and from section to section: sections lie in the directory's order.</summary>
    internal struct Walk(in Model model)
    {
        private readonly byte* _data = model._data;
        private readonly ulong _size = model._size;
        private ByteReader _reader = new(model._data + model._entriesOffset, model._data + model._directoryEnd);
        private ulong _offset = model._directoryEnd;

        public readonly bool AtEnd => _reader.Left == 0;

        public Status Next(out TensorEntry entry)
        {
            Status status = TensorEntry.TryRead(ref _reader, out entry);
            if (status != Status.Ok)
                return status;
            if (entry.Method == Method.Stored && entry.SectionBytes > 0)
            {
                ulong padding = (ulong)-(long)_offset & (Limits.StoredAlignment - 1);
                entry.Overhead += padding;
                _offset += padding;
            }
            if (_offset > _size || entry.SectionBytes > _size - _offset)
                return Status.Truncated;
            entry.Section = _data + _offset;
            _offset += entry.SectionBytes;
            return Status.Ok;
        }
    }
}
