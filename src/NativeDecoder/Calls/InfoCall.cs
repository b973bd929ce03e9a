using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary>What an open codec tells: its section's parameters are checked then.</summary>
internal struct FactsCall : ICodecCall
{
    public SectionFacts Facts;
    public nuint WorkspaceSize;

    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        Facts = codec.Facts;
        WorkspaceSize = Workspace.Size(codec.StateBytes);
        return Status.Ok;
    }
}

/// <summary><c>wl_tensor_info</c>.</summary>
internal readonly unsafe struct InfoCall(TensorInfo* info) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        *info = new TensorInfo(codec.Entry, codec.Facts);
        return Status.Ok;
    }
}

/// <summary><c>wl_workspace_size</c>.</summary>
internal readonly unsafe struct WorkspaceSizeCall(nuint* size) : ICodecCall
{
    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        *size = Workspace.Size(codec.StateBytes);
        return Status.Ok;
    }
}

/// <summary><c>wl_tensor</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct TensorInfo(in TensorEntry entry, in SectionFacts facts)
{
    private readonly byte* _name = entry.Name;
    private readonly byte* _stored = entry.Method == Method.Stored && !entry.IsGrid ? entry.Section : null;
    private readonly Shape _shape = entry.Shape;
    private readonly ulong _rows = entry.Rows;
    private readonly ulong _columns = entry.Columns;
    private readonly ulong _nonzeros = facts.Nonzeros;
    private readonly ulong _encodedBytes = entry.EncodedBytes;
    private readonly ulong _channels = facts.Grid.Channels;
    private readonly uint _nameLength = (uint)entry.NameLength;
    private readonly uint _rank = (uint)entry.Rank;
    private readonly uint _type = (uint)entry.Type;
    private readonly uint _method = (uint)entry.Method;
    private readonly uint _coder = (uint)entry.Coder;
    private readonly uint _clusters = (uint)facts.Clusters;
    private readonly uint _cellBits = (uint)facts.CellBits;
    private readonly uint _gridBits = (uint)facts.Grid.IntegerBits;
    private readonly uint _channelAxis = (uint)facts.Grid.ChannelAxis;
    private readonly uint _reserved;
}
