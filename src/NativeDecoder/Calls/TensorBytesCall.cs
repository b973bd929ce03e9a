using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary>How much workspace a tensor needs when ranges of its bytes are decoded.</summary>
internal struct TensorBytesSizeCall : ICodecCall
{
    public nuint WorkspaceSize;

    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        WorkspaceSize = TensorBytesCall.WorkspaceSizeOf(codec);
        return Status.Ok;
    }
}

/// <summary>
/// A range of a tensor's bytes, of elements of its own type, whatever they are cut through. What is decoded together and asked for
/// in part stays in the workspace, under a seal of its own, for the call that goes on with the rest.
/// </summary>
/// <param name="scratch">For what stays there, and then for the codec.</param>
internal readonly unsafe struct TensorBytesCall(ulong firstByte, ulong count, byte* dst, Scratch scratch) : ICodecCall
{
    // Parameters of no codec.
    private const ulong Mark = 0x7365747962;

    public static nuint WorkspaceSizeOf<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec> =>
        Workspace.Size((nuint)UnitBytes(codec)) + Workspace.Size(codec.StateBytes);

    public Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>
    {
        ElementType type = codec.Entry.Type;
        if (!codec.CanDecode(type))
            return Status.Corrupt;
        if (scratch.Size < WorkspaceSizeOf(codec))
            return Status.WorkspaceSize;
        return ElementTypes.Size(type) switch
        {
            1 => Decode<TCodec, byte>(codec),
            2 => Decode<TCodec, ushort>(codec),
            8 when TCodec.TakesWideElements => Decode<TCodec, ulong>(codec),
            _ => Decode<TCodec, uint>(codec),
        };
    }

    private static ulong UnitBytes<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec> =>
        codec.UnitWeights * (ulong)ElementTypes.Size(codec.Entry.Type);

    private Status Decode<TCodec, T>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged
    {
        ulong unitBytes = UnitBytes(codec);
        ulong unit = firstByte / unitBytes;
        ulong into = firstByte % unitBytes;
        byte* next = dst;
        ulong left = count;
        if (into > 0 || left < unitBytes)
        {
            ulong bytes = Math.Min(left, unitBytes - into);
            Status status = CopyPart<TCodec, T>(codec, unit, into, bytes, next);
            if (status != Status.Ok)
                return status;
            unit++;
            next += bytes;
            left -= bytes;
        }
        ulong whole = left / unitBytes;
        if (whole > 0)
        {
            Status status = Decode(codec, unit * codec.UnitWeights, whole * codec.UnitWeights, (T*)next);
            if (status != Status.Ok)
                return status;
            next += whole * unitBytes;
            left -= whole * unitBytes;
        }
        return left == 0 ? Status.Ok : CopyPart<TCodec, T>(codec, unit + whole, 0, left, next);
    }

    private Status CopyPart<TCodec, T>(in TCodec codec, ulong unit, ulong into, ulong bytes, byte* to)
        where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged
    {
        TensorEntry entry = codec.Entry;
        Workspace kept = new(scratch.Memory, (nuint)UnitBytes(codec), Mark);
        ulong first = unit * codec.UnitWeights;
        if (!kept.Resumes(entry, first))
        {
            Status status = Decode(codec, first, Math.Min(codec.UnitWeights, entry.Weights - first), (T*)kept.State);
            if (status != Status.Ok)
                return status;
            kept.Keep(entry, first);
        }
        Buffer.MemoryCopy(kept.State + into, to, bytes, bytes);
        return Status.Ok;
    }

    private Status Decode<TCodec, T>(in TCodec codec, ulong first, ulong weights, T* elements)
        where TCodec : unmanaged, ICodec<TCodec> where T : unmanaged
    {
        T* table = stackalloc T[Palette.TableLength];
        codec.FillTable(codec.Entry.Type, table);
        byte* memory = scratch.Memory + Workspace.Size((nuint)UnitBytes(codec));
        return codec.Decode(new WeightRange(first, weights, codec.Entry.Weights), codec.Entry.Type, table, elements, memory, Part.Whole);
    }
}
