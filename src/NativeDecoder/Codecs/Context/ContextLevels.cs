using System.Numerics;
using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The weights of a large alphabet one by one, at the cost of one symbol and a few plain bits each: how far the level lies from
/// what is expected, in classes of eight exact ones and then four an octave, by an alphabet for each scale of row and column.
/// </summary>
internal unsafe struct ContextLevels
{
    private const ulong MaxStates = 1 << 14;

    // Classes: 0..7, and from there on four an octave.
    private const int Exact = 8;
    private const int OctaveBits = 2;

    /// <summary>A column, or in a very wide matrix a run of columns that share it.</summary>
    private struct Column
    {
        public uint Mean;
        public int Above;
    }

    private ContextPredictor _predictor;
    private Column* _columns;
    private SmallAlphabet* _alphabets;
    private ushort* _rates;
    private ulong _states;
    private int _shift;
    private int _below;
    private int _above;
    private uint _average;
    private bool _isPredicted;

    public void LayOut(ref BlockLayout block, in ContextHeader header)
    {
        _isPredicted = header.Mode == ContextMode.PredictedLevels;
        _shift = 0;
        while ((header.Columns - 1) >> _shift >= MaxStates)
            _shift++;
        _states = ((header.Columns - 1) >> _shift) + 1;
        _columns = block.Take<Column>(_states);
        _alphabets = block.Take<SmallAlphabet>(ContextScale.Classes);
        _predictor.LayOut(ref block, header.Period);
    }

    public void Reset(ushort* rates, int clusters, int below)
    {
        _rates = rates;
        _below = below;
        _above = clusters - below;
        _average = ContextScale.Initial;
        new Span<Column>(_columns, (int)_states).Clear();
        int largest = _isPredicted ? clusters : Math.Max(_below, _above);
        for (int i = 0; i < ContextScale.Classes; i++)
            _alphabets[i].Reset(Class(largest) + 1);
        _predictor.Reset();
    }

    /// <summary>Codes a row; returns how many weights are not background.</summary>
    public ulong CodeRow<TCoder, TOutput>(ref TCoder coder, ref TOutput output, ulong columns, BitMask columnMask, byte* source)
        where TCoder : struct, IBinaryCoder where TOutput : struct, IWeightOutput
    {
        // In registers.
        TCoder local = coder;
        ushort* rates = _rates;
        uint row = ContextScale.Start(_average);
        int averageLog = ContextScale.Log(_average);
        ulong count = 0;
        if (_isPredicted)
            _predictor.BeginRow(columns);
        for (ulong c = 0; c < columns && !local.RanOver; c++)
        {
            if (!columnMask[c])
            {
                _predictor.Set(c, 0);
                continue;
            }
            Column* column = _columns + (c >> _shift);
            if (ContextCounter.IsNew(column->Mean))
                column->Mean = ContextScale.Start(_average);
            int scale = ContextScale.Class(ContextScale.Log(row) + ContextScale.Log(column->Mean) - averageLog);
            int level = source != null ? Level(source[c]) : 0;
            int distance;
            if (_isPredicted)
            {
                int expected = Within(_predictor.Predict(c, column->Above, out ContextPredictor.Inputs inputs), -_below, _above);
                distance = CodeDistance(ref local, level - expected, expected, _alphabets + scale);
                level = expected + distance;
                _predictor.Learn(inputs, distance);
                _predictor.Set(c, level);
                column->Above = level;
            }
            else
            {
                level = distance = CodeDistance(ref local, level, 0, _alphabets + scale);
            }
            int magnitude = Math.Abs(distance);
            row = ContextScale.SeenInRow(row, magnitude, rates);
            column->Mean = ContextScale.SeenInColumn(column->Mean, magnitude, rates);
            if (level != 0)
            {
                output.Write(c, level < 0 ? level + _below + 1 : level + _below);
                count++;
            }
        }
        _average = ContextScale.SeenRow(_average, row, rates);
        coder = local;
        return count;
    }

    /// <summary>Codes how far a level lies from the one expected; what no level is becomes the nearest that is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int CodeDistance<TCoder>(ref TCoder coder, int distance, int expected, SmallAlphabet* alphabet)
        where TCoder : struct, IBinaryCoder
    {
        uint magnitude = (uint)Math.Abs(distance);
        uint sign = distance < 0 ? 1u : 0;
        int known = Class((int)magnitude);
        int symbol = alphabet->Code(ref coder, known);
        int bits = Math.Max((symbol >> OctaveBits) - 1, 0);
        uint first = symbol < Exact ? (uint)symbol : (uint)((symbol & 3) + 4) << bits;

        // The bits below, and the sign where there are levels on both sides.
        int least = -_below - expected;
        int most = _above - expected;
        int signBits = symbol != 0 && least < 0 && most > 0 ? 1 : 0;
        uint rest = 0;
        if (bits + signBits > 0)
        {
            rest = coder.Slot(magnitude - first << signBits | sign & (uint)signBits, bits + signBits);
            coder.Narrow(rest, 1, bits + signBits);
        }
        bool isNegative = signBits != 0 ? (rest & 1) != 0 : most == 0;
        int result = (int)(first + (rest >> signBits));
        return Within(isNegative ? -result : result, least, most);
    }

    private static int Class(int magnitude)
    {
        if (magnitude < Exact)
            return magnitude;
        int shift = BitOperations.Log2((uint)magnitude) - OctaveBits;
        return (shift << OctaveBits) + (magnitude >> shift);
    }

    /// <summary>A value's place from the background.</summary>
    private readonly int Level(int symbol) => symbol == 0 ? 0 : symbol <= _below ? symbol - _below - 1 : symbol - _below;

    // Math.Clamp can throw, and the native library has nothing to throw with.
    private static int Within(int level, int least, int most) => Math.Max(least, Math.Min(level, most));
}
