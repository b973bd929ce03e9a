using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// The logistic domain, ln(p / (1 - p)) in steps of 1/256, and back. The tables are made with integers, so that every
/// machine has the same, and in the caller's memory.
/// </summary>
internal unsafe struct LogisticTables
{
    /// <summary>The largest value of the domain: 11 - 1/256.</summary>
    public const int Bound = 2815;

    /// <summary>Probabilities that stay away from 0 and 1 by this share of 65536.</summary>
    public const uint LeastProbability = 16;

    // Below this many 65536ths probabilities have an entry each; above, 16 share one.
    private const int Fine = 2048;
    private const int Coarse = 2049;

    private fixed short _stretch[Fine + Coarse];
    private fixed ushort _squash[2 * Bound + 1];

    public void Fill()
    {
        // e^-x in 1/2^63, x in steps of 1/256.
        ulong exponential = 1ul << 63;
        for (int x = 0; x <= Bound; x++)
        {
            uint p = (uint)Math.Min((1ul << 48) / ((1ul << 32) + (exponential >> 31)), 65535);
            _squash[Bound + x] = (ushort)p;
            _squash[Bound - x] = (ushort)(65536 - p);
            exponential = Math.BigMul(exponential, 18374827034086858296, out _);
        }
        FillStretch(0, Fine, 0);
        FillStretch(Fine, Coarse, 4);
    }

    /// <summary>The logistic value of a probability in 65536ths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Stretch(uint p)
    {
        p = Math.Clamp(p, LeastProbability, 65536 - LeastProbability);
        uint q = p <= 32768 ? p : 65536 - p;
        int x = _stretch[q < Fine ? q : Fine + (q >> 4)];
        return p <= 32768 ? x : -x;
    }

    /// <summary>The probability, in 65536ths, of a logistic value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Squash(int x) => _squash[Math.Clamp(x, -Bound, Bound) + Bound];

    // The least x <= 0 whose probability is at least i << shift.
    private void FillStretch(int first, int count, int shift)
    {
        int x = -Bound;
        for (int i = 0; i < count; i++)
        {
            while (x < 0 && _squash[Bound + x] < i << shift)
                x++;
            _stretch[first + i] = (short)x;
        }
    }
}
