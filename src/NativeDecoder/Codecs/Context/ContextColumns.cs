using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>What a column's weights have been so far.</summary>
internal struct ContextColumn
{
    public uint Count;
    public uint Negatives;

    /// <summary>
    /// Non-zeros so far of the neighbours in the input image: the eight around, of which the direct four count twice, and the
    /// ring about those.
    /// </summary>
    public uint Near;
    public uint Far;

    /// <summary>How many alive neighbours could have been one in each row, and how many of them come earlier in a row.</summary>
    public byte NearAll;
    public byte FarAll;
    public byte NearPast;
    public byte FarPast;

    /// <summary>The signed level of the last non-zero; 0 for none.</summary>
    public short Last;

    /// <summary>Whether the last eight weights were non-zero, the last one lowest.</summary>
    public byte History;
}

/// <summary>The columns of a matrix, or, of a very wide one, runs of columns that share a state.</summary>
internal unsafe struct ContextColumns
{
    private const ulong MaxStates = 1 << 14;

    // Counts are halved when rows reach this, so that they follow a layer that changes.
    private const uint MaxRows = 1 << 16;

    private ContextColumn* _states;
    private ulong _columns;
    private int _shift;
    private int _period;
    private uint _rowsSeen;

    public void LayOut(ref BlockLayout block, ulong columns, int period)
    {
        _columns = columns;
        _shift = 0;
        while ((columns - 1) >> _shift >= MaxStates)
            _shift++;
        // Runs of columns have no neighbours.
        _period = _shift == 0 ? period : 0;
        _states = block.Take<ContextColumn>(States);
    }

    public void Reset(BitMask columnMask)
    {
        new Span<ContextColumn>(_states, (int)States).Clear();
        _rowsSeen = 0;
        if (_period == 0)
            return;
        for (ulong c = 0; c < _columns; c++)
        {
            if (columnMask[c])
                AnnounceAlive(c);
        }
    }

    public readonly ContextColumn* this[ulong column]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _states + (column >> _shift);
    }

    /// <summary>Weights of this column, or run of columns, that lie before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Visited(ulong column) => (_rowsSeen << _shift) + (uint)(column & ((1ul << _shift) - 1));

    /// <summary>Weights before this one of the alive neighbours, near and far.</summary>
    public readonly uint VisitedNear(in ContextColumn column) => _rowsSeen * column.NearAll + column.NearPast;

    public readonly uint VisitedFar(in ContextColumn column) => _rowsSeen * column.FarAll + column.FarPast;

    /// <summary>Non-zeros and negative ones of the four direct neighbours.</summary>
    public readonly (uint Count, uint Negatives) Ring(ulong column)
    {
        if (_period == 0)
            return (0, 0);
        uint count = 0;
        uint negatives = 0;
        ReadOnlySpan<int> steps = [-_period, -1, 1, _period];
        foreach (int step in steps)
        {
            ulong at = column + (ulong)step;
            if (at >= _columns)
                continue;
            count += _states[at].Count;
            negatives += _states[at].Negatives;
        }
        return (count, negatives);
    }

    public readonly void Add(ulong column, int level)
    {
        ContextColumn* state = this[column];
        state->Count++;
        state->Negatives += level < 0 ? 1u : 0;
        state->Last = (short)level;
        if (_period > 0)
            AddToNeighbours(column);
    }

    public void EndRow()
    {
        if (++_rowsSeen << _shift < MaxRows)
            return;
        _rowsSeen >>= 1;
        for (ulong i = 0; i < States; i++)
        {
            ContextColumn* state = _states + i;
            state->Count >>= 1;
            state->Negatives >>= 1;
            state->Near >>= 1;
            state->Far >>= 1;
        }
    }

    private readonly ulong States => ((_columns - 1) >> _shift) + 1;

    private readonly void AddToNeighbours(ulong column)
    {
        for (int dy = -2; dy <= 2; dy++)
        {
            for (int dx = -2; dx <= 2; dx++)
            {
                ulong at = column + (ulong)(dy * _period + dx);
                int distance = dx * dx + dy * dy;
                if (distance == 0 || at >= _columns)
                    continue;
                if (distance <= 2)
                    _states[at].Near += (uint)(3 - distance);
                else
                    _states[at].Far++;
            }
        }
    }

    private readonly void AnnounceAlive(ulong column)
    {
        for (int dy = -2; dy <= 2; dy++)
        {
            for (int dx = -2; dx <= 2; dx++)
            {
                ulong at = column + (ulong)(dy * _period + dx);
                int distance = dx * dx + dy * dy;
                if (distance == 0 || at >= _columns)
                    continue;
                ContextColumn* state = _states + at;
                bool isPast = at > column;
                if (distance <= 2)
                {
                    state->NearAll += (byte)(3 - distance);
                    state->NearPast += (byte)(isPast ? 3 - distance : 0);
                }
                else
                {
                    state->FarAll++;
                    state->FarPast += (byte)(isPast ? 1 : 0);
                }
            }
        }
    }
}
