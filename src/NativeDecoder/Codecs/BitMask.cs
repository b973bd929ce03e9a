using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>One bit for each row or column, lowest first; null stands for all ones.</summary>
internal readonly unsafe struct BitMask(byte* bits)
{
    public bool this[ulong index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => bits == null || (bits[index >> 3] >> (int)(index & 7) & 1) != 0;
    }

    public static ulong Bytes(ulong count) => (count + 7) / 8;

    public void Clear(ulong count) => new Span<byte>(bits, (int)Bytes(count)).Clear();

    public void Set(ulong index, uint bit) => bits[index >> 3] |= (byte)(bit << (int)(index & 7));
}
