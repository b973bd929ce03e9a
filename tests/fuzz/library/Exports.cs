using System.Runtime.InteropServices;
using SharpFuzz.Common;
using Weightless.NativeDecoder.Codecs;

namespace Weightless.Fuzzed;

/// <summary>What a fuzzer's harness needs beside the ABI.</summary>
internal static unsafe class Exports
{
    private static readonly InstructionSet[] s_variants = Enum.GetValues<InstructionSet>();

    /// <summary>From now on branches are counted in this area of 65,536 bytes.</summary>
    [UnmanagedCallersOnly(EntryPoint = "fuzz_trace")]
    public static void SetTrace(byte* area)
    {
        Trace.SharedMem = area;
        Trace.PrevLocation = 0;
    }

    /// <summary>Chooses the variant of the vectorised loops, if the machine has it.</summary>
    [UnmanagedCallersOnly(EntryPoint = "fuzz_variant")]
    public static void SetVariant(int variant)
    {
        InstructionSet set = s_variants[variant % s_variants.Length];
        if (InstructionSets.IsAvailable(set))
            InstructionSets.Current = set;
    }
}
