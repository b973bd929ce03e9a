using System.Buffers.Binary;

namespace Weightless.Encoder.Models.Tflite;

/// <summary>
/// A table of a FlatBuffer (FlatBuffers, "Internals"), every offset of which is checked: the library's readers rely on a verified
/// buffer, and its verifier goes into all of a model, not only what is asked for here.
/// </summary>
internal readonly ref struct FlatTable
{
    private const int VtableHead = 4;

    private readonly ReadOnlySpan<byte> _file;
    private readonly int _position;
    private readonly int _vtable;
    private readonly int _vtableBytes;
    private readonly int _bytes;

    public FlatTable(ReadOnlySpan<byte> file, int position)
    {
        _file = file;
        _position = position;
        _vtable = Checked(position - (long)BinaryPrimitives.ReadInt32LittleEndian(Slice(position, 4)), VtableHead);
        _vtableBytes = BinaryPrimitives.ReadUInt16LittleEndian(file[_vtable..]);
        _bytes = BinaryPrimitives.ReadUInt16LittleEndian(file[(_vtable + 2)..]);
        if (_vtableBytes < VtableHead)
            throw Damaged(position);
        Checked(_vtable, _vtableBytes);
        Checked(position, Math.Max(_bytes, 4));
    }

    /// <summary>The table that a file begins with an offset to.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> file)
    {
        if (file.Length < 8)
            throw Damaged(0);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(file);
        return offset < (uint)file.Length ? new FlatTable(file, (int)offset) : throw Damaged(0);
    }

    public byte Byte(int field) => Scalar(field, 1) is var scalar && scalar.IsEmpty ? (byte)0 : scalar[0];

    public uint UInt32(int field) => Scalar(field, 4) is var scalar && scalar.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(scalar);

    public ulong UInt64(int field) => Scalar(field, 8) is var scalar && scalar.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(scalar);

    public bool Has(int field) => !Scalar(field, 4).IsEmpty;

    /// <summary>Where the elements of a vector lie, which a string is, too; empty if there is none.</summary>
    /// <param name="size">Bytes of an element.</param>
    public Extent Vector(int field, int size)
    {
        ReadOnlySpan<byte> scalar = Scalar(field, 4);
        if (scalar.IsEmpty)
            return default;
        int at = Follow(_position + FieldOffset(field));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4));
        if (count > (uint)(_file.Length - at - 4) / (uint)size)
            throw Damaged(at);
        return new Extent(at + 4, (int)count * size);
    }

    /// <summary>How many tables a vector of them has.</summary>
    public int Count(int field) => Vector(field, 4).Length / 4;

    /// <summary>One of a vector of tables.</summary>
    public FlatTable Table(int field, int index) => new(_file, Follow(Vector(field, 4).Offset + 4 * index));

    private int FieldOffset(int field)
    {
        int entry = VtableHead + 2 * field;
        return entry + 2 > _vtableBytes ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(_file[(_vtable + entry)..]);
    }

    private ReadOnlySpan<byte> Scalar(int field, int size)
    {
        int offset = FieldOffset(field);
        if (offset == 0)
            return default;
        if (offset + size > _bytes)
            throw Damaged(_position);
        return Slice(_position + offset, size);
    }

    private int Follow(int at) => Checked(at + (long)BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4)), 4);

    private ReadOnlySpan<byte> Slice(int at, int length) => _file.Slice(Checked(at, length), length);

    private int Checked(long at, int length) => at >= 0 && at <= _file.Length - length ? (int)at : throw Damaged(at);

    private static ModelFormatException Damaged(long position) =>
        new($"the TFLite file is truncated or damaged near its byte {Math.Max(position, 0)}");
}
