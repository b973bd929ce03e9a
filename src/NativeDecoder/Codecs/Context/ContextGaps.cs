using System.Numerics;
using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The weights as distances: how many alive background weights lie before the next other one, and its id. Distances run on
/// from row to row, so that a sparse layer costs nothing where it is empty.
/// </summary>
internal unsafe struct ContextGaps
{
    // Gaps below this are their own class; above, every octave has eight.
    private const int Exact = 16;
    private const int ExactBits = 4;

    // Bits of a gap that are coded in one step.
    private const int MaxUniformBits = 12;

    /// <summary>What is encoded: a row, with all rows behind it.</summary>
    public readonly struct Source(byte* row, ulong columns, ulong rowIndex, ulong rows, BitMask rowMask)
    {
        public bool IsKnown => row != null;

        public byte* Row => row;

        public ulong Columns => columns;

        public ulong RowIndex => rowIndex;

        public ulong Rows => rows;

        public bool IsAlive(ulong index) => rowMask[index];
    }

    private AdaptiveAlphabet _gaps;
    private AdaptiveAlphabet _ids;
    private ulong _aliveColumns;

    // There is nothing to choose: every alive weight is the same, and none takes input.
    private bool _isForced;

    // The alive columns' indexes; null where all are alive.
    private ushort* _alive;

    // Alive weights from the row's start to the next that is coded.
    private ulong _pending;
    private bool _isPendingKnown;

    public void Reset(int gapClasses, int clusters, ushort* alive, ulong aliveColumns)
    {
        _gaps.Reset(gapClasses);
        _ids.Reset(clusters);
        _alive = alive;
        _aliveColumns = aliveColumns;
        _isForced = gapClasses == 1 && clusters == 1;
        _pending = 0;
        _isPendingKnown = false;
    }

    /// <summary>The class of a gap below 2^33.</summary>
    public static int Class(ulong gap)
    {
        if (gap < Exact)
            return (int)gap;
        int exponent = BitOperations.Log2(gap);
        return Exact + (exponent - ExactBits) * 8 + (int)(gap >> (exponent - 3) & 7);
    }

    /// <summary>Codes a row; returns how many weights are not background.</summary>
    public ulong CodeRow<TCoder, TOutput>(ref TCoder coder, ref TOutput output, in Source source)
        where TCoder : struct, IBinaryCoder where TOutput : struct, IWeightOutput
    {
        // In registers.
        TCoder local = coder;
        if (!_isPendingKnown)
        {
            _pending = CodeGap(ref local, source.IsKnown ? GapFrom(source, 0) : 0);
            _isPendingKnown = true;
        }
        ulong count = 0;
        ulong end = _aliveColumns;
        ulong at = _pending;
        while (at < end && !local.RanOver)
        {
            ulong column = _alive != null ? _alive[at] : at;
            int id = _ids.Code(ref local, source.IsKnown ? source.Row[column] - 1 : 0) + 1;
            output.Write(column, id);
            count++;
            at += 1 + CodeGap(ref local, source.IsKnown ? GapFrom(source, at + 1) : 0);
        }
        _pending = at - end;
        coder = local;
        return count;
    }

    /// <summary>Whether a row costs no input, and does not change what comes behind it.</summary>
    public readonly bool IsForced => _isForced;

    /// <summary>Steps over rows that hold nothing; returns how many, at most <paramref name="rows"/>.</summary>
    public ulong SkipEmpty(ulong rows)
    {
        if (!_isPendingKnown)
            return 0;
        ulong empty = Math.Min(_pending / _aliveColumns, rows);
        _pending -= empty * _aliveColumns;
        return empty;
    }

    /// <summary>
    /// Alive background weights from alive column <paramref name="at"/> of the row on, to the next other one or the end.
    /// </summary>
    public readonly ulong GapFrom(in Source source, ulong at)
    {
        ulong gap = 0;
        byte* weights = source.Row;
        for (ulong row = source.RowIndex; row < source.Rows; row++, weights += source.Columns, at = 0)
        {
            for (; at < _aliveColumns && source.IsAlive(row); at++, gap++)
            {
                if (weights[_alive != null ? _alive[at] : at] != 0)
                    return gap;
            }
        }
        return gap;
    }

    private ulong CodeGap<TCoder>(ref TCoder coder, ulong gap) where TCoder : struct, IBinaryCoder
    {
        int symbol = _gaps.Code(ref coder, Class(gap));
        if (symbol < Exact)
            return (ulong)symbol;
        int bits = (symbol - Exact >> 3) + 1;
        ulong result = (ulong)(8 + (symbol & 7)) << bits;
        while (bits > 0)
        {
            int take = Math.Min(bits, MaxUniformBits);
            bits -= take;
            uint known = (uint)(gap >> bits) & (1u << take) - 1;
            uint part = coder.Slot(known, take);
            coder.Narrow(part, 1, take);
            result |= (ulong)part << bits;
        }
        return result;
    }
}
