using DotNet.Globbing;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder;

/// <summary>What to make of a model.</summary>
public sealed record EncoderOptions
{
    /// <summary>Null leaves the choice for each tensor to <see cref="MethodChooser"/>.</summary>
    public Method? Method { get; init; }

    /// <summary>One of the method's coders.</summary>
    public Coder Coder { get; init; }

    /// <summary>The share of weights that pruning keeps, above 0 and at most 1; null prunes nothing.</summary>
    public double? Density { get; init; }

    /// <summary>
    /// The most centroids that a float tensor gets, 1..255: one with more distinct non-zero values is clustered. Null leaves all
    /// values as they are.
    /// </summary>
    public int? Clusters { get; init; }

    /// <summary>Bits of a filter's cell, 1..16; null for five more than an id needs.</summary>
    public int? CellBits { get; init; }

    /// <summary>Cells of a Bloomier filter for each non-zero.</summary>
    public double Room { get; init; } = Codecs.Bloomier.BloomierEncoder.DefaultRoom;

    /// <summary>
    /// Names of the tensors to prune, cluster and encode, with * ? and [abc]; the others are stored as they are. Empty means
    /// all tensors, of which those with fewer than two dimensions are not pruned, and clustered only if most of their elements
    /// are zero.
    /// </summary>
    public IReadOnlyList<string> Tensors { get; init; } = [];

    public ulong Seed { get; init; }

    public const int DefaultStrength = 5;

    public const int MaxStrength = 9;

    /// <summary>Of method <c>context</c>, 1 (fast) to 9 (small): what it tries, and what a decoder has to do for it.</summary>
    public int Strength { get; init; } = DefaultStrength;

    /// <summary>Whether f32 tensors that are clustered get a codebook of f16, which rounds; it is f16 in any case if that is exact.</summary>
    public bool HalfCodebook { get; init; }

    /// <summary>Whether a tensor with a minus zero stays as it is: clustered, it would have a zero there.</summary>
    public bool KeepsZeroSigns { get; init; }

    /// <summary>The share of zero weights that <see cref="MethodChooser"/> lets a filter get wrong; null for none.</summary>
    public double? MaxFalsePositives { get; init; }

    /// <summary>Throws unless each of <see cref="Tensors"/> matches a name.</summary>
    /// <exception cref="ModelFormatException">One matches none.</exception>
    public void RequireMatches(IEnumerable<string> names)
    {
        string[] all = [.. names];
        foreach (string pattern in Tensors)
        {
            if (!all.Any(Glob.Parse(pattern).IsMatch))
                throw new ModelFormatException($"no tensor matches {ModelFormatException.Quote(pattern)}");
        }
    }

    internal bool Selects(string name) => Tensors.Count == 0 || Tensors.Any(pattern => Glob.Parse(pattern).IsMatch(name));

    /// <summary>
    /// Whether to prune and cluster a tensor: floats only. A bias is short, dense and touchy: only if it is named.
    /// </summary>
    internal bool Prunes(Tensor tensor) =>
        Selects(tensor.Name) && ElementTypes.IsFloat(tensor.Type) && (tensor.Shape.Count >= 2 || Tensors.Count > 0);
}
