using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Codecs.Csr;

namespace Weightless.Encoder.Codecs.Csr;

/// <summary>Coder <c>tans</c> of method <c>csr</c>: docs/format-csr.md.</summary>
internal static class CsrTansEncoder
{
    // Fewer, and a band's ten bytes would show; more, and rows that are asked for by themselves would wait longer.
    private const int BandNonzeros = 8192;

    public static void Write(ClusteredTensor tensor, BitWriter section)
    {
        if (tensor.Nonzeros == 0)
            return;
        int bandWeights = BandWeights(tensor);
        while (!TryWrite(tensor, bandWeights, section))
            bandWeights = (bandWeights + 1) / 2;
    }

    /// <summary>Whole rows, if they are not too long, so that rows asked for are in few bands.</summary>
    private static int BandWeights(ClusteredTensor tensor)
    {
        long weights = tensor.Ids.Length;
        long wanted = Math.Clamp(BandNonzeros * weights / tensor.Nonzeros, 1, Math.Min(weights, CsrTans.MaxBandWeights));
        return (int)(wanted < tensor.Columns ? wanted : wanted / tensor.Columns * tensor.Columns);
    }

    /// <summary>False if a band is longer than its 16 bits can say.</summary>
    private static bool TryWrite(ClusteredTensor tensor, int bandWeights, BitWriter section)
    {
        CsrTansTokens tokens = CsrTansTokens.Of(tensor, bandWeights);
        CsrTansFit fit = CsrTansFit.Search(tokens);
        CsrTansBandWriter writer = new(tokens, fit);
        BitWriter bands = new();
        BitWriter lengths = new();
        for (int band = 0; band < tokens.Bands.Length - 1; band++)
        {
            int start = bands.Length;
            writer.Write(band, bands);
            int length = bands.Length - start;
            if (length > ushort.MaxValue)
                return false;
            lengths.WriteValue((ushort)length);
        }
        fit.WriteTo(section);
        section.WriteVarint((ulong)bandWeights);
        section.WriteBytes(lengths.ToArray());
        section.WriteBytes(bands.ToArray());
        return true;
    }
}
