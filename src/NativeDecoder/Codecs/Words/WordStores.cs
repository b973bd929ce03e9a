using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>Copies a whole word, full or not, in each of the four streams: all loads, then all stores.</summary>
internal unsafe interface IWordStore
{
    static abstract void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3);
}

internal readonly unsafe struct Word4 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3)
    {
        uint v0 = *(uint*)word0, v1 = *(uint*)word1, v2 = *(uint*)word2, v3 = *(uint*)word3;
        *(uint*)d0 = v0;
        *(uint*)d1 = v1;
        *(uint*)d2 = v2;
        *(uint*)d3 = v3;
    }
}

internal readonly unsafe struct Word8 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3)
    {
        ulong v0 = *(ulong*)word0, v1 = *(ulong*)word1, v2 = *(ulong*)word2, v3 = *(ulong*)word3;
        *(ulong*)d0 = v0;
        *(ulong*)d1 = v1;
        *(ulong*)d2 = v2;
        *(ulong*)d3 = v3;
    }
}

internal readonly unsafe struct Word16 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3)
    {
        Vector128<byte> v0 = Vector128.Load(word0), v1 = Vector128.Load(word1), v2 = Vector128.Load(word2), v3 = Vector128.Load(word3);
        v0.Store(d0);
        v1.Store(d1);
        v2.Store(d2);
        v3.Store(d3);
    }
}

internal readonly unsafe struct Word32 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3)
    {
        Word16.Store(word0, word1, word2, word3, d0, d1, d2, d3);
        Word16.Store(word0 + 16, word1 + 16, word2 + 16, word3 + 16, d0 + 16, d1 + 16, d2 + 16, d3 + 16);
    }
}

internal readonly unsafe struct Word64 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word0, byte* word1, byte* word2, byte* word3, byte* d0, byte* d1, byte* d2, byte* d3)
    {
        Word32.Store(word0, word1, word2, word3, d0, d1, d2, d3);
        Word32.Store(word0 + 32, word1 + 32, word2 + 32, word3 + 32, d0 + 32, d1 + 32, d2 + 32, d3 + 32);
    }
}
