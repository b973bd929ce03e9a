using Weightless.Encoder.Quantization;

namespace Weightless.Encoder.Codecs.Csr;

/// <summary>
/// The gaps and ids of a tensor that is cut into bands. The last gap of a band ends one behind it, with the commonest id.
/// </summary>
/// <param name="Gaps">Zeros before each non-zero of a band.</param>
/// <param name="Ids">Their ids, less 1.</param>
/// <param name="Bands">Where each band begins in both, and where the last ends.</param>
/// <param name="Clusters">K.</param>
internal sealed record CsrTansTokens(int[] Gaps, byte[] Ids, int[] Bands, int Clusters)
{
    public static CsrTansTokens Of(ClusteredTensor tensor, int bandWeights)
    {
        int bands = (tensor.Ids.Length - 1) / bandWeights + 1;
        List<int> gaps = new((int)tensor.Nonzeros + bands);
        List<byte> ids = new((int)tensor.Nonzeros + bands);
        int[] starts = new int[bands + 1];
        byte commonest = Commonest(tensor);
        int next = tensor.NextNonzero(0);
        for (int band = 0; band < bands; band++)
        {
            int at = band * bandWeights;
            int end = Math.Min(at + bandWeights, tensor.Ids.Length);
            for (; next < end; next = tensor.NextNonzero(next + 1))
            {
                gaps.Add(next - at);
                ids.Add((byte)(tensor.Ids[next] - 1));
                at = next + 1;
            }
            gaps.Add(end - at);
            ids.Add(commonest);
            starts[band + 1] = gaps.Count;
        }
        return new CsrTansTokens([.. gaps], [.. ids], starts, tensor.Clusters);
    }

    /// <summary>How often each gap occurs.</summary>
    public IReadOnlyList<(int Gap, int Count)> GapCounts() =>
        [.. Gaps.GroupBy(gap => gap).Select(group => (group.Key, group.Count())).OrderBy(count => count.Key)];

    public int[] IdCounts()
    {
        int[] counts = new int[Clusters];
        foreach (byte id in Ids)
            counts[id]++;
        return counts;
    }

    private static byte Commonest(ClusteredTensor tensor)
    {
        int[] counts = new int[256];
        foreach (byte id in tensor.Ids)
            counts[id]++;
        counts[0] = 0;
        return (byte)(Array.IndexOf(counts, counts.Max()) - 1);
    }
}
