using System.IO.Hashing;

namespace Weightless.Encoder.Wls;

/// <summary>The checksums of a .wls file, both XXH3 of 64 bits.</summary>
internal static class Checksum
{
    public static ulong OfDirectory(ReadOnlySpan<byte> directory) => XxHash3.HashToUInt64(directory);

    /// <summary>The lower half is kept: a section is small, and there is one for each.</summary>
    public static uint OfSection(ReadOnlySpan<byte> section) => (uint)XxHash3.HashToUInt64(section);
}
