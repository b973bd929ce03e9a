using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// A number for each of the four streams. What is done to one is done to all, side by side, before the next: an in-order core
/// waits where a result is used too soon, and the compiler leaves the order as it is. Changes are in place, so that they take no registers.
/// </summary>
internal unsafe struct Four(ulong a, ulong b, ulong c, ulong d)
{
    public ulong A = a;
    public ulong B = b;
    public ulong C = c;
    public ulong D = d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong y)
    {
        A += y;
        B += y;
        C += y;
        D += y;
    }

    /// <summary>Adds another's upper bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in Four y, int shift)
    {
        A += y.A >> shift;
        B += y.B >> shift;
        C += y.C >> shift;
        D += y.D >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void And(ulong y)
    {
        A &= y;
        B &= y;
        C &= y;
        D &= y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Or(ulong y)
    {
        A |= y;
        B |= y;
        C |= y;
        D |= y;
    }

    /// <summary>Takes in another's upper bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Or(in Four y, int shift)
    {
        A |= y.A >> shift;
        B |= y.B >> shift;
        C |= y.C >> shift;
        D |= y.D >> shift;
    }

    /// <summary>Shifts by the lowest six bits of another's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ShiftBy(in Four y)
    {
        A >>= (int)y.A;
        B >>= (int)y.B;
        C >>= (int)y.C;
        D >>= (int)y.D;
    }

    /// <summary>Loads the eight bytes at addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(in Four addresses)
    {
        A = *(ulong*)addresses.A;
        B = *(ulong*)addresses.B;
        C = *(ulong*)addresses.C;
        D = *(ulong*)addresses.D;
    }

    /// <summary>Looks numbers up that have been masked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LookUp(uint* table, in Four indexes)
    {
        A = table[indexes.A];
        B = table[indexes.B];
        C = table[indexes.C];
        D = table[indexes.D];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LookUp(ulong* table, in Four indexes)
    {
        A = table[indexes.A];
        B = table[indexes.B];
        C = table[indexes.C];
        D = table[indexes.D];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator &(in Four x, ulong y) => new(x.A & y, x.B & y, x.C & y, x.D & y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator >>(in Four x, int y) => new(x.A >> y, x.B >> y, x.C >> y, x.D >> y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four operator +(in Four x, ulong y) => new(x.A + y, x.B + y, x.C + y, x.D + y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Four LeadingZeros(in Four x) => new(ulong.LeadingZeroCount(x.A), ulong.LeadingZeroCount(x.B),
        ulong.LeadingZeroCount(x.C), ulong.LeadingZeroCount(x.D));

    /// <summary>Stores the lowest bytes of values at addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(in Four values, in Four addresses, int offset) where T : unmanaged
    {
        if (sizeof(T) == 1)
        {
            *((byte*)addresses.A + offset) = (byte)values.A;
            *((byte*)addresses.B + offset) = (byte)values.B;
            *((byte*)addresses.C + offset) = (byte)values.C;
            *((byte*)addresses.D + offset) = (byte)values.D;
        }
        else if (sizeof(T) == 2)
        {
            *(ushort*)((byte*)addresses.A + offset) = (ushort)values.A;
            *(ushort*)((byte*)addresses.B + offset) = (ushort)values.B;
            *(ushort*)((byte*)addresses.C + offset) = (ushort)values.C;
            *(ushort*)((byte*)addresses.D + offset) = (ushort)values.D;
        }
        else
        {
            *(ulong*)((byte*)addresses.A + offset) = values.A;
            *(ulong*)((byte*)addresses.B + offset) = values.B;
            *(ulong*)((byte*)addresses.C + offset) = values.C;
            *(ulong*)((byte*)addresses.D + offset) = values.D;
        }
    }
}
