using System.Numerics;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Skeleton;
using Weightless.NativeDecoder.Skeleton;

namespace Weightless.Encoder.Wls;

/// <summary>A model without its tensors as a .wls file holds it: docs/format-skeleton.md.</summary>
public sealed class EncodedSkeleton
{
    private EncodedSkeleton(ReadOnlyMemory<byte> section, long bytes)
    {
        Section = section;
        Bytes = bytes;
    }

    public ReadOnlyMemory<byte> Section { get; }

    /// <summary>Bytes of the model that are no tensor's.</summary>
    public long Bytes { get; }

    /// <summary>Bytes that the directory spends on it.</summary>
    internal int EntryBytes => BitWriter.VarintBytes((ulong)Section.Length) + sizeof(uint);

    /// <summary>Takes the elements of its tensors out of a model's file, where they lie in it one behind the other, and encodes the rest.</summary>
    /// <exception cref="ModelLimitException">The rest has 2 GiB or more.</exception>
    public static EncodedSkeleton Of(ModelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ReadOnlySpan<byte> file = source.File.Span;
        long rest = file.Length - Taken(source).Sum(place => (long)(place?.Length ?? 0));
        if (rest > Array.MaxLength)
            throw new ModelLimitException($"what is not weights takes {rest} bytes; at most {Array.MaxLength} (2 GiB) are supported");
        byte[] skeleton = new byte[rest];
        BitWriter gaps = new();
        int position = 0;
        int length = 0;
        foreach (Extent? place in Taken(source))
        {
            if (place is not { } extent)
            {
                gaps.WriteVarint(0);
                continue;
            }
            ReadOnlySpan<byte> before = file[position..extent.Offset];
            gaps.WriteVarint((ulong)before.Length + 1);
            before.CopyTo(skeleton.AsSpan(length));
            length += before.Length;
            position = extent.End;
        }
        file[position..].CopyTo(skeleton.AsSpan(length));

        int windowBits = Math.Clamp(BitOperations.Log2((uint)Math.Max(skeleton.Length - 1, 1)) + 1,
            SkeletonHeader.MinWindowBits, SkeletonHeader.MaxWindowBits);
        BitWriter section = new();
        section.WriteVarint((ulong)skeleton.Length);
        section.WriteByte((byte)windowBits);
        section.WriteBytes(gaps.ToArray());
        section.WriteBytes(SkeletonEncoder.Encode(skeleton, windowBits));
        return new EncodedSkeleton(section.ToArray(), skeleton.Length);
    }

    /// <summary>Where each tensor's elements are taken from; null if they stay, too, because others lie there already.</summary>
    private static IEnumerable<Extent?> Taken(ModelSource source)
    {
        int end = 0;
        foreach (Extent? place in source.Places)
        {
            if (place is { Length: > 0 } extent && extent.Offset >= end)
            {
                end = extent.End;
                yield return extent;
            }
            else
            {
                yield return null;
            }
        }
    }
}
