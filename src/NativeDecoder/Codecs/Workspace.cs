using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>Which part of one public call a decode is.</summary>
internal enum Part
{
    Whole,
    First,

    /// <summary>It begins where the part before it ended, and nobody has touched the workspace since.</summary>
    Later,
}

/// <summary>
/// The caller's scratch memory for one decode. What a sequential decode has learnt stays in it between two bands under a
/// seal, a hash of all of it, so that the next band is decoded from here if nobody wrote to it, and from the first row if
/// somebody did.
/// </summary>
internal readonly unsafe struct Workspace
{
    /// <summary>In place of a weight: the state serves every one.</summary>
    public const ulong AnyWeight = ulong.MaxValue;

    private const int Alignment = 64;

    // <sys/auxv.h>: AT_RANDOM.
    private const int RandomBytes = 25;

    // Of this process, and 0 before it is made: two threads at a time make the same. What was decoded came from a file: given as a workspace later, it must not pass for a state.
    private static ulong _secret;

    // The state holds pointers into section and workspace, and counts of the tensor: it is of no use to another of these. Another
    // file at the same address may agree in any part of them.
    private struct Header
    {
        public ulong Seal;
        public ulong Section;
        public ulong SectionBytes;
        public ulong Start;
        public ulong NextWeight;
        public ulong Rows;
        public ulong Columns;
        public ulong Parameters;
        public uint Checksum;
        public uint Kind;
    }

    private readonly byte* _start;
    private readonly nuint _stateBytes;
    private readonly ulong _parameters;

    /// <param name="memory">The caller's, of any alignment, at least <see cref="Size"/> bytes.</param>
    /// <param name="stateBytes">How much is needed after the header.</param>
    /// <param name="parameters">What the state's layout depends on beside the directory entry.</param>
    /// <param name="part">Between the parts of one call no seal is needed, and none is left but of a state for any row.</param>
    public Workspace(byte* memory, nuint stateBytes, ulong parameters, Part part = Part.Whole)
    {
        Part = part;
        _parameters = parameters;
        _start = (byte*)((nuint)(memory + Alignment - 1) & ~(nuint)(Alignment - 1));
        _stateBytes = stateBytes;
    }

    /// <summary>What to ask of the caller for this much state.</summary>
    public static nuint Size(nuint stateBytes) => stateBytes == 0 ? 0 : (nuint)sizeof(Header) + stateBytes + Alignment - 1;

    public Part Part { get; }

    /// <summary>The state; 8-byte aligned.</summary>
    public byte* State => _start + sizeof(Header);

    /// <summary>Whether an unbroken state of this tensor waits here for <paramref name="weight"/>.</summary>
    public bool Resumes(in TensorEntry entry, ulong weight)
    {
        Header* header = (Header*)_start;
        return header->NextWeight == weight && header->Section == (ulong)entry.Section && header->SectionBytes == entry.SectionBytes
            && header->Start == (ulong)_start && header->Rows == entry.Rows && header->Columns == entry.Columns
            && header->Parameters == _parameters && header->Checksum == entry.Checksum && header->Kind == Kind(entry)
            && (Part == Part.Later || header->Seal == Hash());
    }

    /// <summary>Leaves the state to a later call that begins at <paramref name="weight"/>.</summary>
    public void Keep(in TensorEntry entry, ulong weight)
    {
        Header* header = (Header*)_start;
        header->Section = (ulong)entry.Section;
        header->SectionBytes = entry.SectionBytes;
        header->Start = (ulong)_start;
        header->NextWeight = weight;
        header->Rows = entry.Rows;
        header->Columns = entry.Columns;
        header->Parameters = _parameters;
        header->Checksum = entry.Checksum;
        header->Kind = Kind(entry);
        header->Seal = Part == Part.Whole || weight == AnyWeight ? Hash() : 0;
    }

    // Made of the 16 random bytes that the kernel gives every process.
    private static ulong Secret()
    {
        if (_secret == 0)
            _secret = Model.Hash((byte*)GetAuxiliaryValue(RandomBytes), 16, 0) | 1;
        return _secret;
    }

    [DllImport("libc", EntryPoint = "getauxval")]
    private static extern nuint GetAuxiliaryValue(nuint type);

    private static uint Kind(in TensorEntry entry) =>
        (uint)entry.Method | (uint)entry.Coder << 8 | (uint)entry.Type << 16 | (entry.HalfCodebook ? 1u << 24 : 0);

    private ulong Hash() => Model.Hash(_start + sizeof(ulong), _stateBytes + (nuint)(sizeof(Header) - sizeof(ulong)), Secret());
}
