using System.Runtime.InteropServices;
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
    public static Status Open(byte* data, nuint size, Model* model)
    {
        if (data == null || model == null)
            return Status.Argument;
        try
        {
            return Model.Open(data, size, out *model);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_tensor_count")]
    public static uint TensorCount(Model* model) => model != null && model->IsOpen ? model->TensorCount : 0;

    [UnmanagedCallersOnly(EntryPoint = "wl_tensor_info")]
    public static Status TensorInfo(Model* model, uint tensor, TensorInfo* info)
    {
        if (info == null)
            return Status.Argument;
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            *info = status == Status.Ok ? new TensorInfo(decoder) : default;
            return status;
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_find_tensor")]
    public static Status FindTensor(Model* model, byte* name, uint* tensor)
    {
        if (model == null || !model->IsOpen || name == null || tensor == null)
            return Status.Argument;
        try
        {
            return model->Find(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), out *tensor);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_workspace_size")]
    public static Status WorkspaceSize(Model* model, uint tensor, nuint* size)
    {
        if (size == null)
            return Status.Argument;
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            *size = status == Status.Ok ? decoder.WorkspaceSize : 0;
            return status;
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_decode")]
    public static Status Decode(Model* model, uint tensor, uint type, byte* dst, nuint dstSize, byte* workspace,
        nuint workspaceSize)
    {
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            return status != Status.Ok
                ? status
                : DecodeRows(decoder, type, 0, decoder.Entry.Rows, dst, dstSize, workspace, workspaceSize);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_decode_rows")]
    public static Status DecodeRows(Model* model, uint tensor, uint type, ulong firstRow, ulong rowCount, byte* dst,
        nuint dstSize, byte* workspace, nuint workspaceSize)
    {
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            return status != Status.Ok
                ? status
                : DecodeRows(decoder, type, firstRow, rowCount, dst, dstSize, workspace, workspaceSize);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_decode_csr")]
    public static Status DecodeCsr(Model* model, uint tensor, uint type, ulong* rowOffsets, nuint rowOffsetsSize,
        uint* columnIndexes, byte* values, nuint capacity, byte* workspace, nuint workspaceSize)
    {
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            if (status == Status.Ok && !IsType(type))
                status = Status.Argument;
            return status != Status.Ok
                ? status
                : decoder.DecodeCsr((ElementType)type, rowOffsets, rowOffsetsSize, columnIndexes, values, capacity, workspace,
                    workspaceSize);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_matvec")]
    public static Status MatVec(Model* model, uint tensor, float* x, nuint xSize, float* y, nuint ySize, byte* workspace,
        nuint workspaceSize)
    {
        try
        {
            Status status = OpenTensor(model, tensor, out TensorDecoder decoder);
            return status != Status.Ok ? status : decoder.Multiply(x, xSize, y, ySize, workspace, workspaceSize);
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_verify")]
    public static Status Verify(Model* model)
    {
        if (model == null || !model->IsOpen)
            return Status.Argument;
        try
        {
            return model->Verify();
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "wl_managed_memory")]
    public static Status ManagedMemory(ManagedMemory* managed)
    {
        if (managed == null)
            return Status.Argument;
        managed->AllocatedBytes = (ulong)GC.GetAllocatedBytesForCurrentThread();
        managed->Collections = (ulong)GC.CollectionCount(0);
        return Status.Ok;
    }

    private static Status OpenTensor(Model* model, uint tensor, out TensorDecoder decoder)
    {
        decoder = default;
        if (model == null || !model->IsOpen)
            return Status.Argument;
        Status status = model->Find(tensor, out TensorEntry entry);
        return status == Status.Ok ? TensorDecoder.Open(entry, *model, out decoder) : status;
    }

    private static Status DecodeRows(in TensorDecoder decoder, uint type, ulong firstRow, ulong rowCount, byte* dst,
        nuint dstSize, byte* workspace, nuint workspaceSize) =>
        IsType(type)
            ? decoder.DecodeRows((ElementType)type, firstRow, rowCount, dst, dstSize, workspace, workspaceSize)
            : Status.Argument;

    private static bool IsType(uint type) => type <= (uint)ElementType.Id8 && ElementTypes.Size((ElementType)type) != 0;
}

/// <summary><c>wl_managed</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ManagedMemory
{
    public ulong AllocatedBytes;
    public ulong Collections;
}

/// <summary><c>wl_tensor</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct TensorInfo(in TensorDecoder decoder)
{
    private readonly byte* _name = decoder.Entry.Name;
    private readonly byte* _stored = decoder.Entry.Method == Method.Stored ? decoder.Entry.Section : null;
    private readonly Shape _shape = decoder.Entry.Shape;
    private readonly ulong _rows = decoder.Entry.Rows;
    private readonly ulong _columns = decoder.Entry.Columns;
    private readonly ulong _nonzeros = decoder.Nonzeros;
    private readonly ulong _encodedBytes = decoder.Entry.EncodedBytes;
    private readonly uint _nameLength = (uint)decoder.Entry.NameLength;
    private readonly uint _rank = (uint)decoder.Entry.Rank;
    private readonly uint _type = (uint)decoder.Entry.Type;
    private readonly uint _method = (uint)decoder.Entry.Method;
    private readonly uint _coder = (uint)decoder.Entry.Coder;
    private readonly uint _clusters = (uint)decoder.Clusters;
    private readonly uint _cellBits = (uint)decoder.CellBits;
    private readonly uint _reserved;
}
