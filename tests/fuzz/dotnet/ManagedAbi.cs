using System.Runtime.InteropServices;
using Weightless.NativeDecoder;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Fuzz;

/// <summary>The harness in C, with the decoder of this process behind its ABI: forward.c.</summary>
internal static unsafe partial class ManagedAbi
{
    private const string Library = "exercise";
    private static readonly InstructionSet[] s_variants = Enum.GetValues<InstructionSet>();

    /// <param name="harness">The harness as a shared library.</param>
    public static void Install(string harness)
    {
        nint handle = NativeLibrary.Load(harness);
        NativeLibrary.SetDllImportResolver(typeof(ManagedAbi).Assembly, (name, _, _) => name == Library ? handle : 0);
        void** table = stackalloc void*[]
        {
            (delegate* unmanaged<Status>)&Exports.Init,
            (delegate* unmanaged<uint>)&Exports.Version,
            (delegate* unmanaged<Status, byte*>)&Exports.StatusString,
            (delegate* unmanaged<byte*, nuint, Model*, Status>)&Exports.Open,
            (delegate* unmanaged<Model*, nuint*, Status>)&Exports.IndexSize,
            (delegate* unmanaged<Model*, byte*, nuint, Status>)&Exports.Index,
            (delegate* unmanaged<Model*, uint>)&Exports.TensorCount,
            (delegate* unmanaged<Model*, uint, TensorInfo*, Status>)&Exports.TensorInfo,
            (delegate* unmanaged<Model*, byte*, uint*, Status>)&Exports.FindTensor,
            (delegate* unmanaged<Model*, uint, nuint*, Status>)&Exports.WorkspaceSize,
            (delegate* unmanaged<Model*, uint, uint, byte*, nuint, byte*, nuint, Status>)&Exports.Decode,
            (delegate* unmanaged<Model*, uint, uint, ulong, ulong, byte*, nuint, byte*, nuint, Status>)&Exports.DecodeRows,
            (delegate* unmanaged<Model*, uint, uint, ulong*, nuint, uint*, byte*, nuint, byte*, nuint, Status>)&Exports.DecodeCsr,
            (delegate* unmanaged<Model*, uint, float*, nuint, float*, nuint, byte*, nuint, Status>)&Exports.MatVec,
            (delegate* unmanaged<Model*, Status>)&Exports.Verify,
            (delegate* unmanaged<int, void>)&SetVariant,
        };
        ExerciseThrough(table);
    }

    /// <summary>Whether everything held; if not, the harness has said what.</summary>
    public static bool Exercise(ReadOnlySpan<byte> input)
    {
        fixed (byte* data = input)
            return Exercise(data, (nuint)input.Length) == 0;
    }

    public static void UseEverywhere(ReadOnlySpan<byte> input)
    {
        InstructionSets.Current = InstructionSets.Best;
        fixed (byte* data = input)
            UseEverywhere(data, (nuint)input.Length);
    }

    [UnmanagedCallersOnly]
    private static void SetVariant(int variant)
    {
        InstructionSet set = s_variants[variant % s_variants.Length];
        if (InstructionSets.IsAvailable(set))
            InstructionSets.Current = set;
    }

    [LibraryImport(Library, EntryPoint = "exercise_through")]
    private static partial void ExerciseThrough(void** table);

    [LibraryImport(Library, EntryPoint = "exercise")]
    private static partial int Exercise(byte* data, nuint size);

    [LibraryImport(Library, EntryPoint = "use_everywhere")]
    private static partial void UseEverywhere(byte* data, nuint size);
}
