using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The signed levels of the weights coded last in a row, and what the neighbours of the next one are: those before it in its
/// line, and with a period those in the lines before.
/// </summary>
internal unsafe struct ContextNeighbours
{
    private short* _levels;
    private uint _mask;
    private int _period;

    public int West, West2, North, NorthWest, NorthEast, North2;
    private int _west3;

    /// <summary>How many of the (up to four) near neighbours are non-zero, and of the (up to ten) far ones.</summary>
    public int Near, Far;

    public void LayOut(ref BlockLayout block, int period)
    {
        uint length = 16;
        while (length <= 3 * period + 8)
            length *= 2;
        _mask = length - 1;
        _period = period;
        _levels = block.Take<short>(length);
    }

    public readonly void Reset() => new Span<short>(_levels, (int)_mask + 1).Clear();

    /// <summary>Clears what the row before has left: a narrow matrix must not pay for a long period at every row.</summary>
    public readonly void BeginRow(ulong columns) => new Span<short>(_levels, (int)Math.Min(columns, _mask + 1)).Clear();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Set(ulong column, int level) => _levels[column & _mask] = (short)level;

    /// <summary>Looks around a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LookAround(ulong c)
    {
        West = Back(c, 1);
        West2 = Back(c, 2);
        _west3 = Back(c, 3);
        Near = One(West);
        Far = One(West2) + One(_west3);
        if (_period == 0)
            return;
        int w = _period;
        North = Back(c, w);
        NorthWest = Back(c, w + 1);
        NorthEast = Back(c, w - 1);
        North2 = Back(c, 2 * w);
        Near += One(North) + One(NorthWest) + One(NorthEast);
        Far += One(North2) + One(Back(c, 3 * w)) + One(Back(c, 2 * w - 1)) + One(Back(c, 2 * w + 1)) + One(Back(c, w + 2))
            + One(Back(c, w - 2)) + One(Back(c, 2 * w + 2)) + One(Back(c, 2 * w - 2));
    }

    /// <summary>Which of the three weights before are non-zero.</summary>
    public readonly int LinePattern => One(West) + 2 * One(West2) + 4 * One(_west3);

    /// <summary>Which of six neighbours are non-zero.</summary>
    public readonly int Pattern =>
        One(West) + 2 * One(North) + 4 * One(NorthWest) + 8 * One(NorthEast) + 16 * One(West2) + 32 * One(North2);

    /// <summary>The signs of the near neighbours, as a number below 81.</summary>
    public readonly int Signs => 27 * Sign(West) + 9 * Sign(North) + 3 * Sign(NorthWest) + Sign(NorthEast);

    /// <summary>The signs of the two weights before, as a number below 9.</summary>
    public readonly int LineSigns => 3 * Sign(West) + Sign(West2);

    /// <summary>The signs of the near neighbours added up, the direct ones more; -10..10.</summary>
    public readonly int Balance => 3 * (Math.Sign(West) + Math.Sign(North)) + 2 * (Math.Sign(NorthWest) + Math.Sign(NorthEast));

    /// <summary>What <see cref="Balance"/> would be if all were positive.</summary>
    public readonly int BalanceLimit => 3 * (One(West) + One(North)) + 2 * (One(NorthWest) + One(NorthEast));

    /// <summary>The same of the far neighbours; -12..12.</summary>
    public readonly int FarBalance(ulong c)
    {
        int w = _period;
        return 2 * (Math.Sign(West2) + Math.Sign(North2)) + Math.Sign(_west3) + Math.Sign(Back(c, 3 * w))
            + Math.Sign(Back(c, w + 2)) + Math.Sign(Back(c, w - 2)) + Math.Sign(Back(c, 2 * w + 1))
            + Math.Sign(Back(c, 2 * w - 1)) + Math.Sign(Back(c, 2 * w + 2)) + Math.Sign(Back(c, 2 * w - 2));
    }

    /// <summary>0 for zero, 1 for a positive and 2 for a negative level.</summary>
    public static int Sign(int level) => level == 0 ? 0 : level < 0 ? 2 : 1;

    // With a period of 1 or 2 some of these lie in the row ahead, where the ring is still zero or holds what is long past.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Back(ulong column, int distance) => _levels[(column - (ulong)distance) & _mask];

    private static int One(int level) => level != 0 ? 1 : 0;
}
