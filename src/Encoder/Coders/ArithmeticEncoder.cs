using Weightless.NativeDecoder.Coders;

namespace Weightless.Encoder.Coders;

/// <summary>Adaptive arithmetic coding: see the decoder for how a symbol is coded.</summary>
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
        private readonly Arithmetic.Model[] _models;
        private RangeEncoder _range;

        public Sink(Alphabets alphabets, BitWriter output)
        {
            _models = new Arithmetic.Model[alphabets.Count];
            for (int i = 0; i < _models.Length; i++)
                _models[i].Reset(alphabets.Size(i));
            _range = new RangeEncoder(output);
        }

        public void Write(int alphabet, uint symbol) => _models[alphabet].Code(ref _range, symbol);

        public void Finish() => _range.Finish();
    }
}
