using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weightless.Instrumented;

/// <summary>
/// Somewhere to count from the start: the decoder's own module initializer is instrumented too, and runs before a harness can say where.
/// </summary>
internal static unsafe class FirstTrace
{
    private const int TraceBytes = 65536;

    // By name: an assembly that refers to SharpFuzz.Common passes for instrumented already. In .NET a harness has been faster.
#pragma warning disable CA2255 // There is no earlier place.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Make()
    {
        FieldInfo area = Type.GetType("SharpFuzz.Common.Trace, SharpFuzz.Common", throwOnError: true)!.GetField("SharedMem")!;
        if (Pointer.Unbox(area.GetValue(null)!) == null)
            area.SetValue(null, (nint)NativeMemory.AllocZeroed(TraceBytes));
    }
}
