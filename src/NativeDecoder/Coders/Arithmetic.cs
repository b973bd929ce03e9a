using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// Adaptive binary arithmetic coding. A symbol is a decision whether it is 0, the commonest symbol of a sparse stream,
/// and if not, the bits of symbol - 1 from the top, each under the bits above it.
/// </summary>
internal unsafe struct Arithmetic : ISymbolDecoder
{
    /// <summary>Adaptive bits of an alphabet: [0] is "not zero", [1..255] the nodes of the tree.</summary>
    public const int ModelLength = 256;

    private RangeDecoder _range;
    private Alphabets _alphabets;
    private uint* _models;

    public static int TableBytes(in Alphabets alphabets) => alphabets.Count * ModelLength * sizeof(uint);

    /// <summary>Levels of the tree of an alphabet.</summary>
    public static int Levels(int alphabetSize) =>
        alphabetSize <= 2 ? 0 : 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)alphabetSize - 2);

    public bool TryOpen(ref ByteReader reader, in Alphabets alphabets, byte* tables)
    {
        _alphabets = alphabets;
        _models = (uint*)tables;
        new Span<uint>(_models, alphabets.Count * ModelLength).Fill(AdaptiveBit.Initial);
        _range = new RangeDecoder(reader.Position, reader.Position + reader.Left);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int alphabet)
    {
        int size = _alphabets.Size(alphabet);
        if (size == 1)
            return 0;
        uint* model = _models + alphabet * ModelLength;
        return Decide(model) == 0 ? 0 : ReadTree(model, Levels(size));
    }

    public readonly bool RanOver => _range.RanOver;

    private uint ReadTree(uint* model, int levels)
    {
        uint node = 1;
        for (int i = 0; i < levels; i++)
            node = node << 1 | Decide(model + node);
        // 256 symbols leave one leaf that stands for none of them.
        return Math.Min(node - (1u << levels) + 1, 255);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Decide(uint* state)
    {
        uint bit = _range.Decode(AdaptiveBit.Probability(*state));
        *state = AdaptiveBit.Next(*state, bit);
        return bit;
    }
}
