using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weightless.NativeDecoder.Codecs;

internal static unsafe partial class CoupledKernels
{
    /// <summary>How a kernel stores what it has decoded.</summary>
    private interface IStore
    {
        static abstract void Store(Vector128<float> value, float* d);

        static abstract void Store(Vector256<float> value, float* d);
    }

    private readonly struct Cached : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector128<float> value, float* d) => Vector128.Store(value, d);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector256<float> value, float* d) => Vector256.Store(value, d);
    }

    /// <summary>Past the caches, for outputs that would not fit: no line is read before it is overwritten.</summary>
    private readonly struct Streaming : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector128<float> value, float* d) => Vector128.StoreAlignedNonTemporal(value, d);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector256<float> value, float* d) => Vector256.StoreAlignedNonTemporal(value, d);
    }
}
