using System.Numerics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>
/// Ids too rare for a code: where one belongs, a band's streams have any other, and a patch puts it right. A patch is a gap and the
/// rare id's number, in bits of fixed widths; a gap of all ones is weights to skip and no patch.
/// </summary>
internal unsafe struct WordsPatches
{
    private int _gapBits;
    private int _count;
    private fixed uint _elements[Limits.MaxClusters + 1];

    public void Clear(int gapBits)
    {
        _gapBits = gapBits;
        _count = 0;
    }

    /// <summary>The next rare id's element.</summary>
    public void Add<T>(T element) where T : unmanaged
    {
        uint bits = 0;
        *(T*)&bits = element;
        _elements[_count++] = bits;
    }

    private readonly int PatchBits => _gapBits + (_count == 0 ? 0 : BitOperations.Log2((uint)(2 * _count - 1)));

    /// <summary>Steps over the patches of a band: how many they are, and their bits.</summary>
    public readonly bool TryOpen(ref ByteReader reader, out ByteReader patches)
    {
        patches = reader;
        // Each is of a bit or more.
        return reader.TryVarint(out ulong count) && (count == 0 || _count > 0) && count <= 8 * (ulong)reader.Left
            && reader.TryBytes((count * (ulong)PatchBits + 7) / 8, out _);
    }

    public readonly bool TryApply<T>(ByteReader patches, T* dst, uint weights) where T : unmanaged
    {
        patches.TryVarint(out ulong count);
        Coders.BitReader bits = new(patches.Position, patches.Position + patches.Left);
        uint filler = (1u << _gapBits) - 1;
        uint idMask = (1u << (PatchBits - _gapBits)) - 1;
        ulong position = 0;
        for (; count > 0; count--)
        {
            uint gap = bits.Peek() & filler;
            bits.Take(_gapBits);
            uint rare = bits.Peek() & idMask;
            bits.Take(PatchBits - _gapBits);
            position += gap;
            if (position >= weights || rare >= (uint)_count)
                return false;
            if (gap == filler)
                continue;
            uint element = _elements[rare];
            dst[position++] = *(T*)&element;
        }
        return true;
    }
}
