using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Coders;

/// <summary>How a mixer learns.</summary>
/// <param name="Rate">Of the weights at first, above what stays; it falls with the square root of what was seen.</param>
/// <param name="RateMin">Of the weights, what stays.</param>
/// <param name="SelectedRate">Of the selected weights, in sixteenths of that.</param>
/// <param name="Bias">Of the contexts' counters: see <see cref="ContextCounter"/>.</param>
/// <param name="Limit">Of the contexts' counters.</param>
internal readonly record struct MixerRates(int Rate, int RateMin, int SelectedRate, int Bias, int Limit);

/// <summary>
/// One kind of binary decision, estimated by logistic mixing (Mahoney 2005). The first input is an order-0 estimate, the
/// second a constant; every other one is how far a context's estimate is from order 0, and a new context starts there, so
/// that one that has seen nothing says nothing. The weights are the sum of a shared set and one of a few selected by the
/// caller. Integers only.
/// </summary>
internal unsafe struct Mixer
{
    public const int MaxInputs = 16;

    private const int MaxWeight = 1 << 17;
    private const uint LeastProbability = 8;

    private fixed int _inputs[MaxInputs];
    private fixed ulong _counters[MaxInputs];
    private LogisticTables* _tables;
    private ushort* _counterRates;
    private int* _weights;
    private MixerRates _rates;
    private int _rate;
    private int _inputCount;
    private int _counterCount;
    private uint _seen;
    private uint _prior;
    private int _priorStretch;

    /// <summary>Weights of a mixer with this many selected sets.</summary>
    public static int WeightCount(int sets) => (1 + sets) * MaxInputs;

    /// <param name="weights"><see cref="WeightCount"/> of them, that are made <paramref name="start"/> (1/256) and 0.</param>
    public void Reset(LogisticTables* tables, ushort* counterRates, int* weights, int sets, ReadOnlySpan<int> start,
        in MixerRates rates)
    {
        _tables = tables;
        _counterRates = counterRates;
        _weights = weights;
        _rates = rates;
        new Span<int>(weights, WeightCount(sets)).Clear();
        for (int i = 0; i < start.Length; i++)
            weights[i] = start[i] << 8;
        _seen = 0;
        SetRate();
    }

    /// <summary>Begins a decision with the counter that is its order-0 estimate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(uint* counter)
    {
        _prior = Clamp(*counter >> 16);
        _priorStretch = _tables->Stretch(_prior);
        _inputs[0] = _priorStretch;
        _inputs[1] = 256;
        _counters[0] = (ulong)counter;
        _inputCount = 2;
        _counterCount = 1;
    }

    /// <summary>Adds what a context's counter has seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddCounter(uint* counter)
    {
        uint state = *counter;
        if (ContextCounter.IsNew(state))
            state = *counter = ContextCounter.Start(_prior);
        _counters[_counterCount++] = (ulong)counter;
        _inputs[_inputCount++] = _tables->Stretch(state >> 16) - _priorStretch;
    }

    /// <summary>
    /// Adds a share of counts, drawn to the order-0 estimate by <paramref name="weight"/> imagined observations; returns how
    /// far from that it lies.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int AddRatio(uint ones, uint all, uint weight)
    {
        uint p = (uint)((((ulong)ones << 16) + (ulong)_prior * weight) / (all + weight));
        return _inputs[_inputCount++] = _tables->Stretch(p) - _priorStretch;
    }

    /// <summary>Codes the decision with the weights of set <paramref name="set"/> and learns from it.</summary>
    public uint Code<TCoder>(ref TCoder coder, uint bit, int set) where TCoder : struct, IBinaryCoder
    {
        int* shared = _weights;
        int* selected = _weights + (1 + set) * MaxInputs;
        int lanes = (_inputCount + 3) & ~3;
        for (int i = _inputCount; i < lanes; i++)
            _inputs[i] = 0;
        fixed (int* inputs = _inputs)
        {
            uint p = Mix(inputs, shared, selected, lanes);
            bit = coder.Code(bit, p);
            Learn(inputs, shared, selected, lanes, (int)(bit << 16) - (int)p);
        }
        ContextCounter.Update((uint*)_counters[0], bit, 1, ContextCounter.MaxLimit, _counterRates);
        for (int i = 1; i < _counterCount; i++)
            ContextCounter.Update((uint*)_counters[i], bit, _rates.Bias, _rates.Limit, _counterRates);
        if ((++_seen & 15) == 0)
            SetRate();
        return bit;
    }

    private static uint Clamp(uint p) =>
        Math.Clamp(p, LogisticTables.LeastProbability, 65536 - LogisticTables.LeastProbability);

    // |weight| <= 2^18 and |input| < 2^13: sixteen products of 2^14 * 2^13 stay within 32 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly uint Mix(int* inputs, int* shared, int* selected, int lanes)
    {
        Vector128<int> sum = Vector128<int>.Zero;
        for (int i = 0; i < lanes; i += 4)
            sum += ((Vector128.Load(shared + i) + Vector128.Load(selected + i)) >> 4) * Vector128.Load(inputs + i);
        int dot = (Vector128.Sum(sum) + (1 << 11)) >> 12;
        return Math.Clamp(_tables->Squash(dot), LeastProbability, 65536 - LeastProbability);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Learn(int* inputs, int* shared, int* selected, int lanes, int error)
    {
        int sharedStep = error * _rate >> 10;
        Vector128<int> sharedSteps = Vector128.Create(sharedStep);
        Vector128<int> selectedSteps = Vector128.Create(sharedStep * _rates.SelectedRate >> 4);
        for (int i = 0; i < lanes; i += 4)
        {
            Vector128<int> input = Vector128.Load(inputs + i);
            Step(shared + i, input * sharedSteps);
            Step(selected + i, input * selectedSteps);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(int* weights, Vector128<int> step)
    {
        Vector128<int> moved = Vector128.Load(weights) + ((step + Vector128.Create(1 << 11)) >> 12);
        Vector128<int> bounded = Vector128.Min(Vector128.Max(moved, Vector128.Create(-MaxWeight)), Vector128.Create(MaxWeight));
        bounded.Store(weights);
    }

    private void SetRate()
    {
        _seen = Math.Min(_seen, 1u << 26);
        uint root = 0;
        for (uint bit = 1 << 13; bit != 0; bit >>= 1)
        {
            if ((root + bit) * (root + bit) <= _seen + 16)
                root += bit;
        }
        _rate = _rates.RateMin + (int)((uint)_rates.Rate * 16 / root);
    }
}
