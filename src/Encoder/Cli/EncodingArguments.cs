using System.CommandLine;

namespace Weightless.Encoder.Cli;

/// <summary>The options of <c>encode</c> and <c>compare</c> that say what to make of a model.</summary>
internal sealed class EncodingArguments
{
    private readonly Option<double?> _density = Arguments.Density();
    private readonly Option<int?> _clusters = Arguments.Clusters();
    private readonly Option<int?> _cellBits = Arguments.CellBits();
    private readonly Option<string[]> _tensors = Arguments.Tensors();
    private readonly Option<ulong?> _seed = Arguments.Seed("The first seed that a filter tries");

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _density, _clusters, _cellBits, _tensors, _seed })
            command.Add(option);
    }

    public EncoderOptions Read(ParseResult parsed) => new()
    {
        Density = parsed.GetValue(_density),
        Clusters = parsed.GetValue(_clusters),
        CellBits = parsed.GetValue(_cellBits),
        Tensors = parsed.GetValue(_tensors) ?? [],
        Seed = parsed.GetValue(_seed) ?? 0,
    };
}
