using Weightless.Encoder.Coders;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs.Bloomier;
using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Bloomier;

/// <summary>
/// Method <c>bloomier</c>: the paper's filter, built by peeling. A set of keys that does not peel gets another seed, and
/// after a few of them a little more room.
/// </summary>
internal sealed class BloomierEncoder : IEncoder
{
    /// <summary>Cells a non-zero, the paper's c.</summary>
    public const double DefaultRoom = 1.23;

    private const int SeedsBeforeMoreRoom = 4;

    public Method Method => Method.Bloomier;

    public string Description => "as the paper's filter";

    /// <summary>Nothing: a coupled filter is smaller at the same rate of false positives.</summary>
    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) => [];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier)
    {
        BitWriter section = new();
        PaletteWriter.Write(tensor, section);
        int cellBits = CellWidth.Of(tensor, options);
        Write(tensor, options.Coder, cellBits, options.Room, options.Seed, section);
        return EncodedTensor.Of(tensor, Method.Bloomier, options.Coder, section.ToArray(), cellBits);
    }

    private static void Write(ClusteredTensor tensor, Coder coder, int cellBits, double room, ulong seed, BitWriter section)
    {
        ulong[] keys = new ulong[tensor.Nonzeros];
        ushort[] values = new ushort[tensor.Nonzeros];
        int count = 0;
        for (int i = tensor.NextNonzero(0); i < tensor.Ids.Length; i = tensor.NextNonzero(i + 1))
        {
            keys[count] = (ulong)i;
            values[count++] = (ushort)(tensor.Ids[i] - 1);
        }

        long segment = (long)Math.Ceiling(room * count / 3);
        ushort[]? cells;
        for (int attempt = 1; (cells = Peeling.TryBuild(keys, values, segment, cellBits, seed)) is null; attempt++)
        {
            seed++;
            if (attempt % SeedsBeforeMoreRoom == 0)
                segment += Math.Max(1, segment / 100);
        }

        section.WriteByte((byte)cellBits);
        section.WriteVarint((ulong)segment);
        section.WriteVarint(seed);
        SymbolCoder.Write(new Source(cells, cellBits, coder), coder, section);
    }

    private readonly struct Source(ushort[] cells, int cellBits, Coder coder) : ISymbolSource
    {
        public Alphabets Alphabets => BloomierCodec.Alphabets(cellBits, coder);

        public void WriteTo<TSink>(ref TSink sink) where TSink : struct, ISymbolSink
        {
            bool isOneSymbol = Alphabets.Count == 1;
            foreach (ushort cell in cells)
            {
                if (isOneSymbol)
                {
                    sink.Write(0, cell);
                    continue;
                }
                uint high = (uint)cell >> 8;
                sink.Write(0, high);
                sink.Write(high == 0 ? 1 : 2, (uint)cell & 0xff);
            }
        }
    }
}
