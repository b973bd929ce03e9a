using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Format;

public unsafe class ByteReaderTests
{
    [Theory]
    [InlineData("00", 0ul)]
    [InlineData("7f", 127ul)]
    [InlineData("8001", 128ul)]
    [InlineData("ffffffff0f", uint.MaxValue)]
    [InlineData("ffffffffffffffff7f", long.MaxValue)]
    [InlineData("ffffffffffffffffff01", ulong.MaxValue)]
    [InlineData("80808080808080808001", 1ul << 63)]
    public void A_varint_is_read_to_its_end(string hex, ulong expected)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), 42];
        fixed (byte* start = bytes)
        {
            ByteReader reader = new(start, start + bytes.Length);
            Assert.True(reader.TryVarint(out ulong value));
            Assert.Equal(expected, value);
            Assert.True(reader.TryByte(out byte next));
            Assert.Equal(42, next);
            Assert.False(reader.TryByte(out _));
        }
    }

    /// <summary>Too long, too large, or not the shortest form.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")]
    [InlineData("ffffffffffffffffff02")]
    [InlineData("ffffffffffffffffffff")]
    [InlineData("8080808080808080808001")]
    [InlineData("80808080808080808000")]
    [InlineData("ffffffffffffffffff")]
    public void What_is_no_varint_is_refused(string hex)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), 0];
        fixed (byte* start = bytes)
        {
            ByteReader reader = new(start, start + bytes.Length - 1);
            Assert.False(reader.TryVarint(out _));
        }
    }
}
