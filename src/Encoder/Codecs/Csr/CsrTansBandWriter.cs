using System.Numerics;
using Weightless.Encoder.Coders;
using Weightless.NativeDecoder.Codecs.Csr;

namespace Weightless.Encoder.Codecs.Csr;

/// <summary>Codes the tokens of a band, the last one first, so that they come out from the first on.</summary>
internal sealed class CsrTansBandWriter
{
    private readonly CsrTansTokens _tokens;
    private readonly CsrTansFit _fit;

    // The states that stand for a token, by its number of that kind; those of a token begin at its first.
    private readonly ushort[] _states;
    private readonly int[] _firsts;

    private readonly List<(int Token, uint Raw)> _band = [];

    public CsrTansBandWriter(CsrTansTokens tokens, CsrTansFit fit)
    {
        _tokens = tokens;
        _fit = fit;
        int log = fit.Model.TableLog;
        _states = new ushort[1 << log];
        _firsts = new int[fit.Counts.Length];
        int[] tokenOf = new int[1 << log];
        uint state = 0;
        for (int token = 0, first = 0; token < fit.Counts.Length; token++)
        {
            _firsts[token] = first;
            first += fit.Counts[token];
            for (int i = fit.Counts[token]; i > 0; i--)
            {
                tokenOf[state] = token;
                state = CsrTansTable.Spread(state, log);
            }
        }
        int[] next = [.. _firsts];
        for (int i = 0; i < tokenOf.Length; i++)
            _states[next[tokenOf[i]]++] = (ushort)i;
    }

    /// <summary>Bits of the states that a band begins with.</summary>
    public static int StateBits(int tableLog) => CsrTansBand.StateCount * tableLog;

    public void Write(int band, BitWriter output)
    {
        Tokenize(band);
        int log = _fit.Model.TableLog;
        int size = 1 << log;
        Span<int> states = stackalloc int[CsrTansBand.StateCount];
        (uint Value, int Bits)[] read = new (uint, int)[_band.Count];
        for (int i = _band.Count - 1; i >= 0; i--)
        {
            ref int state = ref states[i % CsrTansBand.StateCount];
            (int token, uint raw) = _band[i];
            int count = _fit.Counts[token];
            bool isLast = i + CsrTansBand.StateCount >= _band.Count;
            // Where nothing follows any state will do: one that reads the fewest bits.
            int number = isLast ? 2 * count - 1 : size + state;
            int bits = isLast ? log - BitOperations.Log2((uint)number) : BitOperations.Log2((uint)(number / count));
            read[i] = ((isLast ? 0 : (uint)number & (1u << bits) - 1) << _fit.Model.RawBits | raw, bits + _fit.Model.RawBits);
            state = _states[_firsts[token] + (isLast ? number : number >> bits) - count];
        }
        foreach (int state in states)
            output.WriteBits((uint)state, log);
        foreach ((uint value, int bits) in read)
            output.WriteBits(value, bits);
        output.AlignToByte();
    }

    private void Tokenize(int band)
    {
        CsrTansModel model = _fit.Model;
        _band.Clear();
        for (int i = _tokens.Bands[band]; i < _tokens.Bands[band + 1]; i++)
        {
            int gap = _tokens.Gaps[i];
            for (int escaped = model.Classes << model.RawBits; gap >= escaped; gap -= escaped)
                _band.Add((model.Escape, 0));
            _band.Add(((gap >> model.RawBits) * model.Clusters + _tokens.Ids[i], (uint)gap & (1u << model.RawBits) - 1));
        }
    }
}
