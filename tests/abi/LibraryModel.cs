using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Abi;

/// <summary><c>wl_tensor</c>, field by field as the header has it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TensorFacts
{
    public byte* Name;
    public byte* Stored;
    public fixed ulong Shape[8];
    public ulong Rows;
    public ulong Columns;
    public ulong Nonzeros;
    public ulong EncodedBytes;
    public ulong Channels;
    public uint NameLength;
    public uint Rank;
    public uint Type;
    public uint Method;
    public uint Coder;
    public uint Clusters;
    public uint CellBits;
    public uint GridBits;
    public uint ChannelAxis;
    public uint Reserved;
}

/// <summary>The elements that are not zero.</summary>
internal sealed record Sparse(ulong[] RowOffsets, uint[] Columns, byte[] Values);

/// <summary>
/// A .wls file open in a library. Outputs and workspaces lie between bytes that are checked to stay as they were.
/// </summary>
internal sealed unsafe class LibraryModel : IDisposable
{
    private readonly Library _library;
    private readonly Guarded _file;
    private readonly Model* _model = (Model*)NativeMemory.AllocZeroed((nuint)sizeof(Model));
    private readonly Dictionary<uint, Guarded> _workspaces = [];

    public LibraryModel(Library library, ReadOnlySpan<byte> file)
    {
        _library = library;
        _file = new Guarded((nuint)file.Length);
        file.CopyTo(new Span<byte>(_file.Start, file.Length));
        Status = library.Open(_file.Start, (nuint)file.Length, _model);
    }

    /// <summary>What opening it answered.</summary>
    public Status Status { get; }

    public Model* Model => _model;

    public uint Count => _library.TensorCount(_model);

    public Status TryInfo(uint tensor, out TensorFacts facts)
    {
        fixed (TensorFacts* info = &facts)
            return _library.TensorInfo(_model, tensor, (TensorInfo*)info);
    }

    public TensorFacts Info(uint tensor)
    {
        Assert.Equal(Status.Ok, TryInfo(tensor, out TensorFacts facts));
        return facts;
    }

    public nuint WorkspaceSize(uint tensor)
    {
        nuint size;
        Assert.Equal(Status.Ok, _library.WorkspaceSize(_model, tensor, &size));
        return size;
    }

    public Status TryScales(uint tensor, ulong firstChannel, float[] scales)
    {
        fixed (float* to = scales)
            return _library.TensorScales(_model, tensor, firstChannel, (ulong)scales.Length, to);
    }

    public byte[] Decode(uint tensor, ElementType type)
    {
        Assert.Equal(Status.Ok, TryDecode(tensor, type, out byte[] elements));
        return elements;
    }

    public Status TryDecode(uint tensor, ElementType type, out byte[] elements)
    {
        TensorFacts info = Info(tensor);
        using Guarded workspace = new(WorkspaceSize(tensor));
        using Guarded dst = new((nuint)(info.Rows * info.Columns * (ulong)ElementTypes.Size(type)));
        Status status = _library.Decode(_model, tensor, (uint)type, dst.Start, dst.Size, workspace.Start, workspace.Size);
        elements = dst.ToArray();
        return status;
    }

    /// <summary>Decodes rows in the one workspace that this model keeps for the tensor.</summary>
    public byte[] DecodeRows(uint tensor, ElementType type, ulong firstRow, ulong rowCount)
    {
        Guarded workspace = Workspace(tensor);
        using Guarded dst = new((nuint)(rowCount * Info(tensor).Columns * (ulong)ElementTypes.Size(type)));
        Assert.Equal(Status.Ok, _library.DecodeRows(_model, tensor, (uint)type, firstRow, rowCount, dst.Start, dst.Size,
            workspace.Start, workspace.Size));
        return dst.ToArray();
    }

    /// <summary>The workspace that <see cref="DecodeRows"/> uses.</summary>
    public Span<byte> WorkspaceOf(uint tensor) => new(Workspace(tensor).Start, (int)Workspace(tensor).Size);

