using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>
/// Where the parts of a coupled filter lie, checked once: docs/format-coupled.md describes the bytes. It holds a sequence
/// of ids, 64 to a group; groups make blocks, between whose ends the place of a group is interpolated; blocks make pieces, each
/// with cells, a seed and a directory of its own.
/// </summary>
internal unsafe struct CoupledFilter
{
    public const int GroupSize = 64;
    public const int MinHashes = 2;
    public const int MaxHashes = 7;
    public const int MaxSpanLog2 = 9;

    /// <summary>Cells of a piece.</summary>
    public const int MaxCells = 1 << 24;

    public const int MaxPieces = 4096;

    // Groups of a block, and blocks of a piece: products of two such numbers do not overflow.
    private const ulong MaxBlock = 1ul << 31;

    public ulong Groups;
    public ulong BlockGroups;
    public ulong PieceGroups;
    public int CellBits;
    public int Hashes;
    public int SpanLog2;
    public int EntryBytes;
    public uint Pieces;

    // The pieces' cells and seeds, then their directories and cells.
    private ByteReader _records;
    private byte* _bodies;

    /// <summary>Cells from its first that a group may reach: [y, y + Reach) holds all that it reads.</summary>
    public readonly int Reach => (Hashes << SpanLog2) + GroupSize;

    /// <summary>What the section's two parameter bytes say; <paramref name="second"/> without its mask bits.</summary>
    public static bool TryRead(byte first, byte second, out CoupledFilter filter)
    {
        filter = new CoupledFilter
        {
            CellBits = (first & 15) + 1,
            Hashes = first >> 4,
            SpanLog2 = second & 15,
            EntryBytes = second >> 4,
        };
        return filter.Hashes is >= MinHashes and <= MaxHashes && filter.SpanLog2 <= MaxSpanLog2
            && filter.Hashes * filter.SpanLog2 <= 64 && filter.EntryBytes is 0 or 2 or 3;
    }

    /// <summary>Reads the rest, for a sequence of this length, which is not 0.</summary>
    public bool TryRead(ref ByteReader section, ulong length)
    {
        Groups = (length + GroupSize - 1) / GroupSize;
        BlockGroups = PieceGroups = Groups;
        if (EntryBytes != 0)
        {
            if (!section.TryVarint(out BlockGroups) || !section.TryVarint(out ulong blocks)
                || BlockGroups is 0 or > MaxBlock || blocks is 0 or > MaxBlock)
                return false;
            PieceGroups = BlockGroups * blocks;
        }
        // The interpolation step is a fraction of 32 bits.
        if (BlockGroups > MaxBlock || (Groups - 1) / PieceGroups >= MaxPieces)
            return false;
        Pieces = (uint)((Groups - 1) / PieceGroups + 1);

        _records = section;
        for (uint i = 0; i < Pieces; i++)
        {
            if (!section.TryVarint(out ulong cells) || cells is 0 or > MaxCells || !section.TryVarint(out _))
                return false;
        }
        _bodies = section.Position;
        ByteReader records = _records;
        for (uint i = 0; i < Pieces; i++)
        {
            records.TryVarint(out ulong cells);
            records.TryVarint(out _);
            ulong entries = Blocks(i) - 1;
            if (entries > section.Left
                || !section.TryBytes(entries * (uint)EntryBytes + CellBytes((uint)cells, CellBits), out _))
                return false;
        }
        return section.Left == 0;
    }

    /// <summary>How far a walk over the pieces has come: <c>default</c> before the first.</summary>
    public struct Cursor
    {
        internal ByteReader Records;
        internal byte* Body;
        internal uint Piece;
    }

    /// <summary>Finds a piece, from where the cursor is if that lies before it.</summary>
    public readonly CoupledPiece Piece(uint index, ref Cursor cursor)
    {
        if (cursor.Body == null || cursor.Piece > index)
            cursor = new Cursor { Records = _records, Body = _bodies };
        for (; ; cursor.Piece++)
        {
            ByteReader records = cursor.Records;
            records.TryVarint(out ulong cells);
            records.TryVarint(out ulong seed);
            ulong blocks = Blocks(cursor.Piece);
            ulong directory = (blocks - 1) * (uint)EntryBytes;
            if (cursor.Piece == index)
            {
                return new CoupledPiece(cursor.Body, EntryBytes)
                {
                    Cells = (uint)cells,
                    Counter = CoupledHash.Counter(seed, index),
                    FirstGroup = index * PieceGroups,
                    Groups = GroupsOf(index),
                    Blocks = blocks,
                    Data = cursor.Body + directory,
                };
            }
            cursor.Records = records;
            cursor.Body += directory + CellBytes((uint)cells, CellBits);
        }
    }

    /// <summary>Bytes that so many cells take.</summary>
    public static ulong CellBytes(uint cells, int cellBits)
    {
        uint units = cells / GroupSize;
        uint rest = cells % GroupSize;
        uint low = cellBits >= 8 ? 1u : 0;
        uint planes = (uint)cellBits - 8 * low;
        return (ulong)units * (low * GroupSize + planes * 8) + low * rest + planes * ((rest + 7) / 8);
    }

    /// <summary>All pieces have the same number of groups but the last.</summary>
    private readonly ulong GroupsOf(uint piece) => Math.Min(PieceGroups, Groups - piece * PieceGroups);

    private readonly ulong Blocks(uint piece) => (GroupsOf(piece) + BlockGroups - 1) / BlockGroups;
}

/// <summary>A run of groups with a ring of cells of its own.</summary>
internal readonly unsafe struct CoupledPiece(byte* directory, int entryBytes)
{
    public uint Cells { get; init; }

    public ulong Counter { get; init; }

    public ulong FirstGroup { get; init; }

    public ulong Groups { get; init; }

    public ulong Blocks { get; init; }

    public byte* Data { get; init; }

    /// <summary>
    /// The cell where a block begins; hostile until compared with the next block's and with <see cref="Cells"/>.
    /// </summary>
    public uint Entry(ulong block)
    {
        if (block == 0)
            return 0;
        if (block >= Blocks)
            return Cells;
        byte* p = directory + (block - 1) * (uint)entryBytes;
        uint entry = p[0] | (uint)p[1] << 8;
        return entryBytes == 2 ? entry : entry | (uint)p[2] << 16;
    }
}
