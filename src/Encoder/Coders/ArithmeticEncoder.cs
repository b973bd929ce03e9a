using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Coders;

/// <summary>Adaptive binary arithmetic coding: see the decoder for how a symbol becomes decisions.</summary>
internal static class ArithmeticEncoder
{
    public static void Write<TSource>(in TSource source, BitWriter output) where TSource : struct, ISymbolSource
    {
        Sink sink = new(source.Alphabets, output);
        source.WriteTo(ref sink);
        sink.Finish();
    }

    private struct Sink : ISymbolSink
    {
        private readonly Alphabets _alphabets;
        private readonly uint[] _models;
        private RangeEncoder _range;

        public Sink(Alphabets alphabets, BitWriter output)
        {
            _alphabets = alphabets;
            _models = new uint[alphabets.Count * Arithmetic.ModelLength];
            _models.AsSpan().Fill(AdaptiveBit.Initial);
            _range = new RangeEncoder(output);
        }

        public void Write(int alphabet, uint symbol)
        {
            int size = _alphabets.Size(alphabet);
            if (size == 1)
                return;
            Span<uint> model = _models.AsSpan(alphabet * Arithmetic.ModelLength, Arithmetic.ModelLength);
            Encode(ref model[0], symbol != 0 ? 1u : 0);
            if (symbol == 0)
                return;
            uint node = 1;
            for (int i = Arithmetic.Levels(size) - 1; i >= 0; i--)
            {
                uint bit = symbol - 1 >> i & 1;
                Encode(ref model[(int)node], bit);
                node = node << 1 | bit;
            }
        }

        public void Finish() => _range.Finish();

        private void Encode(ref uint state, uint bit)
        {
            _range.Encode(bit, AdaptiveBit.Probability(state));
            state = AdaptiveBit.Next(state, bit);
        }
    }
}
