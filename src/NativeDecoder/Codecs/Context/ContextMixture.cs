using System.Numerics;
using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The weights one by one: whether it is background, and if not its sign, and its magnitude in the order of the values. Each
/// decision is mixed from what row, column and neighbours have been so far.
/// </summary>
internal unsafe struct ContextMixture
{
    // Magnitudes up to this are coded in unary, larger alphabets by the length of the number and then its bits.
    public const int MaxUnary = 9;

    // Sets of weights, by how many near neighbours are non-zero.
    private const int WeightSets = 5;

    /// <summary>Where the counters of each context lie, position's first.</summary>
    private static class Position
    {
        public const int Order0 = 0;
        public const int Fill = Order0 + 1;
        public const int NearFar = Fill + 64;
        public const int Pattern = NearFar + 64;
        public const int Sum = Pattern + 64;
        public const int Signs = Sum + 32;
        public const int History = Signs + 81;
        public const int NearRow = History + 8;
        public const int End = NearRow + 40;
    }

    private static class Sign
    {
        public const int Order0 = Position.End;
        public const int Signs = Order0 + 1;
        public const int Balance = Signs + 81;
        public const int Last = Balance + 91;
        public const int End = Last + 9;
    }

    /// <summary>A kind is a step of the unary code of one sign; each context has as many of each of its values.</summary>
    private static class Magnitude
    {
        public const int Kinds = 2 * MaxUnary;
        public const int Order0 = Sign.End;
        public const int Fill = Order0 + Kinds;
        public const int West = Fill + 64 * Kinds;
        public const int North = West + 8 * Kinds;
        public const int Largest = North + 8 * Kinds;
        public const int Sum = Largest + 16 * Kinds;
        public const int Near = Sum + 16 * Kinds;
        public const int Far = Near + 8 * Kinds;
        public const int LastOfColumn = Far + 16 * Kinds;
        public const int LastOfRow = LastOfColumn + 8 * Kinds;
        public const int Bits = LastOfRow + 8 * Kinds;
        public const int End = Bits + 2 * 256;
    }

    /// <summary>What a row has been so far.</summary>
    private struct RowState
    {
        public uint Visited;
        public uint Count;
        public uint Negatives;
        public int Last;
    }

    /// <summary>How full row and column are, in eight classes about the average.</summary>
    private struct FillClasses
    {
        public int Row;
        public int Column;

        public readonly int Both => Row * 8 + Column;
    }

    private Mixer _position;
    private Mixer _sign;
    private Mixer _magnitude;
    private ContextColumns _columns;
    private ContextNeighbours _near;
    private uint* _counters;
    private int* _weights;
    private ushort* _rates;
    private int _below;
    private int _above;
    private bool _isImage;
    private bool _isFull;
    private bool _isWide;

    public void LayOut(ref BlockLayout block, in ContextHeader header)
    {
        _isImage = header.Period > 0;
        _isFull = header.Mode == ContextMode.MixedFull;
        _columns.LayOut(ref block, header.Columns, header.Period);
        _near.LayOut(ref block, header.Period);
        _counters = block.Take<uint>(Magnitude.End);
        _weights = block.Take<int>(3 * (ulong)Mixer.WeightCount(WeightSets));
    }

    /// <param name="density">The share of weights that are not background, in 65536ths, to begin with.</param>
    public void Reset(LogisticTables* tables, ushort* rates, int clusters, int below, BitMask columnMask, uint density)
    {
        _rates = rates;
        _below = below;
        _above = clusters - below;
        _isWide = Math.Max(_below, _above) > MaxUnary;
        int* weights = _weights;
        _position.Reset(tables, rates, weights, WeightSets,
            _isImage ? ContextTuning.Position : ContextTuning.PlainPosition, ContextTuning.PositionRates);
        weights += Mixer.WeightCount(WeightSets);
        _sign.Reset(tables, rates, weights, WeightSets, _isImage ? ContextTuning.Sign : ContextTuning.PlainSign,
            ContextTuning.SignRates);
        weights += Mixer.WeightCount(WeightSets);
        _magnitude.Reset(tables, rates, weights, WeightSets,
            _isImage ? ContextTuning.Magnitude : ContextTuning.PlainMagnitude, ContextTuning.MagnitudeRates);

        new Span<uint>(_counters, Magnitude.End).Clear();
        _counters[Position.Order0] = ContextCounter.Start(density);
        _counters[Sign.Order0] = ContextCounter.Start(32768);
        for (int kind = 0; kind < Magnitude.Kinds; kind++)
        {
            int largest = (kind & 1) != 0 ? _below : _above;
            int larger = _isWide ? 4 : Math.Clamp(largest - 1 - (kind >> 1), 0, 4);
            _counters[Magnitude.Order0 + kind] = ContextCounter.Start(ContextTuning.MagnitudeStart[larger]);
        }
        new Span<uint>(_counters + Magnitude.Bits, 2 * 256).Fill(ContextCounter.Start(32768));
        _columns.Reset(columnMask);
        _near.Reset();
    }