    public Sparse DecodeCsr(uint tensor, ElementType type)
    {
        Assert.Equal(Status.Ok, TryDecodeCsr(tensor, type, out Sparse sparse));
        return sparse;
    }

    /// <summary>Counts, and decodes as many as were counted.</summary>
    public Status TryDecodeCsr(uint tensor, ElementType type, out Sparse sparse)
    {
        using Guarded workspace = new(WorkspaceSize(tensor));
        ulong[] offsets = new ulong[Info(tensor).Rows + 1];
        fixed (ulong* rowOffsets = offsets)
        {
            nuint offsetsSize = (nuint)offsets.Length * sizeof(ulong);
            Status counted = _library.DecodeCsr(_model, tensor, (uint)type, rowOffsets, offsetsSize, null, null, 0, workspace.Start,
                workspace.Size);
            ulong count = offsets[^1];
            if (counted != Status.Corrupt)
                Assert.Equal(count == 0 ? Status.Ok : Status.DstSize, counted);
            using Guarded columns = new((nuint)count * sizeof(uint));
            using Guarded values = new((nuint)count * (nuint)ElementTypes.Size(type));
            Status status = _library.DecodeCsr(_model, tensor, (uint)type, rowOffsets, offsetsSize, (uint*)columns.Start,
                values.Start, (nuint)count, workspace.Start, workspace.Size);
            Assert.Equal(counted == Status.Corrupt, status == Status.Corrupt);
            sparse = new Sparse(offsets, MemoryMarshal.Cast<byte, uint>(columns.ToArray()).ToArray(), values.ToArray());
            return status;
        }
    }

    public float[] Multiply(uint tensor, float[] x)
    {
        Assert.Equal(Status.Ok, TryMultiply(tensor, x, out float[] product));
        return product;
    }

    public Status TryMultiply(uint tensor, float[] x, out float[] product)
    {
        using Guarded workspace = new(WorkspaceSize(tensor));
        using Guarded y = new((nuint)Info(tensor).Rows * sizeof(float));
        fixed (float* from = x)
        {
            Status status = _library.MatVec(_model, tensor, from, (nuint)x.Length * sizeof(float), (float*)y.Start, y.Size,
                workspace.Start, workspace.Size);
            product = MemoryMarshal.Cast<byte, float>(y.ToArray()).ToArray();
            return status;
        }
    }

    public void Dispose()
    {
        foreach (Guarded workspace in _workspaces.Values)
            workspace.Dispose();
        _file.Dispose();
        NativeMemory.Free(_model);
    }

    private Guarded Workspace(uint tensor)
    {
        if (!_workspaces.TryGetValue(tensor, out Guarded? workspace))
            _workspaces[tensor] = workspace = new Guarded(WorkspaceSize(tensor));
        return workspace;
    }

    /// <summary>Memory between bytes that have to stay.</summary>
    private sealed class Guarded : IDisposable
    {
        private const int GuardBytes = 64;
        private const byte Guard = 0xa5;

        private readonly byte* _memory;
        private readonly int _before;

        public Guarded(nuint size)
        {
            Size = size;
            // At any alignment: nothing asks for one.
            _before = GuardBytes + (int)(size / 4 % 16);
            _memory = (byte*)NativeMemory.Alloc((nuint)_before + size + GuardBytes);
            new Span<byte>(_memory, _before + (int)size + GuardBytes).Fill(Guard);
        }

        public byte* Start => _memory + _before;

        public nuint Size { get; }

        public byte[] ToArray() => new ReadOnlySpan<byte>(Start, (int)Size).ToArray();

        public void Dispose()
        {
            bool isWhole = !new ReadOnlySpan<byte>(_memory, _before).ContainsAnyExcept(Guard)
                && !new ReadOnlySpan<byte>(Start + Size, GuardBytes).ContainsAnyExcept(Guard);
            NativeMemory.Free(_memory);
            Assert.True(isWhole, "bytes beside a buffer were written");
        }
    }
}
