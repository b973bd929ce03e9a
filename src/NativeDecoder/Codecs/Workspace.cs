using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// The caller's scratch memory for one decode. What a sequential decode has learnt stays in it between two bands under a
/// seal, a hash of all of it, so that the next band is decoded from here if nobody wrote to it, and from the first row if
/// somebody did.
/// </summary>
internal readonly unsafe struct Workspace
{
    /// <summary>In place of a row: the state serves every row.</summary>
    public const ulong AnyRow = ulong.MaxValue;

    private const int Alignment = 64;

    // The state holds pointers into section and workspace: it is of no use to another of either.
    private struct Header
    {
        public ulong Seal;
        public ulong Section;
        public ulong Start;
        public ulong NextRow;
        public ulong Checksum;
    }

    private readonly byte* _start;
    private readonly nuint _stateBytes;

    /// <param name="memory">The caller's, of any alignment, at least <see cref="Size"/> bytes.</param>
    /// <param name="stateBytes">How much is needed after the header.</param>
    public Workspace(byte* memory, nuint stateBytes)
    {
        _start = (byte*)((nuint)(memory + Alignment - 1) & ~(nuint)(Alignment - 1));
        _stateBytes = stateBytes;
    }

    /// <summary>What to ask of the caller for this much state.</summary>
    public static nuint Size(nuint stateBytes) => stateBytes == 0 ? 0 : (nuint)sizeof(Header) + stateBytes + Alignment - 1;

    /// <summary>The state; 8-byte aligned.</summary>
    public byte* State => _start + sizeof(Header);

    /// <summary>Whether an unbroken state of this tensor waits here for <paramref name="row"/>.</summary>
    public bool Resumes(in TensorEntry entry, ulong row)
    {
        Header* header = (Header*)_start;
        return header->NextRow == row && header->Section == (ulong)entry.Section && header->Start == (ulong)_start
            && header->Checksum == entry.Checksum && header->Seal == Hash();
    }

    /// <summary>Leaves the state to a later call that begins at <paramref name="row"/>.</summary>
    public void Keep(in TensorEntry entry, ulong row)
    {
        Header* header = (Header*)_start;
        header->Section = (ulong)entry.Section;
        header->Start = (ulong)_start;
        header->Checksum = entry.Checksum;
        header->NextRow = row;
        header->Seal = Hash();
    }

    private ulong Hash() => Model.Hash(_start + sizeof(ulong), _stateBytes + (nuint)(sizeof(Header) - sizeof(ulong)));
}
