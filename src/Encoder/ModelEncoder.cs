using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Quantization.Grid;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>The way of a tensor into a file: it is pruned and clustered, then encoded.</summary>
public static class ModelEncoder
{
    /// <summary>Prunes and clusters a tensor as the options say.</summary>
    public static PreparedTensor Prepare(Tensor tensor, EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Selects(tensor.Name))
            return new PreparedTensor(tensor, null, Unclustered.None);
        if (tensor.Type == ElementType.I16)
            return new PreparedTensor(tensor, null, Unclustered.None, WhyLeftAlone(tensor, options, null, Unclustered.None)) { Grid = GridTensor.Of(tensor) };
        if (options.KeepsZeroSigns && new Weights(tensor).HasMinusZero)
            return new PreparedTensor(tensor, null, Unclustered.MinusZero);
        double? density = options.Prunes(tensor) ? options.Density : null;
        int? clusters = options.Clusters is { } most && (options.Prunes(tensor) || IsPrunedBias(tensor)) ? most : null;
        ClusteredTensor? clustered = Clusterer.TryCluster(tensor, density, clusters, out Unclustered reason);
        LeftAlone leftAlone = WhyLeftAlone(tensor, options, clustered, reason);
        clustered = options.HalfCodebook && options.Prunes(tensor)
            ? clustered?.WithHalfCodebook()
            : clustered?.WithSmallestCodebook();
        return new PreparedTensor(tensor, clustered, reason, leftAlone);
    }

    /// <summary>Encodes a tensor by the options' method, or stores it where that is no larger.</summary>
    /// <param name="earlier">The tensors before it in the file, encoded: a section may refer to them.</param>
    public static EncodedTensor Encode(PreparedTensor tensor, EncoderOptions options, IReadOnlyList<EncodedTensor>? earlier = null) =>
        MethodChooser.Choose(tensor, options, earlier).Encoded;

    /// <summary>Who has pruned more than half of a bias away takes it for weights like others.</summary>
    private static bool IsPrunedBias(Tensor tensor) =>
        ElementTypes.IsFloat(tensor.Type) && tensor.Shape.Count == 1 && new Weights(tensor).CountZeros() > tensor.Count / 2;

    private static LeftAlone WhyLeftAlone(Tensor tensor, EncoderOptions options, ClusteredTensor? clustered, Unclustered reason)
    {
        if (reason == Unclustered.NotFinite)
            return LeftAlone.No;
        bool isOver = clustered is null
            ? options.Density is not null || options.Clusters is not null
            : clustered.Clusters > (options.Clusters ?? Limits.MaxClusters)
                || options.Density is { } density && clustered.Nonzeros > MagnitudePruning.Keep(tensor.Count, density);
        if (!isOver)
            return LeftAlone.No;
        if (ElementTypes.Size(tensor.Type) == sizeof(ulong))
            return LeftAlone.Wide;
        if (!ElementTypes.IsFloat(tensor.Type))
            return LeftAlone.Integer;
        return options.Prunes(tensor) ? LeftAlone.No : LeftAlone.OneDimensional;
    }
}
