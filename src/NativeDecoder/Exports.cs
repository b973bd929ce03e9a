using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder;

/// <summary>The C ABI. include/weightless.h says what each function promises.</summary>
internal static unsafe class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "wl_init")]
    public static Status Init() => Status.Ok;

    [UnmanagedCallersOnly(EntryPoint = "wl_version")]
    public static uint Version() => 1 << 16 | 0 << 8 | 0;

    [UnmanagedCallersOnly(EntryPoint = "wl_status_string")]
    public static byte* StatusString(Status status) => StatusText.Of(status);

    [UnmanagedCallersOnly(EntryPoint = "wl_open")]
    public static Status Open(byte* data, nuint size, Model* model) => Guard.Run(new OpenCall(data, size, model));

    [UnmanagedCallersOnly(EntryPoint = "wl_index_size")]
    public static Status IndexSize(Model* model, nuint* size) => Guard.Run(new IndexSizeCall(model, size));

    [UnmanagedCallersOnly(EntryPoint = "wl_index")]
    public static Status Index(Model* model, byte* memory, nuint size) => Guard.Run(new IndexCall(model, memory, size));

    [UnmanagedCallersOnly(EntryPoint = "wl_tensor_count")]
    public static uint TensorCount(Model* model) => model != null && model->IsOpen ? model->TensorCount : 0;

    [UnmanagedCallersOnly(EntryPoint = "wl_tensor_info")]
    public static Status TensorInfo(Model* model, uint tensor, TensorInfo* info)
    {
        if (info == null)
            return Status.Argument;
        *info = default;
        return Run(model, tensor, new InfoCall(info));
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_find_tensor")]
    public static Status FindTensor(Model* model, byte* name, uint* tensor) => Guard.Run(new FindCall(model, name, tensor));

    [UnmanagedCallersOnly(EntryPoint = "wl_workspace_size")]
    public static Status WorkspaceSize(Model* model, uint tensor, nuint* size)
    {
        if (size == null)
            return Status.Argument;
        *size = 0;
        return Run(model, tensor, new WorkspaceSizeCall(size));
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_decode")]
    public static Status Decode(Model* model, uint tensor, uint type, byte* dst, nuint dstSize, byte* workspace,
        nuint workspaceSize) =>
        Run(model, tensor, new RowsCall(Type(type), null, 0, dst, dstSize, new Scratch(workspace, workspaceSize)));

    [UnmanagedCallersOnly(EntryPoint = "wl_decode_rows")]
    public static Status DecodeRows(Model* model, uint tensor, uint type, ulong firstRow, ulong rowCount, byte* dst,
        nuint dstSize, byte* workspace, nuint workspaceSize) =>
        Run(model, tensor, new RowsCall(Type(type), firstRow, rowCount, dst, dstSize, new Scratch(workspace, workspaceSize)));

    [UnmanagedCallersOnly(EntryPoint = "wl_decode_csr")]
    public static Status DecodeCsr(Model* model, uint tensor, uint type, ulong* rowOffsets, nuint rowOffsetsSize,
        uint* columnIndexes, byte* values, nuint capacity, byte* workspace, nuint workspaceSize) =>
        Run(model, tensor, new CsrCall(Type(type), new CsrArrays(rowOffsets, rowOffsetsSize, columnIndexes, values, capacity),
            new Scratch(workspace, workspaceSize)));

    [UnmanagedCallersOnly(EntryPoint = "wl_matvec")]
    public static Status MatVec(Model* model, uint tensor, float* x, nuint xSize, float* y, nuint ySize, byte* workspace,
        nuint workspaceSize) =>
        Run(model, tensor, new ProductCall(x, xSize, y, ySize, new Scratch(workspace, workspaceSize)));

    [UnmanagedCallersOnly(EntryPoint = "wl_tensor_scales")]
    public static Status TensorScales(Model* model, uint tensor, ulong firstChannel, ulong count, float* scales) =>
        Guard.Run(new ScalesCall(model, tensor, firstChannel, count, scales));

    [UnmanagedCallersOnly(EntryPoint = "wl_verify")]
    public static Status Verify(Model* model) => Guard.Run(new VerifyCall(model));

    [UnmanagedCallersOnly(EntryPoint = "wl_managed_memory")]
    public static Status ManagedMemory(ManagedMemory* managed)
    {
        if (managed == null)
            return Status.Argument;
        *managed = default;
        return Status.Ok;
    }

    private static Status Run<TCall>(Model* model, uint tensor, TCall call) where TCall : struct, ICodecCall =>
        Guard.Run(new TensorCall<TCall>(model, tensor, call));

    // A number beyond a byte's is no type either.
    private static ElementType Type(uint type) => type <= byte.MaxValue ? (ElementType)type : (ElementType)byte.MaxValue;
}

/// <summary><c>wl_managed</c>: what a library with a runtime would have to tell.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ManagedMemory
{
    public ulong AllocatedBytes;
    public ulong Collections;
}
