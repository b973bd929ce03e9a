using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>The loops for one filter, by the instruction set that runs: chosen once for a decode.</summary>
internal readonly unsafe struct CoupledKernels
{
    /// <summary>What the fastest kernels are made for.</summary>
    public const int FastHashes = 5;
    public const int FastSpanLog2 = 7;
    public const int NarrowCellBits = 8;
    public const int FastClusters = 16;

    /// <summary>Cluster ids of whole groups.</summary>
    public delegate*<CoupledRun*, CoupledTables*, void> Ids { get; private init; }

    /// <summary>Float32 elements of whole groups; null where ids are converted instead.</summary>
    public delegate*<CoupledRun*, CoupledTables*, void> Float32 { get; private init; }

    /// <summary>The same, stored past the caches to a destination that is aligned; null where there is none.</summary>
    public delegate*<CoupledRun*, CoupledTables*, void> Streaming { get; private init; }

    /// <summary>What <see cref="Streaming"/> wants its destination aligned to, less 1.</summary>
    public nuint StreamingMask { get; private init; }

    /// <summary>Bit planes to cells, 64 of them.</summary>
    public delegate*<byte*, int, byte*, CoupledTables*, void> Unpack { get; private init; }

    public static CoupledKernels Choose(InstructionSet set, in CoupledFilter filter, int clusters)
    {
        bool fast = filter.Hashes == FastHashes && filter.SpanLog2 == FastSpanLog2;
        bool narrow = filter.CellBits <= NarrowCellBits;
        bool few = fast && narrow && clusters <= FastClusters;
        return set switch
        {
            InstructionSet.Neon when AdvSimd.Arm64.IsSupported => new CoupledKernels
            {
                Ids = !fast ? &CoupledVector128.Ids : narrow ? &CoupledNeon.Ids<NarrowCells> : &CoupledNeon.Ids<WideCells>,
                Float32 = few ? &CoupledNeon.Float32 : null,
                Unpack = &CoupledNeon.Unpack,
            },
            InstructionSet.Avx2 when Avx2.IsSupported => new CoupledKernels
            {
                Ids = !fast ? &CoupledVector128.Ids : narrow ? &CoupledAvx2.Ids<NarrowCells> : &CoupledAvx2.Ids<WideCells>,
                Float32 = !few ? null : clusters < 8 ? &CoupledAvx2.FewFloat32<Cached> : &CoupledAvx2.Float32<Cached>,
                Streaming = !few ? null : clusters < 8 ? &CoupledAvx2.FewFloat32<Streaming> : &CoupledAvx2.Float32<Streaming>,
                StreamingMask = 31,
                Unpack = &CoupledVector128.Unpack,
            },
            InstructionSet.Sse when Ssse3.IsSupported => new CoupledKernels
            {
                Ids = !fast ? &CoupledVector128.Ids : narrow ? &CoupledSse.Ids<NarrowCells> : &CoupledSse.Ids<WideCells>,
                Float32 = few ? &CoupledSse.Float32<Cached> : null,
                Streaming = few ? &CoupledSse.Float32<Streaming> : null,
                StreamingMask = 15,
                Unpack = &CoupledVector128.Unpack,
            },
            InstructionSet.Vector128 => new CoupledKernels
            {
                Ids = &CoupledVector128.Ids,
                Unpack = &CoupledVector128.Unpack,
            },
            _ => new CoupledKernels { Ids = &CoupledScalar.Ids, Unpack = &CoupledScalar.Unpack },
        };
    }
}
