using System.Numerics;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>Where the parts of a file lie, known before any of them is written.</summary>
internal sealed class WlsLayout
{
    private readonly int[] _paddings;

    public WlsLayout(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
    {
        EntriesBytes = VarintBytes((ulong)tensors.Count);
        foreach (EncodedTensor tensor in tensors)
            EntriesBytes += tensor.EntryBytes;
        if (skeleton is not null)
            EntriesBytes += VarintBytes((ulong)skeleton.Section.Length) + sizeof(uint);
        _paddings = new int[tensors.Count];
        FileBytes = Model.FixedHeaderBytes + VarintBytes((ulong)EntriesBytes) + EntriesBytes;
        for (int i = 0; i < _paddings.Length; i++)
        {
            _paddings[i] = tensors[i].IsPadded ? (int)(-FileBytes & (Limits.StoredAlignment - 1)) : 0;
            FileBytes += _paddings[i] + tensors[i].Section.Length;
        }
        FileBytes += skeleton?.Section.Length ?? 0;
    }

    /// <summary>Bytes of the directory behind its own length: the number of tensors, and their entries, and the skeleton's.</summary>
    public long EntriesBytes { get; }

    public long FileBytes { get; }

    /// <summary>Bytes before each section.</summary>
    public IReadOnlyList<int> Paddings => _paddings;

    private static int VarintBytes(ulong value) => Math.Max(1, (BitOperations.Log2(value) + 7) / 7);
}
