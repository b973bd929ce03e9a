namespace Weightless.Encoder.Models;

/// <summary>The file that a model was read from, for who wants to rebuild it.</summary>
/// <param name="File">All of its bytes.</param>
/// <param name="Places">Where in it the elements of each of the model's tensors lie as they are; null if they lie elsewhere or in another form.</param>
public sealed record ModelSource(ReadOnlyMemory<byte> File, IReadOnlyList<Extent?> Places);

/// <summary>Some bytes of a file.</summary>
public readonly record struct Extent(int Offset, int Length)
{
    public int End => Offset + Length;
}
