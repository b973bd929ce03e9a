using System.Numerics;

namespace Weightless.NativeDecoder.Format;

/// <summary>The rare integers of a grid that its method does not reach, by their places in ascending order.</summary>
public readonly unsafe struct GridPatches
{
    private readonly byte* _integers;
    private readonly byte* _places;
    private readonly int _placeBits;

    private GridPatches(ulong count, byte* integers, byte* places, int placeBits)
    {
        Count = count;
        _integers = integers;
        _places = places;
        _placeBits = placeBits;
    }

    public ulong Count { get; }

    /// <summary>Bits of a place in a tensor of so many weights.</summary>
    public static int PlaceBits(ulong weights) => 64 - BitOperations.LeadingZeroCount(weights - 1);

    internal static bool TryRead(ulong weights, ref ByteReader reader, out GridPatches patches)
    {
        patches = default;
        if (!reader.TryVarint(out ulong count) || count == 0 || count > weights)
            return false;
        int placeBits = PlaceBits(weights);
        if (!reader.TryBytes(2 * count, out byte* integers)
            || !reader.TryBytes(PackedBits.Bytes(count, placeBits), out byte* places))
            return false;
        patches = new GridPatches(count, integers, places, placeBits);
        ulong free = 0;
        for (ulong i = 0; i < count; i++)
        {
            ulong place = patches.Place(i);
            if (place < free || place >= weights)
                return false;
            free = place + 1;
        }
        return true;
    }

    /// <summary>Puts those of a range of weights where they belong.</summary>
    internal void Apply(ulong first, uint count, short* integers)
    {
        if (Count == 0)
            return;
        ulong at = 0;
        for (ulong end = Count; at < end;)
        {
            ulong middle = at + (end - at) / 2;
            if (Place(middle) < first)
                at = middle + 1;
            else
                end = middle;
        }
        for (ulong place; at < Count && (place = Place(at) - first) < count; at++)
            integers[place] = ((short*)_integers)[at];
    }

    private ulong Place(ulong index) => PackedBits.ReadWide(_places, index, _placeBits);
}