    /// <summary>Codes a row; returns how many weights are not background.</summary>
    public ulong CodeRow<TCoder, TOutput>(ref TCoder coder, ref TOutput output, ulong columns, BitMask columnMask, byte* source)
        where TCoder : struct, IBinaryCoder where TOutput : struct, IWeightOutput
    {
        _near.BeginRow(columns);
        RowState row = default;
        for (ulong c = 0; c < columns; c++)
        {
            if (!columnMask[c])
            {
                _near.Set(c, 0);
                continue;
            }
            int level = source != null ? Level(source[c]) : 0;
            _near.LookAround(c);
            ContextColumn* column = _columns[c];
            uint bit = CodePosition(ref coder, level != 0 ? 1u : 0, c, column, row, out FillClasses fill);
            row.Visited++;
            column->History = (byte)(column->History << 1 | (int)bit);
            if (bit == 0)
            {
                _near.Set(c, 0);
                continue;
            }

            bool isNegative = _below > 0
                && (_above == 0 || CodeSign(ref coder, level < 0 ? 1u : 0, c, column, row) != 0);
            int magnitude = CodeMagnitude(ref coder, Math.Abs(level), isNegative, column, row, fill);
            output.Write(c, isNegative ? _below + 1 - magnitude : _below + magnitude);
            level = isNegative ? -magnitude : magnitude;
            _near.Set(c, level);
            _columns.Add(c, level);
            row.Count++;
            row.Negatives += isNegative ? 1u : 0;
            row.Last = level;
        }
        _columns.EndRow();
        return row.Count;
    }

    private uint CodePosition<TCoder>(ref TCoder coder, uint bit, ulong c, ContextColumn* column, in RowState row,
        out FillClasses fill) where TCoder : struct, IBinaryCoder
    {
        uint* counters = _counters;
        _position.Begin(counters + Position.Order0);
        int rowFill = _position.AddRatio(row.Count, row.Visited, ContextTuning.RowWeight);
        int columnFill = _position.AddRatio(column->Count, _columns.Visited(c), ContextTuning.ColumnWeight);
        if (_isImage)
        {
            int near = _position.AddRatio(column->Near, _columns.VisitedNear(*column), ContextTuning.NearWeight);
            int far = _position.AddRatio(column->Far, _columns.VisitedFar(*column), ContextTuning.FarWeight);
            columnFill = (2 * (columnFill + near) + far) / 4;
        }
        fill = new FillClasses { Row = FillClass(rowFill), Column = FillClass(columnFill) };
        _position.AddCounter(counters + Position.Fill + fill.Both);
        if (_isImage)
        {
            _position.AddCounter(counters + Position.NearFar + _near.Near * 12 + _near.Far);
            if (_isFull)
            {
                _position.AddCounter(counters + Position.Pattern + _near.Pattern);
                _position.AddCounter(counters + Position.Sum + Math.Min(Sum(), 31));
                _position.AddCounter(counters + Position.Signs + _near.Signs);
            }
        }
        else
        {
            _position.AddCounter(counters + Position.NearFar + _near.LinePattern);
        }
        if (_isFull)
        {
            _position.AddCounter(counters + Position.History + (column->History & 7));
            _position.AddCounter(counters + Position.NearRow + _near.Near * 8 + fill.Row);
        }
        return _position.Code(ref coder, bit, _near.Near);
    }

    private uint CodeSign<TCoder>(ref TCoder coder, uint bit, ulong c, ContextColumn* column, in RowState row)
        where TCoder : struct, IBinaryCoder
    {
        uint* counters = _counters;
        _sign.Begin(counters + Sign.Order0);
        _sign.AddCounter(counters + Sign.Last + ContextNeighbours.Sign(column->Last) * 3 + ContextNeighbours.Sign(row.Last));
        if (_isImage)
        {
            int balance = _near.Balance;
            int limit = _near.BalanceLimit;
            _sign.AddCounter(counters + Sign.Signs + _near.Signs);
            _sign.AddRatio((uint)(limit - balance) / 2, (uint)limit, ContextTuning.SignNearWeight);
            if (_isFull)
            {
                int near = Math.Clamp(balance, -6, 6) + 6;
                int far = Math.Clamp(_near.FarBalance(c), -3, 3) + 3;
                _sign.AddCounter(counters + Sign.Balance + near * 7 + far);
                (uint count, uint negatives) = _columns.Ring(c);
                _sign.AddRatio(negatives, count, ContextTuning.SignRingWeight);
            }
        }
        else
        {
            _sign.AddCounter(counters + Sign.Signs + _near.LineSigns);
        }
        if (_isFull)
        {
            _sign.AddRatio(row.Negatives, row.Count, ContextTuning.SignRowWeight);
            _sign.AddRatio(column->Negatives, column->Count, ContextTuning.SignColumnWeight);
        }
        return _sign.Code(ref coder, bit, _near.Near);
    }

