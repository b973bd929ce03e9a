using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>
/// Coder <c>tans</c> of method <c>csr</c>: a non-zero's gap and centroid are one token, and tokens are coded by tabled asymmetric
/// numeral systems (Duda 2013). The weights are cut into bands of one length, each coded for itself. docs/format-csr.md defines it.
/// </summary>
internal unsafe struct CsrTans
{
    public const uint MaxBandWeights = 1 << 20;

    public CsrTansModel Model;

    /// <summary>Weights of the tensor, and of a band.</summary>
    public ulong Weights;
    public uint BandWeights;

    // The bands' lengths in bytes, 16 bits each; the bands, one behind the other; and the section's end.
    private byte* _lengths;
    public byte* Bands;
    public byte* End;

    public static bool TryRead(ref ByteReader section, in TensorEntry entry, in Palette palette, out CsrTans tans)
    {
        tans = new CsrTans { Weights = entry.Weights };
        if (palette.Nonzeros == 0)
            return section.Left == 0;
        if (!CsrTansModel.TryRead(ref section, palette.Clusters, out tans.Model)
            || !section.TryVarint(out ulong bandWeights) || bandWeights is 0 or > MaxBandWeights)
            return false;
        tans.BandWeights = (uint)bandWeights;
        // Weights are below 2^48.
        if (!section.TryBytes(2 * ((tans.Weights + bandWeights - 1) / bandWeights), out tans._lengths))
            return false;
        tans.Bands = section.Position;
        tans.End = tans.Bands + section.Left;
        return true;
    }

    /// <summary>Whether there is no weight but zeros.</summary>
    public readonly bool IsEmpty => BandWeights == 0;

    public readonly uint WeightsOf(ulong band) => (uint)Math.Min(BandWeights, Weights - band * BandWeights);

    public readonly uint BytesOf(ulong band) => _lengths[2 * band] | (uint)_lengths[2 * band + 1] << 8;
}
