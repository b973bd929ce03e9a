using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weightless.Encoder.Synthesis;
using Weightless.NativeDecoder.Codecs.Coupled;

namespace Weightless.Encoder.Codecs.Coupled;

/// <summary>
/// Finds the cells of a piece: each key is an equation over GF(2), the XOR of its cells being its centroid's number and the
/// group's mask.
/// </summary>
/// <remarks>
/// Keys come in the order of y and reach no further than a window, so the matrix is a band; eliminating a row by earlier ones
/// keeps it within its own window. The ring closes over the border, its first cells: they count as the last columns, and a row
/// carries its bits for them beside its band. A ring no larger than some borders is all border, which makes this the dense method.
/// </remarks>
/// <param name="first">The piece's first group of the sequence <paramref name="ids"/>; <paramref name="end"/> is behind its last.</param>
/// <param name="entries">The cell where each block begins, and the end of the ring.</param>
internal sealed unsafe class CoupledSolver(CoupledShape shape, byte[] ids, long first, long end, uint[] entries, uint cells, ulong seed,
    uint piece)
{
    private const int GroupSize = CoupledFilter.GroupSize;
    private const int WordBits = 64;

    // A vector of words.
    private const int LaneWords = 4;

    // A ring of fewer windows than this is all border.
    private const int DenseWindows = 8;

    // The pivot row of a column, if it is taken: its band from the column's word on, then its border.
    private ulong* _pivots;
    private readonly ushort[] _values = new ushort[cells];
    private readonly bool[] _isTaken = new bool[cells];
    private int _border;
    private int _bandWords;
    private int _borderWords;

    /// <summary>The cells as a plane for each bit; null if the equations contradict each other.</summary>
    public ulong[][]? TrySolve()
    {
        int reach = (shape.Hashes << shape.SpanLog2) + GroupSize;
        bool isDense = cells <= DenseWindows * reach;
        _border = isDense ? (int)cells : reach;
        _bandWords = isDense ? 0 : RoundUp((reach + 2 * WordBits - 2) / WordBits);
        _borderWords = RoundUp((_border + WordBits - 1) / WordBits);
        _pivots = (ulong*)NativeMemory.AlignedAlloc(cells * (nuint)(_bandWords + _borderWords) * sizeof(ulong), 64);
        ulong* row = (ulong*)NativeMemory.AlignedAlloc((nuint)(2 * _bandWords + _borderWords) * sizeof(ulong), 64);
        try
        {
            return Eliminate(row) ? Substitute() : null;
        }
        finally
        {
            NativeMemory.AlignedFree(row);
            NativeMemory.AlignedFree(_pivots);
        }
    }

    private static int RoundUp(int words) => (words + LaneWords - 1) / LaneWords * LaneWords;

    private bool Eliminate(ulong* row)
    {
        uint* bases = stackalloc uint[CoupledFilter.MaxHashes];
        ulong counter = CoupledHash.Counter(seed, piece);
        ulong at = 0;
        ulong step = 0;
        for (long g = first; g < end; g++)
        {
            long local = g - first;
            if (local % shape.BlockGroups == 0)
            {
                long block = local / shape.BlockGroups;
                step = ((ulong)(entries[block + 1] - entries[block]) << 32) / (ulong)Math.Min(shape.BlockGroups, end - g);
                at = (ulong)entries[block] << 32;
            }
            uint y = (uint)(at >> 32);
            ulong hash = CoupledHash.Mix(counter);
            for (int j = 0; j < shape.Hashes; j++)
                bases[j] = y + CoupledHash.Base(hash, j, shape.SpanLog2);
            if (!EliminateGroup(g * GroupSize, y, hash, bases, row))
                return false;
            counter += CoupledHash.Golden;
            at += step;
        }
        return true;
    }

    private bool EliminateGroup(long start, uint y, ulong hash, uint* bases, ulong* row)
    {
        ulong* edge = row + 2 * _bandWords;
        uint word = y / WordBits;
        int symbols = (1 << shape.CellBits) - 1;
        int count = (int)Math.Min(GroupSize, ids.LongLength - start);
        for (int l = 0; l < count; l++)
        {
            byte id = ids[start + l];
            if (id == 0)
                continue;
            new Span<ulong>(row, 2 * _bandWords + _borderWords).Clear();
            for (int j = 0; j < shape.Hashes; j++)
            {
                uint cell = bases[j] + (uint)l;
                bool wraps = cell >= cells;
                cell %= cells;
                ulong bit = 1ul << (int)(cell % WordBits);
                if (wraps || cell < _border)
                    edge[cell / WordBits] ^= bit;
                else
                    row[cell / WordBits - word] ^= bit;
            }
            if (!Reduce(row, edge, word, (ushort)(id - 1 ^ (int)hash & symbols)))
                return false;
        }
        return true;
    }

    /// <summary>Clears the row's leading bits with the pivots there, and makes it the pivot of the first that has none.</summary>
    private bool Reduce(ulong* row, ulong* edge, uint word, ushort value)
    {
        nuint rowWords = (nuint)(_bandWords + _borderWords);
        for (int i = 0; i < _bandWords; i++)
        {
            ulong* band = row + i;
            while (*band != 0)
            {
                nuint column = (nuint)(word + (uint)i) * WordBits + (nuint)BitOperations.TrailingZeroCount(*band);
                ulong* pivot = _pivots + column * rowWords;
                if (!_isTaken[column])
                {
                    Copy(band, pivot, _bandWords);
                    Copy(edge, pivot + _bandWords, _borderWords);
                    _values[column] = value;
                    return _isTaken[column] = true;
                }
                Xor(pivot, band, _bandWords);
                Xor(pivot + _bandWords, edge, _borderWords);
                value ^= _values[column];
            }
        }
        for (int i = 0; i < _borderWords; i++)
        {
            while (edge[i] != 0)
            {
                nuint column = (nuint)i * WordBits + (nuint)BitOperations.TrailingZeroCount(edge[i]);
                ulong* pivot = _pivots + column * rowWords + _bandWords;
                if (!_isTaken[column])
                {
                    Copy(edge, pivot, _borderWords);
                    _values[column] = value;
                    return _isTaken[column] = true;
                }
                int from = i / LaneWords * LaneWords;
                Xor(pivot + from, edge + from, _borderWords - from);
                value ^= _values[column];
            }
        }
        // A row that the others imply is no loss if they agree on its value.
        return value == 0;
    }

    /// <summary>Cells that are no pivot are random: with zeros there, a weight that is no key would see the mask alone.</summary>
    private ulong[][] Substitute()
    {
        int words = (int)(cells / WordBits) + 2 + _bandWords + _borderWords;
        ulong[][] planes = new ulong[shape.CellBits][];
        SplitMix64 random = new(CoupledHash.Counter(~seed, piece));
        for (int b = 0; b < planes.Length; b++)
        {
            planes[b] = new ulong[words];
            foreach (ref ulong word in planes[b].AsSpan())
                word = random.Next();
        }
        for (int column = _border - 1; column >= 0; column--)
        {
            if (_isTaken[column])
                Set(planes, (uint)column, 0, 0);
        }
        for (uint column = cells; column-- > _border;)
        {
            if (_isTaken[column])
                Set(planes, column, column / WordBits, _bandWords);
        }
        return planes;
    }

    private void Set(ulong[][] planes, uint column, uint word, int bandWords)
    {
        ulong* pivot = _pivots + column * (nuint)(_bandWords + _borderWords);
        for (int b = 0; b < planes.Length; b++)
        {
            fixed (ulong* plane = planes[b])
            {
                ulong sum = And(pivot, plane + word, bandWords) ^ And(pivot + _bandWords, plane, _borderWords);
                ulong flip = (ulong)(BitOperations.PopCount(sum) ^ _values[column] >> b) & 1;
                plane[column / WordBits] ^= flip << (int)(column % WordBits);
            }
        }
    }

    private static void Copy(ulong* from, ulong* to, int words) => Buffer.MemoryCopy(from, to, words * 8, words * 8);

    private static void Xor(ulong* from, ulong* to, int words)
    {
        for (int i = 0; i < words; i += LaneWords)
            Vector256.Store(Vector256.Load(to + i) ^ Vector256.Load(from + i), to + i);
    }

    private static ulong And(ulong* a, ulong* b, int words)
    {
        Vector256<ulong> sum = default;
        for (int i = 0; i < words; i += LaneWords)
            sum ^= Vector256.Load(a + i) & Vector256.Load(b + i);
        return sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
    }
}
