using System.Buffers.Binary;
using System.Text;

namespace Weightless.Encoder.Models.Onnx;

/// <summary>How a field of a protobuf message is written (Protocol Buffers, "Encoding").</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Goes through a protobuf message field by field. The libraries' readers do not tell where in the file a field lies, nor do
/// they stop at the end of a nested message for others than their generated classes: hence this one. All offsets count from
/// the start of the file.
/// </summary>
internal ref struct WireReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _file;
    private readonly int _end;
    private WireType _type;

    /// <param name="file">The whole file.</param>
    /// <param name="extent">Where in it the message lies.</param>
    public WireReader(ReadOnlySpan<byte> file, Extent extent)
    {
        _file = file[..extent.End];
        Position = extent.Offset;
        _end = extent.End;
    }

    public int Position { get; private set; }

    /// <summary>Goes to the next field, whose value has then to be read or skipped; false at the end of the message.</summary>
    public bool NextField(out int number)
    {
        number = 0;
        if (Position == _end)
            return false;
        ulong tag = ReadVarint();
        _type = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > int.MaxValue)
            throw Damaged(Position);
        number = (int)(tag >> 3);
        return true;
    }

    /// <summary>The bytes of a message, a string, bytes or packed numbers.</summary>
    public Extent Bytes()
    {
        Expect(WireType.Bytes);
        ulong length = ReadVarint();
        if (length > (ulong)(_end - Position))
            throw Damaged(Position);
        Extent extent = new(Position, (int)length);
        Position = extent.End;
        return extent;
    }

    public long Varint()
    {
        Expect(WireType.Varint);
        return (long)ReadVarint();
    }

    public float Single()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(_file[Advance(sizeof(float))..]);
    }

    /// <summary>A string of at most so many bytes.</summary>
    public string Text(int longest)
    {
        Extent bytes = Bytes();
        if (bytes.Length > longest)
            throw new ModelFormatException($"the text at byte {bytes.Offset} has {bytes.Length} bytes; at most {longest} are allowed");
        try
        {
            return StrictUtf8.GetString(_file.Slice(bytes.Offset, bytes.Length));
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException($"the text at byte {bytes.Offset} is not valid UTF-8", e);
        }
    }

    /// <summary>One number of a repeated field, or all of a packed one.</summary>
    public void Varints(List<long> values)
    {
        if (_type != WireType.Bytes)
        {
            values.Add(Varint());
            return;
        }
        WireReader packed = new(_file, Bytes());
        while (packed.Position < packed._end)
            values.Add((long)packed.ReadVarint());
    }

    /// <summary>Where one number of a repeated field lies, or all of a packed one.</summary>
    public Extent Numbers()
    {
        if (_type == WireType.Bytes)
            return Bytes();
        int start = Position;
        Skip();
        return new Extent(start, Position - start);
    }

    public void Skip()
    {
        switch (_type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                Advance(sizeof(ulong));
                break;
            case WireType.Fixed32:
                Advance(sizeof(uint));
                break;
            case WireType.Bytes:
                Bytes();
                break;
            default:
                throw Damaged(Position);
        }
    }

    private readonly void Expect(WireType type)
    {
        if (_type != type)
            throw Damaged(Position);
    }

    private int Advance(int bytes)
    {
        int start = Position;
        if (bytes > _end - start)
            throw Damaged(start);
        Position = start + bytes;
        return start;
    }

    private ulong ReadVarint()
    {
        const int mostBits = 64;
        ulong value = 0;
        for (int shift = 0; shift < mostBits; shift += 7)
        {
            byte next = _file[Advance(1)];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged(Position);
    }

    private static ModelFormatException Damaged(int position) =>
        new($"the ONNX file is truncated or damaged near its byte {position}");
}

/// <summary>Some bytes of a file.</summary>
internal readonly record struct Extent(int Offset, int Length)
{
    public int End => Offset + Length;
}
