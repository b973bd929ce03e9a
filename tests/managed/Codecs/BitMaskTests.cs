using CsCheck;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

public unsafe class BitMaskTests
{
    [Fact]
    public void Any_range_is_counted() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 480], Gen.Int[0, 480]).Sample((bytes, a, b) =>
        {
            int length = bytes.Length * 8;
            int start = Math.Min(Math.Min(a, b), length), end = Math.Min(Math.Max(a, b), length);
            fixed (byte* bits = bytes)
            {
                ByteReader reader = new(bits, bits + bytes.Length);
                Assert.True(BitMask.TryRead(ref reader, (ulong)length, out BitMask mask));
                ulong expected = 0;
                for (int i = start; i < end; i++)
                    expected += mask[(ulong)i] ? 1u : 0;
                Assert.Equal(expected, mask.Count((ulong)start, (ulong)end));
                if (start < end)
                    Assert.Equal((ulong)EndOfRun(mask, start, end), mask.EndOfRun((ulong)start, (ulong)end));
                Assert.Equal((ulong)(end - start), default(BitMask).Count((ulong)start, (ulong)end));
            }
        });

    [Fact]
    public void Runs_of_any_length_end_where_they_end() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 200], Gen.Int[0, 200], Gen.Bool).Sample((before, length, behind, alive) =>
        {
            byte[] bytes = new byte[80];
            for (int i = 0; i < 8 * bytes.Length; i++)
                bytes[i / 8] |= (byte)((i >= before && i < before + length == alive ? 1 : 0) << i % 8);
            fixed (byte* bits = bytes)
            {
                BitMask mask = new(bits);
                int end = before + length + behind;
                Assert.Equal((ulong)EndOfRun(mask, before, end), mask.EndOfRun((ulong)before, (ulong)end));
                Assert.Equal((ulong)end, default(BitMask).EndOfRun((ulong)before, (ulong)end));
            }
        });

    [Fact]
    public void Bits_behind_the_last_must_be_zero_and_all_bytes_there()
    {
        byte[] bytes = [0xff, 0x07];
        fixed (byte* bits = bytes)
        {
            Assert.Equal((true, 11ul), Read(bits, 2, 11));
            Assert.False(Read(bits, 2, 10).Read);
            Assert.False(Read(bits, 1, 11).Read);
            Assert.False(Read(bits, 2, 17).Read);
            Assert.False(Read(bits, 2, ulong.MaxValue).Read);
        }
    }

    private static (bool Read, ulong Alive) Read(byte* bits, int size, ulong length)
    {
        ByteReader reader = new(bits, bits + size);
        bool read = BitMask.TryRead(ref reader, length, out BitMask mask);
        return (read, read ? mask.Count(0, length) : 0);
    }

    private static int EndOfRun(BitMask mask, int start, int end)
    {
        int i = start;
        while (i < end && mask[(ulong)i] == mask[(ulong)start])
            i++;
        return i;
    }
}
