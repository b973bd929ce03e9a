using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The weights of a tensor in which no value but the background occurs twice, such as a bias: one adaptive probability for
/// the positions, and each id one of those that are left.
/// </summary>
internal unsafe struct ContextDistinct
{
    private fixed byte _left[256];
    private int _count;
    private uint _position;

    public void Reset(int clusters, uint density)
    {
        for (int i = 0; i < clusters; i++)
            _left[i] = (byte)(i + 1);
        _count = clusters;
        _position = density << 16;
    }

    /// <summary>Whether every value has come: the rest is background.</summary>
    public readonly bool IsUsedUp => _count == 0;

    /// <summary>Codes a row; returns how many weights are not background.</summary>
    public ulong CodeRow<TCoder, TOutput>(ref TCoder coder, ref TOutput output, ulong columns, BitMask columnMask, byte* source)
        where TCoder : struct, IBinaryCoder where TOutput : struct, IWeightOutput
    {
        int before = _count;
        for (ulong c = 0; c < columns && _count > 0; c++)
        {
            if (!columnMask[c])
                continue;
            uint known = source != null ? source[c] : 0u;
            uint bit = coder.Code(known != 0 ? 1u : 0, AdaptiveBit.Probability(_position));
            _position = AdaptiveBit.Next(_position, bit);
            if (bit == 0)
                continue;
            fixed (byte* left = _left)
            {
                Span<byte> ids = new(left, _count);
                int place = source != null ? ids.IndexOf((byte)known) : 0;
                place = (int)coder.CodeUniform((uint)place, (uint)_count);
                output.Write(c, ids[place]);
                ids[(place + 1)..].CopyTo(ids[place..]);
            }
            _count--;
        }
        return (ulong)(before - _count);
    }
}
