using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Skeleton;

/// <summary>What the section of a skeleton begins with. docs/format-skeleton.md describes the bytes.</summary>
internal readonly unsafe struct SkeletonHeader
{
    public const int MinWindowBits = 8;
    public const int MaxWindowBits = 18;

    private SkeletonHeader(SkeletonEntry entry, ulong bytes, int windowBits, ByteReader gaps, ByteReader stream)
    {
        Entry = entry;
        Bytes = bytes;
        WindowBits = windowBits;
        Gaps = gaps;
        Stream = stream;
    }

    public SkeletonEntry Entry { get; }

    /// <summary>Bytes of the skeleton.</summary>
    public ulong Bytes { get; }

    /// <summary>A copy goes back less than 2^this bytes, and one more.</summary>
    public int WindowBits { get; }

    /// <summary>
    /// A varint for each tensor: 0 if the rebuilt model has not its elements, else one more than the bytes of the skeleton between
    /// those of the last tensor that it has, or its start, and these.
    /// </summary>
    public ByteReader Gaps { get; }

    /// <summary>The range coder's.</summary>
    public ByteReader Stream { get; }

    public static bool TryRead(in SkeletonEntry entry, uint tensors, out SkeletonHeader header)
    {
        header = default;
        ByteReader reader = entry.SectionReader;
        if (!reader.TryVarint(out ulong bytes) || bytes > Limits.MaxTensorBytes
            || !reader.TryByte(out byte windowBits) || windowBits is < MinWindowBits or > MaxWindowBits)
            return false;
        ByteReader gaps = reader;
        ulong left = bytes;
        for (uint i = 0; i < tensors; i++)
        {
            if (!reader.TryVarint(out ulong gap) || gap > left + 1)
                return false;
            left -= gap == 0 ? 0 : gap - 1;
        }
        header = new SkeletonHeader(entry, bytes, windowBits, gaps, reader);
        return true;
    }
}
