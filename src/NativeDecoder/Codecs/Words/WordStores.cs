using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Codecs.Words;

/// <summary>Copies whole words, full or not.</summary>
internal unsafe interface IWordStore
{
    static abstract void Store(byte* word, byte* output);

    /// <summary>A word of each of the four streams: all loads, then all stores.</summary>
    /// <param name="places">Where each stream's word lies, from <paramref name="words"/>.</param>
    /// <param name="outputs">Addresses.</param>
    static abstract void Store(byte* words, in Four places, in Four outputs);
}

internal readonly unsafe struct Word4 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word, byte* output) => *(uint*)output = *(uint*)word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* words, in Four places, in Four outputs)
    {
        uint a = *(uint*)(words + places.A), b = *(uint*)(words + places.B), c = *(uint*)(words + places.C), d = *(uint*)(words + places.D);
        *(uint*)outputs.A = a;
        *(uint*)outputs.B = b;
        *(uint*)outputs.C = c;
        *(uint*)outputs.D = d;
    }
}

internal readonly unsafe struct Word8 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word, byte* output) => *(ulong*)output = *(ulong*)word;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* words, in Four places, in Four outputs)
    {
        ulong a = *(ulong*)(words + places.A), b = *(ulong*)(words + places.B), c = *(ulong*)(words + places.C), d = *(ulong*)(words + places.D);
        *(ulong*)outputs.A = a;
        *(ulong*)outputs.B = b;
        *(ulong*)outputs.C = c;
        *(ulong*)outputs.D = d;
    }
}

internal readonly unsafe struct Word16 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word, byte* output) => Vector128.Load(word).Store(output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* words, in Four places, in Four outputs)
    {
        Vector128<byte> a = Vector128.Load(words + places.A), b = Vector128.Load(words + places.B);
        Vector128<byte> c = Vector128.Load(words + places.C), d = Vector128.Load(words + places.D);
        a.Store((byte*)outputs.A);
        b.Store((byte*)outputs.B);
        c.Store((byte*)outputs.C);
        d.Store((byte*)outputs.D);
    }
}

internal readonly unsafe struct Word32 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word, byte* output)
    {
        Word16.Store(word, output);
        Word16.Store(word + 16, output + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* words, in Four places, in Four outputs)
    {
        Word16.Store(words, places, outputs);
        Word16.Store(words + 16, places, outputs + 16);
    }
}

internal readonly unsafe struct Word64 : IWordStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* word, byte* output)
    {
        Word32.Store(word, output);
        Word32.Store(word + 32, output + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* words, in Four places, in Four outputs)
    {
        Word32.Store(words, places, outputs);
        Word32.Store(words + 32, places, outputs + 32);
    }
}
