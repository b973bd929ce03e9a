using CsCheck;
using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Coders;

namespace Weightless.Tests.Codecs;

public unsafe class RangeCoderTests
{
    private static readonly Gen<(uint Bit, uint Probability)[]> Decisions =
        Gen.Select(Gen.UInt[0, 1], Gen.OneOf(Gen.UInt[1, 65535], Gen.UInt[1, 40], Gen.UInt[65500, 65535])).Array[0, 3000];

    [Fact]
    public void Decisions_come_back()
    {
        Decisions.Sample(decisions =>
        {
            byte[] bytes = Encode(decisions);
            fixed (byte* start = bytes)
            {
                RangeDecoder decoder = new(start, start + bytes.Length);
                foreach ((uint bit, uint probability) in decisions)
                    Assert.Equal(bit, decoder.Decode(probability));
                Assert.False(decoder.RanOver);
            }
        }, iter: 2000);
    }

    [Fact]
    public void Reading_on_past_the_end_is_noticed()
    {
        byte[] bytes = Encode([.. Enumerable.Repeat((1u, 32768u), 64)]);
        fixed (byte* start = bytes)
        {
            RangeDecoder decoder = new(start, start + bytes.Length);
            for (int i = 0; i < 64 + 8 * 5; i++)
                decoder.Decode(32768);
            Assert.True(decoder.RanOver);
        }
    }

    [Fact]
    public void Nothing_takes_no_bytes() => Assert.Empty(Encode([]));

    private static byte[] Encode((uint Bit, uint Probability)[] decisions)
    {
        BitWriter output = new();
        RangeEncoder encoder = new(output);
        foreach ((uint bit, uint probability) in decisions)
            encoder.Encode(bit, probability);
        encoder.Finish();
        return output.ToArray();
    }
}
