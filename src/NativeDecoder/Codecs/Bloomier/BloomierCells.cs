using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs.Bloomier;

/// <summary>The cells of a filter, by number.</summary>
internal interface IBloomierCells
{
    uint this[ulong index] { get; }
}

/// <summary>Cells of t bits each, lowest first, where they lie in the section.</summary>
internal readonly unsafe struct PackedCells(byte* start, nuint bytes, int cellBits) : IBloomierCells
{
    private readonly uint _mask = (1u << cellBits) - 1;

    public bool Hold(ulong cells) => (cells * (ulong)cellBits + 7) / 8 == bytes;

    public uint this[ulong index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ulong bit = index * (ulong)cellBits;
            ulong first = bit >> 3;
            // Up to three bytes hold a cell; those behind the last one are not ours to read.
            uint word = first + 4 <= bytes ? *(uint*)(start + first) : LastBytes(first);
            return word >> (int)(bit & 7) & _mask;
        }
    }

    private uint LastBytes(ulong first)
    {
        uint word = 0;
        for (ulong i = first; i < bytes; i++)
            word |= (uint)start[i] << (int)(8 * (i - first));
        return word;
    }
}

/// <summary>Cells that were coded, in the workspace: a byte each, or two.</summary>
internal readonly unsafe struct UnpackedCells<TCell>(TCell* cells) : IBloomierCells where TCell : unmanaged
{
    public uint this[ulong index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(TCell) == 1 ? ((byte*)cells)[index] : ((ushort*)cells)[index];
    }
}
