using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder;

/// <summary>A tensor on its way into a file.</summary>
/// <param name="Clustered">Its weights as ids; null if it can only be stored.</param>
/// <param name="Reason">What kept it from being clustered, if anything did.</param>
/// <param name="LeftAlone">What kept it from being pruned and clustered as the options say, if anything did.</param>
public sealed record PreparedTensor(Tensor Source, ClusteredTensor? Clustered, Unclustered Reason,
    LeftAlone LeftAlone = LeftAlone.No)
{
    /// <summary>Its elements as integers times scales; null if it is no grid.</summary>
    public GridTensor? Grid { get; init; }

    /// <summary>A tensor that a quantiser has made.</summary>
    public static PreparedTensor Of(GridTensor grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        return new PreparedTensor(grid.ToTensor(), null, Unclustered.None) { Grid = grid };
    }
}

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
