using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;

namespace Weightless.Encoder;

/// <summary>A tensor on its way into a file.</summary>
/// <param name="Clustered">Its weights as ids; null if it can only be stored.</param>
/// <param name="Reason">What kept it from being clustered, if anything did.</param>
/// <param name="LeftAlone">What kept it from being pruned and clustered as the options say, if anything did.</param>
public sealed record PreparedTensor(Tensor Source, ClusteredTensor? Clustered, Unclustered Reason,
    LeftAlone LeftAlone = LeftAlone.No);

/// <summary>Why a tensor keeps more weights or more values than the options ask for.</summary>
public enum LeftAlone
{
    /// <summary>It does not.</summary>
    No,

    /// <summary>A bias is short, dense and touchy: it is changed only if it is named.</summary>
    OneDimensional,

    /// <summary>Integers are the ids or the weights of a network that was quantised before.</summary>
    Integer,

    /// <summary>No codec takes elements of 64 bits.</summary>
    Wide,
}
