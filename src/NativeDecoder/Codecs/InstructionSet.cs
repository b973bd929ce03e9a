using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>The variants that a vectorised loop is written in.</summary>
internal enum InstructionSet
{
    Scalar,

    /// <summary>128-bit vectors of any machine.</summary>
    Vector128,

    /// <summary>SSSE3, which every x64 machine of NativeAOT has.</summary>
    Sse,

    /// <summary>arm64's own, interleaved for an in-order core.</summary>
    Neon,

    Avx2,
}

/// <summary>
/// Which variant runs: the best that the machine has, unless the environment's WEIGHTLESS_ISA names another one that it has:
/// scalar, vector128, sse, neon, avx2 or avx512, which has no variant of its own yet.
/// </summary>
internal static unsafe class InstructionSets
{
    // Read once; two threads at a time read the same. 0 is not yet, others are one more than the variant.
    private static int s_current;

    public static InstructionSet Current
    {
        get
        {
            if (s_current == 0)
                s_current = (int)Choose(Setting()) + 1;
            return (InstructionSet)(s_current - 1);
        }
        internal set => s_current = (int)value + 1;
    }

    public static InstructionSet Best =>
        AdvSimd.Arm64.IsSupported ? InstructionSet.Neon
        : Avx2.IsSupported ? InstructionSet.Avx2
        : Ssse3.IsSupported ? InstructionSet.Sse
        : Vector128.IsHardwareAccelerated ? InstructionSet.Vector128
        : InstructionSet.Scalar;

    public static bool IsAvailable(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => true,
        InstructionSet.Vector128 => Vector128.IsHardwareAccelerated,
        InstructionSet.Sse => Ssse3.IsSupported,
        InstructionSet.Neon => AdvSimd.Arm64.IsSupported,
        _ => Avx2.IsSupported,
    };

    /// <summary>What a value of WEIGHTLESS_ISA, zero-terminated, makes of it; null if it is not set.</summary>
    public static InstructionSet Choose(byte* value)
    {
        if (value == null)
            return Best;
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(value);
        InstructionSet named = name.SequenceEqual("scalar"u8) ? InstructionSet.Scalar
            : name.SequenceEqual("vector128"u8) ? InstructionSet.Vector128
            : name.SequenceEqual("sse"u8) ? InstructionSet.Sse
            : name.SequenceEqual("neon"u8) ? InstructionSet.Neon
            : name.SequenceEqual("avx2"u8) ? InstructionSet.Avx2
            : Best;
        return IsAvailable(named) ? named : Best;
    }

    private static byte* Setting()
    {
        fixed (byte* variable = "WEIGHTLESS_ISA"u8)
        {
            return GetEnv(variable);
        }
    }

    // .NET's own way to the environment allocates.
    [DllImport("libc", EntryPoint = "getenv")]
    private static extern byte* GetEnv(byte* name);
}
