using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Skeleton;

/// <summary>
/// Reads a skeleton, in order at the cost of decoding it once: its state stays in the caller's workspace, under the seal that states
/// of tensors have. Going back costs as much as going there from the start.
/// </summary>
internal unsafe struct SkeletonReader
{
    // No tensor's parameters, method or shape.
    private const ulong Mark = 0x6e6f74656c656b73;

    private readonly SkeletonHeader _header;
    private readonly TensorEntry _identity;
    private readonly Workspace _workspace;
    private bool _isOpen;

    private struct State
    {
        public RangeDecoder Coder;
        public SkeletonCode Code;
        public ulong Position;

        // Of the copy that it is in.
        public uint CopyLeft;
        public SkeletonToken Previous;
        public fixed uint Distances[SkeletonCode.Repeats];
    }

    /// <param name="memory">The caller's, at least <see cref="WorkspaceSize"/> bytes.</param>
    public SkeletonReader(in SkeletonHeader header, byte* memory)
    {
        _header = header;
        _identity = new TensorEntry
        {
            Section = header.Entry.Section,
            SectionBytes = header.Entry.SectionBytes,
            Checksum = header.Entry.Checksum,
            Rows = header.Bytes,
        };
        _workspace = new Workspace(memory, StateBytes(header), Mark);
    }

    /// <summary>Bytes of workspace that it needs.</summary>
    public static nuint WorkspaceSize(in SkeletonHeader header) => Workspace.Size(StateBytes(header));

    /// <summary>Reads bytes of the skeleton.</summary>
    public Status Read(ulong first, ulong count, byte* dst)
    {
        State* state = (State*)_workspace.State;
        if (!_isOpen)
        {
            if (!_workspace.Resumes(_identity, Workspace.AnyWeight))
                Begin(state);
            _isOpen = true;
        }
        if (state->Position > first)
            Begin(state);
        return TryGo(state, first - state->Position, null) && TryGo(state, count, dst) ? Status.Ok : Status.Corrupt;
    }

    /// <summary>Leaves the state to a later call.</summary>
    public readonly void Keep()
    {
        if (_isOpen)
            _workspace.Keep(_identity, Workspace.AnyWeight);
    }

    private static nuint StateBytes(in SkeletonHeader header) => (nuint)sizeof(State) + ((nuint)1 << header.WindowBits);

    private readonly byte* Window => _workspace.State + sizeof(State);

    private readonly void Begin(State* state)
    {
        ByteReader stream = _header.Stream;
        state->Coder = new RangeDecoder(stream.Position, stream.Position + stream.Left);
        state->Code.Reset();
        state->Position = 0;
        state->CopyLeft = 0;
        state->Previous = SkeletonToken.Literal;
        for (int i = 0; i < SkeletonCode.Repeats; i++)
            state->Distances[i] = 1;
        // A copy from before the first byte finds zeros, not what the caller's memory had.
        new Span<byte>(Window, 1 << _header.WindowBits).Clear();
    }

    /// <summary>Decodes so many bytes, to nowhere if <paramref name="dst"/> is null.</summary>
    private readonly bool TryGo(State* state, ulong count, byte* dst)
    {
        byte* window = Window;
        ulong mask = (1ul << _header.WindowBits) - 1;
        ulong position = state->Position;
        ulong end = position + count;
        while (position < end)
        {
            uint distance = state->Distances[0];
            if (state->CopyLeft == 0)
            {
                SkeletonToken token = state->Code.CodeToken(ref state->Coder, default, state->Previous);
                if (token == SkeletonToken.Literal)
                {
                    byte before = window[position - 1 & mask];
                    int unlikely = state->Previous == SkeletonToken.Literal ? -1 : window[position - distance & mask];
                    byte value = state->Code.CodeLiteral(ref state->Coder, 0, before, unlikely);
                    state->Previous = token;
                    window[position++ & mask] = value;
                    if (dst != null)
                        *dst++ = value;
                    if (state->Coder.RanOver)
                        return false;
                    continue;
                }
                if (!TryBeginCopy(state, token))
                    return false;
                distance = state->Distances[0];
            }
            uint length = (uint)Math.Min(state->CopyLeft, end - position);
            state->CopyLeft -= length;
            for (; length > 0; length--)
            {
                byte value = window[position - distance & mask];
                window[position++ & mask] = value;
                if (dst != null)
                    *dst++ = value;
            }
        }
        state->Position = position;
        return true;
    }

    private readonly bool TryBeginCopy(State* state, SkeletonToken token)
    {
        uint* distances = state->Distances;
        uint number;
        if (token == SkeletonToken.Match)
        {
            number = state->Code.CodeNumber(ref state->Coder, SkeletonCode.MatchLength, 0);
            uint distance = state->Code.CodeNumber(ref state->Coder, SkeletonCode.DistanceAlphabet(number), 0);
            if (distance >> _header.WindowBits != 0)
                return false;
            ToFront(distances, SkeletonCode.Repeats - 1, distance + 1);
        }
        else
        {
            uint repeat = state->Code.CodeRepeat(ref state->Coder, 0);
            ToFront(distances, repeat, distances[repeat]);
            number = state->Code.CodeNumber(ref state->Coder, SkeletonCode.RepeatLength, 0);
        }
        state->Previous = token;
        state->CopyLeft = number + SkeletonCode.MinLength;
        return !state->Coder.RanOver;
    }

    /// <summary>The distances before one move back, and it goes first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToFront(uint* distances, uint index, uint distance)
    {
        for (uint i = index; i > 0; i--)
            distances[i] = distances[i - 1];
        distances[0] = distance;
    }
}
