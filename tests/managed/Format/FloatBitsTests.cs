using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Format;

public class FloatBitsTests
{
    [Fact]
    public void Every_f16_widens_as_the_runtime_widens_it()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsNaN(half))
                Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(FloatBits.F16ToF32((ushort)bits))));
            else
                Assert.Equal(BitConverter.SingleToUInt32Bits((float)half), FloatBits.F16ToF32((ushort)bits));
        }
    }

    [Fact]
    public void F32_rounds_to_f16_as_the_runtime_rounds_it()
    {
        Random random = new(1);
        for (int i = 0; i < 2_000_000; i++)
        {
            // Half of them near the f16 range, with all ties in it.
            uint bits = i % 2 == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(0x32000000, 0x48000000) & 0xffffe000 | (uint)(i % 3 == 0 ? 0x1000 : random.Next(0x2000));
            float single = BitConverter.UInt32BitsToSingle(bits);
            if (float.IsNaN(single))
                Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(FloatBits.F32ToF16(bits))));
            else
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)single), FloatBits.F32ToF16(bits));
        }
    }

    [Theory]
    [InlineData(0x3f800000u, 0x3f80)]
    [InlineData(0x3f808000u, 0x3f80)] // a tie goes to the even one
    [InlineData(0x3f818000u, 0x3f82)]
    [InlineData(0x3f808001u, 0x3f81)]
    [InlineData(0x7f7fffffu, 0x7f80)] // rounds up to infinity
    [InlineData(0xff800000u, 0xff80)]
    [InlineData(0x7f800001u, 0x7fc0)] // a NaN whose payload would vanish stays a NaN
    public void F32_rounds_to_bf16(uint single, int expected) => Assert.Equal(expected, FloatBits.F32ToBF16(single));

    [Fact]
    public void Integers_widen_exactly()
    {
        for (int i = -255; i <= 255; i++)
            Assert.Equal(BitConverter.SingleToUInt32Bits(i), FloatBits.IntegerToF32(i));
    }
}
