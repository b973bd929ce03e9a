using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Coders;

/// <summary>Coder <c>none</c>: every symbol in as many bits as its alphabet needs.</summary>
internal static class FixedWidthEncoder
{
    public static void Write<TSource>(in TSource source, BitWriter output) where TSource : struct, ISymbolSource
    {
        Sink sink = new(source.Alphabets, output);
        source.WriteTo(ref sink);
        output.AlignToByte();
    }

    private readonly struct Sink(Alphabets alphabets, BitWriter output) : ISymbolSink
    {
        public void Write(int alphabet, uint symbol) => output.WriteBits(symbol, alphabets.Bits(alphabet));
    }
}
