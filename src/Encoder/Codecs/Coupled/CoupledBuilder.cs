using Weightless.NativeDecoder.Codecs.Coupled;

namespace Weightless.Encoder.Codecs.Coupled;

/// <summary>
/// Builds a coupled filter: chooses its parameters and its directory, and has its pieces solved on all cores. What does not
/// build is tried again, with another seed, then a finer directory, then more cells.
/// </summary>
internal static class CoupledBuilder
{
    private const int GroupSize = CoupledFilter.GroupSize;
    private const int SmallKeys = 6000;
    private const int PieceKeys = 1 << 20;

    // Seeds before the directory becomes finer.
    private const int Seeds = 2;

    // Cells a key, and how many more each time that was not enough.
    private const double Room = 1.009;
    private const double MoreRoom = 0.005;

    // How many spans the keys of a block may stray from an even spread, from round to round.
    private static readonly double[] Tolerances = [3, 2, 1, 0.5, 0.25];

    /// <summary>The filter of a sequence of ids, not all of them 0, in rows of <paramref name="width"/>.</summary>
    public static BuiltFilter Build(byte[] ids, int width, int cellBits, ulong seed)
    {
        long groups = (ids.LongLength + GroupSize - 1) / GroupSize;
        long[] before = new long[groups + 1];
        for (long g = 0; g < groups; g++)
        {
            int count = (int)Math.Min(GroupSize, ids.LongLength - g * GroupSize);
            before[g + 1] = before[g] + count - ids.AsSpan((int)(g * GroupSize), count).Count((byte)0);
        }
        return before[groups] < SmallKeys ? BuildSmall(ids, cellBits, seed, before) : BuildLarge(ids, width, cellBits, seed, before);
    }

    /// <summary>
    /// Few keys: no directory, and a span as wide as the ring allows, so that every group may use all of it. More hashes bring m
    /// closer to n and cost nothing that would be noticed here; the first sizes tried succeed once in some tens of seeds.
    /// </summary>
    private static BuiltFilter BuildSmall(byte[] ids, int cellBits, ulong seed, long[] before)
    {
        long groups = before.Length - 1;
        long keys = before[groups];
        int attempts = 0;
        for (int slack = 0; ; slack++)
        {
            uint cells = (uint)(keys + slack + 1 + keys * slack / 1000);
            int hashes = (int)Math.Clamp(cells, CoupledFilter.MinHashes, CoupledFilter.MaxHashes);
            int spanLog2 = 0;
            while (spanLog2 < CoupledFilter.MaxSpanLog2 && hashes << (spanLog2 + 1) <= cells)
                spanLog2++;
            CoupledShape shape = new(cellBits, hashes, spanLog2, 0, groups, 1);
            for (int attempt = 0; attempt < (keys < 1000 ? 24 : 8); attempt++)
            {
                attempts++;
                uint[] entries = [0, cells];
                ulong tried = seed + (ulong)attempt;
                CoupledSolver solver = new(shape, ids, 0, groups, entries, cells, tried, 0);
                if (solver.TrySolve() is { } planes)
                    return new BuiltFilter(shape, [new BuiltPiece(cells, tried, entries, planes)], keys, attempts);
            }
        }
    }

