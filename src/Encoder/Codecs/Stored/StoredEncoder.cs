using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Codecs.Stored;

/// <summary>Method <c>stored</c>: the elements in full, as they were pruned and clustered.</summary>
internal sealed class StoredEncoder : IEncoder
{
    public Method Method => Method.Stored;

    public string Description => "not at all";

    /// <summary>The chooser knows its size without an attempt.</summary>
    public IEnumerable<EncoderOptions> Candidates(ClusteredTensor tensor, EncoderOptions options) => [];

    public EncodedTensor Encode(ClusteredTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor> earlier) =>
        EncodedTensor.Store(Elements(tensor));

    /// <summary>The elements that a clustered tensor's ids stand for.</summary>
    public static Tensor Elements(ClusteredTensor tensor)
    {
        int size = ElementTypes.Size(tensor.Type);
        byte[] data = new byte[(long)tensor.Ids.Length * size];
        for (int i = tensor.NextNonzero(0); i < tensor.Ids.Length; i = tensor.NextNonzero(i + 1))
            BitConverter.GetBytes(tensor.Centroids[tensor.Ids[i] - 1]).AsSpan(0, size).CopyTo(data.AsSpan(i * size));
        return new Tensor(tensor.Name, tensor.Type, tensor.Shape, data);
    }
}
