using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// Adaptive arithmetic coding. A symbol is a decision whether it is 0, the commonest symbol of a sparse stream, and if not, which
/// of the others it is: one step of an adaptive alphabet, however many there are.
/// </summary>
internal unsafe struct Arithmetic : ISymbolDecoder
{
    /// <summary>What an alphabet has learnt.</summary>
    public struct Model
    {
        private uint _isOther;
        private int _others;
        private AdaptiveAlphabet _other;

        /// <param name="size">Symbols of the alphabet, 1..256.</param>
        public void Reset(int size)
        {
            _isOther = AdaptiveBit.Initial;
            _others = size - 1;
            if (_others > 1)
                _other.Reset(_others);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Code<TCoder>(ref TCoder coder, uint symbol) where TCoder : struct, IBinaryCoder
        {
            if (_others == 0)
                return 0;
            uint bit = coder.Code(symbol != 0 ? 1u : 0, AdaptiveBit.Probability(_isOther));
            _isOther = AdaptiveBit.Next(_isOther, bit);
            if (bit == 0 || _others == 1)
                return bit;
            return (uint)_other.Code(ref coder, (int)Math.Max(symbol, 1) - 1) + 1;
        }
    }

    private RangeDecoder _range;
    private Model* _models;

    public static int TableBytes(in Alphabets alphabets) => alphabets.Count * sizeof(Model);

    public bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables)
    {
        _models = (Model*)tables;
        for (int i = 0; i < alphabets.Count; i++)
            _models[i].Reset(alphabets.Size(i));
        _range = new RangeDecoder(reader.Position, reader.Position + reader.Left);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int alphabet) => _models[alphabet].Code(ref _range, 0);

    public readonly bool RanOver => _range.RanOver;
}
