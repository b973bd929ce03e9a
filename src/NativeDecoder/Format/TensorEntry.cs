using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Format;

/// <summary>The dimensions of a tensor; those beyond its rank are 1.</summary>
[InlineArray(Limits.MaxRank)]
public struct Shape
{
    private ulong _first;
}

/// <summary>
/// One tensor of a file: its directory entry, checked, and where its section lies. docs/format.md describes the bytes.
/// </summary>
public unsafe struct TensorEntry
{
    /// <summary>Bit of the method byte: the codebook's f32 centroids are written as f16.</summary>
    public const int HalfCodebookBit = 0x40;

    /// <summary>Bit of the method byte: the elements are integers times scales, see <see cref="GridHeader"/>.</summary>
    public const int GridBit = 0x80;

    public byte* Name;
    public int NameLength;
    public Method Method;
    public Coder Coder;
    public ElementType Type;
    public bool HalfCodebook;
    public bool IsGrid;
    public int Rank;
    public Shape Shape;
    public ulong Rows;
    public ulong Columns;
    public byte* Section;
    public ulong SectionBytes;
    public uint Checksum;

    /// <summary>Bytes of the entry itself and of the padding before the section.</summary>
    public ulong Overhead;

    /// <summary>Whether the section is the elements themselves, which begin at a multiple of 64 bytes.</summary>
    public readonly bool HasStoredElements => Method == Method.Stored && !IsGrid && SectionBytes > 0;

    public readonly ulong Weights => Rows * Columns;

    public readonly ulong DenseBytes => Weights * (ulong)ElementTypes.Size(Type);

    /// <summary>All that the file holds for this tensor.</summary>
    public readonly ulong EncodedBytes => Overhead + SectionBytes;

    public readonly ReadOnlySpan<byte> NameBytes => new(Name, NameLength);

    public readonly ByteReader SectionReader => new(Section, Section + SectionBytes);

    /// <summary>Reads everything of an entry but where its section lies. What is read is checked in itself.</summary>
    internal static Status TryRead(ref ByteReader reader, out TensorEntry entry)
    {
        entry = default;
        byte* start = reader.Position;
        if (!reader.TryVarint(out ulong nameLength) || nameLength > int.MaxValue || !reader.TryBytes(nameLength, out entry.Name)
            || !reader.TryByte(out byte methodByte) || !reader.TryByte(out byte typeByte))
            return Status.Directory;
        entry.NameLength = (int)nameLength;
        entry.Method = (Method)(methodByte & 0x0f);
        entry.Coder = (Coder)(methodByte >> 4 & 0x03);
        entry.HalfCodebook = (methodByte & HalfCodebookBit) != 0;
        entry.IsGrid = (methodByte & GridBit) != 0;
        entry.Type = (ElementType)(typeByte & 0x0f);
        entry.Rank = typeByte >> 4;
        if (!TryReadShape(ref reader, ref entry) || !reader.TryVarint(out entry.SectionBytes) || !reader.TryU32(out entry.Checksum))
            return Status.Directory;
        entry.Overhead = (ulong)(reader.Position - start);

        if (!Methods.Knows(entry.Method, entry.Coder))
            return Status.Unsupported;
        if (!Methods.Of(entry.Method).Takes(entry.Coder))
            return Status.Directory;
        bool codesIds = Methods.Of(entry.Method).CodesIds;
        bool fits = entry.IsGrid ? !entry.HalfCodebook && (codesIds || entry.Method == Method.Stored) && ElementTypes.CanBeGrid(entry.Type)
            : codesIds ? ElementTypes.IsCodable(entry.Type) && (!entry.HalfCodebook || entry.Type == ElementType.F32)
            : entry.Method == Method.Stored ? !entry.HalfCodebook && entry.SectionBytes == entry.DenseBytes
            : !entry.HalfCodebook && ElementTypes.IsFloat(entry.Type);
        return fits ? Status.Ok : Status.Directory;
    }

    private static bool TryReadShape(ref ByteReader reader, ref TensorEntry entry)
    {
        int size = ElementTypes.Size(entry.Type);
        if (size == 0 || entry.Rank > Limits.MaxRank)
            return false;
        // A tensor with a dimension of 0 is empty, but its other dimensions are bounded all the same.
        ulong bytes = (ulong)size;
        entry.Columns = 1;
        for (int i = 0; i < Limits.MaxRank; i++)
        {
            ulong dimension = 1;
            if (i < entry.Rank && !reader.TryVarint(out dimension))
                return false;
            if (dimension > Limits.MaxTensorBytes / bytes)
                return false;
            bytes *= Math.Max(dimension, 1);
            entry.Shape[i] = dimension;
            if (i > 0)
                entry.Columns *= dimension;
        }
        entry.Rows = entry.Shape[0];
        return true;
    }
}
