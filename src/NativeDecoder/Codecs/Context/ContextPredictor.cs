using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// Predicts a level from eight that came before, those about it in its row and the one above, by normalised least mean
/// squares (Widrow and Hoff 1960; Nagumo and Noda 1967). What is smooth, such as kernels along time or the basis of a Fourier
/// transform, leaves little to code.
/// </summary>
internal unsafe struct ContextPredictor
{
    private const int Taps = 8;

    // Without a period the neighbours are those of an image this wide: the six before, and one further.
    private const int NoPeriod = 5;

    // Weights have 16 bits behind the point and stay below 4.
    private const int WeightBits = 16;
    private const int MaxWeight = 4 << WeightBits;

    // The step, 2^-5, and what keeps it small where all inputs are.
    private const int RateBits = WeightBits - 5;
    private const int LeastPower = 64;

    /// <summary>What a prediction was made from.</summary>
    public struct Inputs
    {
        public Vector128<int> Before;
        public Vector128<int> Around;
        public int Power;
    }

    private fixed int _weights[Taps];
    private short* _levels;
    private uint _mask;
    private uint _period;

    public void LayOut(ref BlockLayout block, int period)
    {
        _period = (uint)(period > 0 ? period : NoPeriod);
        uint length = 16;
        while (length <= 2 * _period)
            length *= 2;
        _mask = length - 1;
        _levels = block.Take<short>(length);
    }

    public void Reset()
    {
        for (int i = 0; i < Taps; i++)
            _weights[i] = 0;
        new Span<short>(_levels, (int)_mask + 1).Clear();
    }

    /// <summary>Clears what the row before has left.</summary>
    public readonly void BeginRow(ulong columns) => new Span<short>(_levels, (int)Math.Min(columns, _mask + 1)).Clear();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Set(ulong column, int level) => _levels[column & _mask] = (short)level;

    /// <summary>The level to expect; it may be out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Predict(ulong column, int above, out Inputs inputs)
    {
        uint c = (uint)column;
        inputs.Before = Vector128.Create(Back(c, 1), Back(c, 2), Back(c, 3), above);
        inputs.Around = Vector128.Create(Back(c, _period - 1), Back(c, _period), Back(c, _period + 1), Back(c, 2 * _period));
        inputs.Power = Vector128.Sum(inputs.Before * inputs.Before + inputs.Around * inputs.Around) + LeastPower;
        fixed (int* weights = _weights)
        {
            // |weight| <= 2^18 and |level| < 2^8: eight products stay within 32 bits.
            Vector128<int> products = Vector128.Load(weights) * inputs.Before + Vector128.Load(weights + 4) * inputs.Around;
            return Vector128.Sum(products) + (1 << WeightBits - 1) >> WeightBits;
        }
    }

    /// <summary>Learns how far the level lay from what was expected.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Learn(in Inputs inputs, int error)
    {
        int shift = BitOperations.Log2((uint)inputs.Power);
        Vector128<int> step = Vector128.Create(error << RateBits);
        Vector128<int> half = Vector128.Create(1 << shift - 1);
        fixed (int* weights = _weights)
        {
            Step(weights, inputs.Before * step + half >> shift);
            Step(weights + 4, inputs.Around * step + half >> shift);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(int* weights, Vector128<int> step)
    {
        Vector128<int> moved = Vector128.Load(weights) + step;
        Vector128.Min(Vector128.Max(moved, Vector128.Create(-MaxWeight)), Vector128.Create(MaxWeight)).Store(weights);
    }

    // With a period of 1 some of these are the weight's own place, where the ring holds what is long past.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Back(uint column, uint distance) => _levels[column - distance & _mask];
}
