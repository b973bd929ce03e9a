using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>How the weights of a context section are coded.</summary>
internal enum ContextMode
{
    /// <summary>Distances between non-zeros: a few decisions a non-zero, none a zero.</summary>
    Gaps = 0,

    /// <summary>Every position is a decision of a few mixed contexts.</summary>
    Mixed = 1,

    /// <summary>The same with all contexts.</summary>
    MixedFull = 2,

    /// <summary>No value occurs twice: a bias.</summary>
    Distinct = 3,

    /// <summary>A large alphabet: a symbol of one of a few alphabets and some plain bits a weight.</summary>
    Levels = 4,

    /// <summary>The same of what lies between each weight and the one its neighbours foretell.</summary>
    PredictedLevels = 5,
}

/// <summary>What a context section begins with: docs/format-context.md.</summary>
internal unsafe struct ContextHeader
{
    public const byte ModeBits = 0x07;
    public const byte RowMaskBit = 0x08;
    public const byte ColumnMaskBit = 0x10;
    public const byte ParentBit = 0x20;
    public const byte BackgroundBit = 0x40;
    public const byte PeriodBit = 0x80;

    public const ulong MaxMaskedRows = 1 << 20;
    public const ulong MaxMaskedColumns = 1 << 16;
    public const ulong MaxMixedColumns = int.MaxValue;
    public const int MaxPeriod = 1 << 12;
    public const int MaxGapClasses = 255;

    /// <summary>A parent is looked for among this many tensors only, so that hostile files cannot make the search long.</summary>
    public const uint MaxParents = 1024;

    public int Clusters;
    public ulong Nonzeros;
    public ContextMode Mode;
    public bool HasRowMask;
    public bool HasColumnMask;

    /// <summary>Classes of gaps that occur; mode gaps only.</summary>
    public int GapClasses;

    /// <summary>
    /// Columns from a weight to its neighbour in the next line of the layer's input image or kernel; 0 for none.
    /// </summary>
    public int Period;

    /// <summary>
    /// The place, in the order of their values with zero among them, of the value that most weights have; -1 for zero's.
    /// </summary>
    public int BackgroundRank;

    /// <summary>The tensor whose row mask predicts this one's column mask; its index is for the encoder.</summary>
    public bool HasParent;
    public uint ParentIndex;
    public ulong ParentRows;
    public ByteReader ParentStream;

    public ulong Rows;
    public ulong Columns;
    public ElementType CodebookType;

    private byte _flags;

    /// <summary>All that a model's layout depends on, but for rows and columns. A parent has no more rows than we have columns.</summary>
    public readonly ulong Parameters => (uint)Clusters | (uint)_flags << 8 | (uint)GapClasses << 16
        | (uint)BackgroundRank << 24 | (ulong)(uint)Period << 32 | ParentRows << 45;

    public readonly bool IsMixed => Mode is ContextMode.Mixed or ContextMode.MixedFull;

    public readonly bool HasLevels => Mode is ContextMode.Levels or ContextMode.PredictedLevels;

    /// <summary>Reads and checks it; leaves <paramref name="section"/> at the range coder's stream.</summary>
    public static bool TryRead(in TensorEntry entry, in TensorDirectory directory, ref ByteReader section, out ContextHeader header) =>
        TryReadOwn(entry, ref section, out header) && (!header.HasParent || header.TryFindParent(entry, directory));

    private static bool TryReadOwn(in TensorEntry entry, ref ByteReader section, out ContextHeader header)
    {
        header = new ContextHeader
        {
            Rows = entry.Rows,
            Columns = entry.Columns,
            CodebookType = entry.HalfCodebook ? ElementType.F16 : entry.Type,
            BackgroundRank = -1,
        };
        if (!section.TryByte(out byte clusters) || !section.TryByte(out byte flags) || !section.TryVarint(out header.Nonzeros))
            return false;
        header.Clusters = clusters;
        header._flags = flags;
        header.Mode = (ContextMode)(flags & ModeBits);
        header.HasRowMask = (flags & RowMaskBit) != 0;
        header.HasColumnMask = (flags & ColumnMaskBit) != 0;
        header.HasParent = (flags & ParentBit) != 0;
        if (header.Mode > ContextMode.PredictedLevels || header.Nonzeros > entry.Weights || clusters == 0 && (flags != 0 || header.Nonzeros > 0))
            return false;
        if (clusters > 0 && header.Mode == ContextMode.Gaps)
        {
            if (!section.TryByte(out byte gapClasses) || gapClasses == 0)
                return false;
            header.GapClasses = gapClasses;
        }
        if ((flags & BackgroundBit) != 0)
        {
            if (!section.TryByte(out byte rank) || rank > clusters)
                return false;
            header.BackgroundRank = rank;
        }
        if ((flags & PeriodBit) != 0)
        {
            if (!section.TryVarint(out ulong period) || period is 0 or > MaxPeriod)
                return false;
            header.Period = (int)period;
        }
        if (header.HasParent)
        {
            if (!section.TryVarint(out ulong parent) || parent >= MaxParents || !header.HasColumnMask)
                return false;
            header.ParentIndex = (uint)parent;
        }
        return (!header.HasRowMask || header.Rows <= MaxMaskedRows)
            && (!header.HasColumnMask || header.Columns <= MaxMaskedColumns)
            && (!header.IsMixed || header.Columns <= MaxMixedColumns);
    }

    /// <summary>
    /// The parent lies before this tensor and has a row mask, and each of its rows made the same number of our columns. Its
    /// row mask comes first in its stream and depends on nothing else, so that no chain of parents is ever followed.
    /// </summary>
    private bool TryFindParent(in TensorEntry entry, in TensorDirectory directory)
    {
        if (directory.Find(ParentIndex, out TensorEntry parent) != Status.Ok
            || parent.Method != Method.Context || parent.Section >= entry.Section
            || parent.IsGrid && !GridHeader.TryRead(parent, out _, out parent))
            return false;
        ParentStream = parent.SectionReader;
        ParentRows = parent.Rows;
        return TryReadOwn(parent, ref ParentStream, out ContextHeader header)
            && header.HasRowMask && ParentRows > 0 && Columns > 0 && Columns % ParentRows == 0;
    }
}
