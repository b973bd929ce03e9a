using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>A tensor on its way into a file, and what kept it from being clustered, if anything did.</summary>
public sealed record PreparedTensor(Tensor Source, ClusteredTensor? Clustered, Unclustered Reason);

/// <summary>Prunes, clusters and encodes the tensors of a model.</summary>
public static class ModelEncoder
{
    /// <summary>Prunes and clusters a tensor as the options say.</summary>
    public static PreparedTensor Prepare(Tensor tensor, EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Selects(tensor.Name))
            return new PreparedTensor(tensor, null, Unclustered.None);
        bool changes = options.Changes(tensor);
        ClusteredTensor? clustered = Clusterer.TryCluster(tensor, changes ? options.Density : null,
            changes ? options.Clusters : null, out Unclustered reason);
        clustered = options.HalfCodebook && changes ? clustered?.WithHalfCodebook() : clustered?.WithSmallestCodebook();
        return new PreparedTensor(tensor, clustered, reason);
    }

    /// <summary>Encodes a tensor by the options' method, or stores it where that is no larger.</summary>
    /// <param name="earlier">The tensors before it in the file, encoded: method <c>context</c> can make use of them.</param>
    public static EncodedTensor Encode(PreparedTensor tensor, EncoderOptions options,
        IReadOnlyList<EncodedTensor>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Method is not { } method)
            return MethodChooser.Choose(tensor, options, earlier).Encoded;
        EncodedTensor stored = EncodedTensor.Store(tensor.Source);
        if (tensor.Clustered is not { } clustered || method == Method.Stored)
            return stored;
        EncodedTensor encoded = method == Method.Context
            ? EncodedTensor.EncodeContext(clustered, options.Strength, earlier)
            : EncodedTensor.Encode(clustered, method, options.Coder, CellBits(clustered, options), options.Room, options.Seed);
        return encoded.ExpectedBytes < stored.ExpectedBytes ? encoded : AsStored(clustered);
    }

    /// <summary>The cell width for a tensor; one that was asked for is raised to what its centroids need.</summary>
    public static int CellBits(ClusteredTensor tensor, EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        return Math.Max(options.CellBits ?? EncodedTensor.DefaultCellBits(tensor.Clusters),
            EncodedTensor.MinCellBits(tensor.Clusters));
    }

    /// <summary>The tensor with its weights as they were pruned and clustered, in full.</summary>
    internal static EncodedTensor AsStored(ClusteredTensor tensor)
    {
        int size = ElementTypes.Size(tensor.Type);
        byte[] data = new byte[(long)tensor.Ids.Length * size];
        for (int i = tensor.NextNonzero(0); i < tensor.Ids.Length; i = tensor.NextNonzero(i + 1))
            BitConverter.GetBytes(tensor.Centroids[tensor.Ids[i] - 1]).AsSpan(0, size).CopyTo(data.AsSpan(i * size));
        return new EncodedTensor(tensor.Name, tensor.Type, tensor.Shape, Method.Stored, Coder.None, data);
    }
}
