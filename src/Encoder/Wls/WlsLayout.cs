using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>Where the parts of a file lie, known before any of them is written.</summary>
internal sealed class WlsLayout
{
    private readonly int[] _paddings;

    public WlsLayout(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
    {
        EntriesBytes = BitWriter.VarintBytes((ulong)tensors.Count);
        foreach (EncodedTensor tensor in tensors)
            EntriesBytes += tensor.EntryBytes;
        EntriesBytes += skeleton?.EntryBytes ?? 0;
        _paddings = new int[tensors.Count];
        FileBytes = Model.FixedHeaderBytes + BitWriter.VarintBytes((ulong)EntriesBytes) + EntriesBytes;
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
}
