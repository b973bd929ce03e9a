using System.Numerics;
using Weightless.Encoder.Codecs.Stored;
using Weightless.Encoder.Codecs.Words;
using Weightless.Encoder.Coders;
using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Codecs.Exponent;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Exponent;

/// <summary>Method <c>exponent</c>: the elements of a float tensor in full, their exponents coded.</summary>
internal sealed class ExponentEncoder : IEncoder
{
    public Method Method => Method.Exponent;

    public string Description => "floats in full, with their exponents coded";

    /// <summary>Few values are always smaller as ids; see <see cref="TryEncode"/> for tensors that have many.</summary>
    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) => [];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier) =>
        TryEncode(StoredEncoder.Elements(tensor)) ?? EncodedTensor.Store(StoredEncoder.Elements(tensor));

    /// <summary>Encodes elements of any bits.</summary>
    /// <returns>Null for a tensor that is not of floats of 16 or 32 bits.</returns>
    public static EncodedTensor? TryEncode(Tensor tensor)
    {
        if (!ElementTypes.IsFloat(tensor.Type))
            return null;
        ExponentFormat format = ExponentFormat.Of(tensor.Type);
        ElementBits elements = new(tensor);
        int dropped = Math.Min(BitOperations.TrailingZeroCount(elements.Union | 1u << format.FractionBits), format.FractionBits);
        int width = 1 + format.FractionBits - dropped;
        BitWriter section = new();
        section.WriteByte((byte)dropped);
        byte[] exponents = new byte[tensor.Count];
        for (int i = 0; i < exponents.Length; i++)
        {
            exponents[i] = (byte)format.Exponent(elements[i]);
            section.WriteBits(format.Rest(elements[i], dropped), width);
        }
        section.AlignToByte();
        ClusteredTensor clustered = Clusters(tensor, exponents);
        section.WriteBytes(new WordsEncoder().Encode(clustered, new EncoderOptions(), []).Section.Span);
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, Method.Exponent, Coder.None, section.ToArray())
        {
            Facts = new SectionFacts((ulong)tensor.Count, clusters: 0),
        };
    }

    /// <summary>A tensor of bytes, whose values are all bytes that occur.</summary>
    private static ClusteredTensor Clusters(Tensor tensor, byte[] exponents)
    {
        Span<byte> ids = stackalloc byte[256];
        foreach (byte exponent in exponents)
            ids[exponent] = 1;
        List<uint> values = [];
        for (int value = 1; value < ids.Length; value++)
        {
            if (ids[value] == 0)
                continue;
            values.Add((uint)value);
            ids[value] = (byte)values.Count;
        }
        ids[0] = 0;
        foreach (ref byte exponent in exponents.AsSpan())
            exponent = ids[exponent];
        return new ClusteredTensor(tensor.Name, ElementType.U8, tensor.Shape, exponents, [.. values]);
    }

    /// <summary>The elements of a float tensor as integers.</summary>
    private readonly struct ElementBits(Tensor tensor)
    {
        private readonly ReadOnlyMemory<byte> _data = tensor.Data;
        private readonly int _size = ElementTypes.Size(tensor.Type);

        public uint this[int index] => _size == sizeof(ushort)
            ? BitConverter.ToUInt16(_data.Span[(index * sizeof(ushort))..])
            : BitConverter.ToUInt32(_data.Span[(index * sizeof(uint))..]);

        /// <summary>All bits that are set in an element.</summary>
        public uint Union
        {
            get
            {
                uint union = 0;
                for (int i = 0; i < _data.Length / _size; i++)
                    union |= this[i];
                return union;
            }
        }
    }
}
