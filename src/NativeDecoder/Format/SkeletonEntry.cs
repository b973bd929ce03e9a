namespace Weightless.NativeDecoder.Format;

/// <summary>
/// Where the skeleton of the model that a file was encoded from lies: all bytes of it that are no tensor's. The directory says so
/// behind its last tensor; most files have none.
/// </summary>
public readonly unsafe struct SkeletonEntry(byte* section, ulong sectionBytes, uint checksum)
{
    public bool IsPresent => section != null;

    public byte* Section => section;

    public ulong SectionBytes => sectionBytes;

    public uint Checksum => checksum;

    public ByteReader SectionReader => new(section, section + sectionBytes);
}
