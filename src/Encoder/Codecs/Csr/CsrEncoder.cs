using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Csr;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Csr;

/// <summary>Method <c>csr</c>: relative-index sparse rows, with the gap width that makes the section smallest.</summary>
internal sealed class CsrEncoder : IEncoder
{
    public Method Method => Method.Csr;

    public string Description => "as gaps and ids";

    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) =>
        [options with { Method = Method.Csr, Coder = Coder.Arithmetic }];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        BitWriter section = new();
        PaletteWriter.Write(tensor, section);
        Write(tensor, options.Coder, section);
        return EncodedTensor.Of(tensor, Method.Csr, options.Coder, section.ToArray());
    }

    private static void Write(ClusteredTensor tensor, Coder coder, BitWriter section)
    {
        if (coder == Coder.Tans)
        {
            CsrTansEncoder.Write(tensor, section);
            return;
        }
        byte[]? smallest = null;
        // Sizes mostly fall and then rise with the width: of a large tensor, two in a row that are no smaller end the search.
        int larger = 0;
        int patience = tensor.Nonzeros > 1 << 20 ? 2 : CsrCodec.MaxGapBits;
        for (int gapBits = CsrCodec.MaxGapBits; gapBits >= 1 && larger < patience; gapBits--)
        {
            BitWriter candidate = new();
            candidate.WriteByte((byte)gapBits);
            SymbolCoder.Write(new Source(tensor, gapBits), coder, candidate);
            larger++;
            if (smallest is not null && candidate.Length >= smallest.Length)
                continue;
            smallest = candidate.ToArray();
            larger = 0;
        }
        section.WriteBytes(smallest);
    }

    private readonly struct Source(ClusteredTensor tensor, int gapBits) : ISymbolSource
    {
        public Alphabets Alphabets => CsrCodec.Alphabets(tensor.Clusters, gapBits);

        public void WriteTo<TSink>(ref TSink sink) where TSink : struct, ISymbolSink
        {
            int filler = (1 << gapBits) - 1;
            int expected = 0;
            for (int i = tensor.NextNonzero(0); i < tensor.Ids.Length; i = tensor.NextNonzero(i + 1))
            {
                int gap = i - expected;
                for (; gap >= filler; gap -= filler)
                    sink.Write(CsrCodec.Gap, (uint)filler);
                sink.Write(CsrCodec.Gap, (uint)gap);
                sink.Write(CsrCodec.Id, (uint)tensor.Ids[i] - 1);
                expected = i + 1;
            }
        }
    }
}
