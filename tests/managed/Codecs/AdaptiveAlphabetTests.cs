using CsCheck;
using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Coders;

namespace Weightless.Tests.Codecs;

public unsafe class AdaptiveAlphabetTests
{
    // Few symbols for long, so that counts are halved, and all of them.
    private static Gen<(int Size, int[] Symbols)> Streams(int most) =>
        from size in Gen.Int[1, most]
        from skew in Gen.Int[0, 3]
        from symbols in Gen.Int[0, size - 1].Array[0, 20000]
        select (size, Array.ConvertAll(symbols, symbol => skew == 0 ? symbol : symbol >> 3 * skew));

    [Fact]
    public void Symbols_come_back() => Streams(AdaptiveAlphabet.MaxSymbols).Sample((size, symbols) =>
    {
        BitWriter output = new();
        RangeEncoder encoder = new(output);
        AdaptiveAlphabet alphabet = default;
        alphabet.Reset(size);
        foreach (int symbol in symbols)
            Assert.Equal(symbol, alphabet.Code(ref encoder, symbol));
        encoder.Finish();
        fixed (byte* start = output.ToArray())
        {
            RangeDecoder decoder = new(start, start + output.Length);
            alphabet.Reset(size);
            foreach (int symbol in symbols)
                Assert.Equal(symbol, alphabet.Code(ref decoder, 0));
            Assert.False(decoder.RanOver);
        }
    }, iter: 50);

    [Fact]
    public void Symbols_of_a_small_alphabet_come_back() => Streams(SmallAlphabet.MaxSymbols).Sample((size, symbols) =>
    {
        BitWriter output = new();
        RangeEncoder encoder = new(output);
        SmallAlphabet alphabet = default;
        alphabet.Reset(size);
        foreach (int symbol in symbols)
            Assert.Equal(symbol, alphabet.Code(ref encoder, symbol));
        encoder.Finish();
        fixed (byte* start = output.ToArray())
        {
            RangeDecoder decoder = new(start, start + output.Length);
            alphabet.Reset(size);
            foreach (int symbol in symbols)
                Assert.Equal(symbol, alphabet.Code(ref decoder, 0));
            Assert.False(decoder.RanOver);
        }
    }, iter: 50);

    /// <summary>A symbol that never fails to come takes next to nothing.</summary>
    [Fact]
    public void What_always_comes_is_learnt()
    {
        BitWriter output = new();
        RangeEncoder encoder = new(output);
        SmallAlphabet alphabet = default;
        alphabet.Reset(SmallAlphabet.MaxSymbols);
        for (int i = 0; i < 100_000; i++)
            alphabet.Code(ref encoder, 7);
        encoder.Finish();
        Assert.InRange(output.Length, 1, 100);
    }
}
