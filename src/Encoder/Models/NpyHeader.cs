using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>
/// The header of a .npy: magic, version, length, then a Python dict literal with descr, fortran_order and shape, padded with
/// spaces and a newline. See https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
/// </summary>
internal sealed record NpyHeader(ElementType Type, bool FortranOrder, IReadOnlyList<long> Shape)
{
    /// <summary>The bytes that tell how long the header is, in any version.</summary>
    public const int PrefixBytes = 12;

    private const int VersionOffset = 6;
    private const int LengthOffset = 8;
    private const int Alignment = 64;

    // What version 1 can hold; versions 2 and 3 allow more for record types, which no model has.
    private const int MaxTextBytes = ushort.MaxValue;

    /// <summary>Whether the elements lie in another order than C's; in fewer than two dimensions both are the same.</summary>
    public bool IsTransposed => FortranOrder && Shape.Count >= 2;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>How many bytes there are before the data, from the first <see cref="PrefixBytes"/> of them.</summary>
    public static int MeasureFrom(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length < PrefixBytes || !prefix.StartsWith(Magic))
            throw new ModelFormatException("the .npy header is truncated or damaged");

        byte major = prefix[VersionOffset];
        byte minor = prefix[VersionOffset + 1];
        if (major is < 1 or > 3 || minor != 0)
            throw new ModelFormatException($"version {major}.{minor} of .npy is not supported");

        uint textBytes = major == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[LengthOffset..])
            : BinaryPrimitives.ReadUInt32LittleEndian(prefix[LengthOffset..]);
        if (textBytes > MaxTextBytes)
            throw new ModelLimitException($"the .npy header takes {textBytes} bytes; at most {MaxTextBytes} are allowed");
        return Math.Max(TextOffset(major) + (int)textBytes, PrefixBytes);
    }

    /// <summary>Reads a header of the length that <see cref="MeasureFrom"/> gave.</summary>
    public static NpyHeader Parse(ReadOnlySpan<byte> header)
    {
        var literal = new NpyLiteral(header[TextOffset(header[VersionOffset])..]);
        ElementType? type = null;
        bool? fortranOrder = null;
        List<long>? shape = null;

        literal.Expect('{');
        while (!literal.TryTake('}'))
        {
            string key = literal.ReadString();
            literal.Expect(':');
            switch (key)
            {
                case "descr" when type is null:
                    type = ParseType(literal.IsAt('[') ? "[...]" : literal.ReadString());
                    break;
                case "fortran_order" when fortranOrder is null:
                    fortranOrder = literal.ReadBoolean();
                    break;
                case "shape" when shape is null:
                    shape = literal.ReadTuple(TensorLimits.MaxRank);
                    break;
                default:
                    throw new ModelFormatException(
                        $"the .npy header has an unknown or repeated key {ModelFormatException.Quote(key)}");
            }

            if (!literal.TryTake(',') && !literal.IsAt('}'))
                literal.Fail();
        }

        literal.ExpectEnd();
        if (type is null || fortranOrder is null || shape is null)
            throw new ModelFormatException("the .npy header needs descr, fortran_order and shape");
        return new NpyHeader(type.Value, fortranOrder.Value, shape);
    }

    /// <summary>The header in version 1.0, padded as numpy does so that the data starts at a multiple of 64 bytes.</summary>
    public byte[] ToBytes()
    {
        var shape = new StringBuilder();
        foreach (long dimension in Shape)
            shape.Append(CultureInfo.InvariantCulture, $"{dimension}, ");
        if (Shape.Count > 0)
            shape.Length -= Shape.Count == 1 ? 1 : 2;

        string order = FortranOrder ? "True" : "False";
        string text = $"{{'descr': '{Descr(Type)}', 'fortran_order': {order}, 'shape': ({shape}), }}";
        int unpadded = TextOffset(1) + text.Length + 1;
        int length = (unpadded + Alignment - 1) / Alignment * Alignment;

        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        header[VersionOffset] = 1;
        header[VersionOffset + 1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(LengthOffset), (ushort)(length - TextOffset(1)));
        Encoding.ASCII.GetBytes(text, header.AsSpan(TextOffset(1)));
        header[^1] = (byte)'\n';
        return header;
    }

    private static int TextOffset(byte major) => major == 1 ? 10 : 12;

    private static ElementType ParseType(string descr) => descr switch
    {
        "<f4" => ElementType.F32,
        "<f2" => ElementType.F16,
        "<f8" => ElementType.F64,
        "|i1" => ElementType.I8,
        "|u1" => ElementType.U8,
        "<i2" => ElementType.I16,
        "<u2" => ElementType.U16,
        "<i4" => ElementType.I32,
        "<u4" => ElementType.U32,
        "<i8" => ElementType.I64,
        "<u8" => ElementType.U64,
        "|b1" => ElementType.Bool,
        "|O" => throw new ModelFormatException("the array holds Python objects, not numbers"),
        "[...]" => throw new ModelFormatException("the array holds records, not numbers"),
        ['>', ..] => throw new ModelFormatException(
            $"the array is big-endian ({ModelFormatException.Quote(descr)}); save it as little-endian"),
        _ => throw new ModelFormatException($"the array has the unsupported element type {ModelFormatException.Quote(descr)}"),
    };

    private static string Descr(ElementType type) => type switch
    {
        ElementType.F32 => "<f4",
        ElementType.F16 => "<f2",
        ElementType.F64 => "<f8",
        ElementType.I8 => "|i1",
        ElementType.U8 => "|u1",
        ElementType.I16 => "<i2",
        ElementType.U16 => "<u2",
        ElementType.I32 => "<i4",
        ElementType.U32 => "<u4",
        ElementType.I64 => "<i8",
        ElementType.U64 => "<u8",
        ElementType.Bool => "|b1",
        ElementType.BF16 => throw new ModelLimitException("numpy has no bf16; write a .safetensors file instead"),
        _ => throw new ModelLimitException($"numpy has no element type for {type}"),
    };
}
