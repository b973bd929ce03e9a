using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary>The workspace that a caller brings, and what it claims of its size.</summary>
internal readonly unsafe struct Scratch(byte* memory, nuint size)
{
    public byte* Memory => memory;

    /// <summary>Whether a tensor can be decoded to a type, with this workspace.</summary>
    public Status Check<TCodec>(in TCodec codec, ElementType output) where TCodec : unmanaged, ICodec<TCodec>
    {
        Status status = CheckType(codec, output);
        return status == Status.Ok ? Check(codec.StateBytes) : status;
    }

    /// <summary>Whether <paramref name="output"/> is a type at all, and one that the tensor can be decoded to.</summary>
    public static Status CheckType<TCodec>(in TCodec codec, ElementType output) where TCodec : unmanaged, ICodec<TCodec> =>
        ElementTypes.Size(output) == 0 ? Status.Argument
        : codec.CanDecode(output) ? Status.Ok
        : Status.Type;

    private Status Check(nuint stateBytes)
    {
        nuint needed = Workspace.Size(stateBytes);
        return size < needed ? Status.WorkspaceSize
            : needed > 0 && memory == null ? Status.Argument
            : Status.Ok;
    }
}