    /// <summary>In unary, or the length of the number in unary and its bits after the first.</summary>
    private int CodeMagnitude<TCoder>(ref TCoder coder, int magnitude, bool isNegative, ContextColumn* column, in RowState row,
        in FillClasses fill) where TCoder : struct, IBinaryCoder
    {
        int largest = isNegative ? _below : _above;
        int last = Class(largest);
        int known = Class(magnitude);
        int side = isNegative ? 1 : 0;
        int step = 1;
        while (step < last
            && CodeStep(ref coder, known > step ? 1u : 0, 2 * (step - 1) + side, isNegative, column, row, fill) != 0)
            step++;
        if (!_isWide)
            return step;

        uint* counters = _counters + Magnitude.Bits + (isNegative ? 256 : 0);
        int prefix = 1;
        for (int i = step - 2; i >= 0; i--)
        {
            uint* counter = counters + prefix;
            uint bit = coder.Code((uint)(magnitude >> i) & 1, Math.Clamp(*counter >> 16, 32, 65536 - 32));
            ContextCounter.Update(counter, bit, 1, ContextCounter.MaxLimit, _rates);
            prefix = prefix << 1 | (int)bit;
        }
        // No encoder writes more than the largest.
        return Math.Min(prefix, largest);
    }

    /// <summary>Whether the magnitude's class is larger than that of this kind.</summary>
    private uint CodeStep<TCoder>(ref TCoder coder, uint bit, int kind, bool isNegative, ContextColumn* column, in RowState row,
        in FillClasses fill) where TCoder : struct, IBinaryCoder
    {
        uint* counters = _counters;
        _magnitude.Begin(counters + Magnitude.Order0 + kind);
        _magnitude.AddCounter(counters + Magnitude.Fill + kind * 64 + fill.Both);
        _magnitude.AddCounter(counters + Magnitude.West + kind * 8 + Alike(_near.West, isNegative));
        if (_isImage)
        {
            _magnitude.AddCounter(counters + Magnitude.North + kind * 8 + Alike(_near.North, isNegative));
            _magnitude.AddCounter(counters + Magnitude.Largest + kind * 16 + Math.Min(LargestClass(), 7));
            if (_isFull)
            {
                _magnitude.AddCounter(counters + Magnitude.Sum + kind * 16 + Math.Min(Sum(), 15));
                _magnitude.AddCounter(counters + Magnitude.Near + kind * 8 + _near.Near);
                _magnitude.AddCounter(counters + Magnitude.Far + kind * 16 + _near.Far);
            }
        }
        if (_isFull)
        {
            _magnitude.AddCounter(counters + Magnitude.LastOfColumn + kind * 8 + Alike(column->Last, isNegative));
            _magnitude.AddCounter(counters + Magnitude.LastOfRow + kind * 8 + Alike(row.Last, isNegative));
        }
        return _magnitude.Code(ref coder, bit, _near.Near);
    }

    /// <summary>A value's place from the background: ids below it are negative, in the order of their values.</summary>
    private readonly int Level(int symbol) => symbol == 0 ? 0 : symbol <= _below ? symbol - _below - 1 : symbol - _below;

    private readonly int Class(int level)
    {
        int magnitude = Math.Abs(level);
        return _isWide ? 32 - BitOperations.LeadingZeroCount((uint)magnitude) : magnitude;
    }

    /// <summary>A level's class if it has the sign, 7 if it has the other one.</summary>
    private readonly int Alike(int level, bool isNegative) =>
        level == 0 ? 0 : level < 0 == isNegative ? Math.Min(Class(level), 6) : 7;

    private readonly int Sum() => Class(_near.West) + Class(_near.North) + Class(_near.NorthWest) + Class(_near.NorthEast);

    private readonly int LargestClass() => Math.Max(Math.Max(Class(_near.West), Class(_near.North)),
        Math.Max(Class(_near.NorthWest), Class(_near.NorthEast)));

    private static int FillClass(int distance) =>
        Math.Clamp((distance + 4 * ContextTuning.FillStep) / ContextTuning.FillStep, 0, 7);
}
