using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>How a kernel stores what it has decoded.</summary>
internal unsafe interface IStore
{
    static abstract void Store(Vector128<float> value, float* d);

    static abstract void Store(Vector256<float> value, float* d);
}

internal readonly unsafe struct Cached : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* d) => Vector128.Store(value, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* d) => Vector256.Store(value, d);
}

/// <summary>Past the caches, for outputs that would not fit: no line is read before it is overwritten.</summary>
internal readonly unsafe struct Streaming : IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* d) => Vector128.StoreAlignedNonTemporal(value, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* d) => Vector256.StoreAlignedNonTemporal(value, d);
}