    private static BuiltFilter BuildLarge(byte[] ids, int width, int cellBits, ulong seed, long[] before)
    {
        long groups = before.Length - 1;
        long keys = before[groups];
        int attempts = 0;
        long block = long.MaxValue;
        // One more try over millions of keys costs more time than the coarsest directory saves bytes.
        for (int round = keys > PieceKeys ? 1 : 0; ; round++)
        {
            // An uneven layer may need a fine directory, an even one does without, and only trying tells; a failure shows early,
            // where the keys crowd first.
            double room = Room + MoreRoom * Math.Max(0, round - Tolerances.Length + 1);
            double tolerance = Tolerances[Math.Min(round, Tolerances.Length - 1)];
            long finer = BlockGroups(before, width, tolerance * (1 << CoupledKernels.FastSpanLog2));
            if (finer == block && round < Tolerances.Length)
                continue;
            block = finer;
            long blocks = (groups + block - 1) / block;
            long pieceBlocks = PieceBlocks(before, block);
            long pieceGroups = pieceBlocks * block;
            int pieces = (int)((blocks + pieceBlocks - 1) / pieceBlocks);
            uint[] cells = new uint[pieces];
            for (int i = 0; i < pieces; i++)
                cells[i] = PieceCells(before[Math.Min(groups, (i + 1) * pieceGroups)] - before[i * pieceGroups], room);
            int entryBytes = blocks == 1 ? 0 : cells.Max() <= ushort.MaxValue ? 2 : 3;
            CoupledShape shape = new(cellBits, CoupledKernels.FastHashes, CoupledKernels.FastSpanLog2, entryBytes, block, pieceBlocks);

            BuiltPiece?[] built = new BuiltPiece?[pieces];
            ulong firstSeed = seed + (ulong)(round * Seeds);
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, state) =>
            {
                long first = i * pieceGroups;
                long end = Math.Min(groups, first + pieceGroups);
                uint[] entries = Entries(before, first, end, block, cells[i]);
                for (ulong tried = firstSeed; built[i] is null && tried < firstSeed + Seeds; tried++)
                {
                    Interlocked.Increment(ref attempts);
                    CoupledSolver solver = new(shape, ids, first, end, entries, cells[i], tried, (uint)i);
                    if (solver.TrySolve() is { } planes)
                        built[i] = new BuiltPiece(cells[i], tried, entries, planes);
                }
                if (built[i] is null)
                    state.Stop();
            });
            if (!built.Contains(null))
                return new BuiltFilter(shape, built!, keys, attempts);
        }
    }

    private static uint PieceCells(long keys, double room) =>
        (uint)Math.Max((long)Math.Ceiling(keys * room), CoupledKernels.FastHashes << CoupledKernels.FastSpanLog2);

    /// <summary>The coarsest blocks within which no key strays further. They are aligned with rows where groups are.</summary>
    private static long BlockGroups(long[] before, int width, double tolerance)
    {
        long groups = before.Length - 1;
        long block = width % GroupSize == 0 ? width / GroupSize : 1;
        while (block < groups)
            block *= 2;
        while (block > 1 && Stray(before, block) >= tolerance)
            block /= 2;
        return block;
    }

    private static double Stray(long[] before, long block)
    {
        long groups = before.Length - 1;
        double worst = 0;
        for (long first = 0; first < groups; first += block)
        {
            long length = Math.Min(block, groups - first);
            double slope = (double)(before[first + length] - before[first]) / length;
            for (long r = 1; r < length; r++)
                worst = Math.Max(worst, Math.Abs(before[first + r] - before[first] - slope * r));
        }
        return worst;
    }

    /// <summary>Blocks of a piece, so that no piece has many more keys than it should.</summary>
    private static long PieceBlocks(long[] before, long block)
    {
        long groups = before.Length - 1;
        long blocks = (groups + block - 1) / block;
        for (long pieces = (before[groups] + PieceKeys - 1) / PieceKeys; ; pieces++)
        {
            long size = Math.Max(1, (blocks + pieces - 1) / pieces);
            long most = 0;
            for (long b = 0; b < blocks; b += size)
                most = Math.Max(most, before[Math.Min(groups, (b + size) * block)] - before[b * block]);
            if (most <= PieceKeys + PieceKeys / 4 || size == 1)
                return size;
        }
    }

    /// <summary>The cell where each block of a piece begins, and behind them the end of the ring.</summary>
    private static uint[] Entries(long[] before, long first, long end, long block, uint cells)
    {
        long blocks = (end - first + block - 1) / block;
        long keys = before[end] - before[first];
        uint[] entries = new uint[blocks + 1];
        for (long b = 0; b < blocks && keys > 0; b++)
            entries[b] = (uint)((before[first + b * block] - before[first]) * cells / keys);
        entries[blocks] = cells;
        return entries;
    }
}
