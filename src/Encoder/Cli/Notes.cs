using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What a user should know: of tensors that were stored although nobody asked for that, and of choices made.</summary>
internal sealed class Notes(EncoderOptions options)
{
    private readonly List<string> _notFinite = [];
    private readonly List<string> _choices = [];
    private readonly int[] _leftAlone = new int[Enum.GetValues<LeftAlone>().Length];
    private int _manyValues;
    private int _minusZeros;

    public void Add(PreparedTensor tensor)
    {
        if (tensor.Reason == Unclustered.NotFinite)
            _notFinite.Add(tensor.Source.Name);
        else if (tensor.Reason == Unclustered.ManyValues && options.Prunes(tensor.Source))
            _manyValues++;
        else if (tensor.Reason == Unclustered.MinusZero)
            _minusZeros++;
        _leftAlone[(int)tensor.LeftAlone]++;
    }

    /// <summary>Why method auto took what it took.</summary>
    public void Add(Tensor tensor, MethodChoice choice)
    {
        if (options.Method is null)
            _choices.Add($"{Terminal.Printable(tensor.Name)}: {choice.Reason}");
    }

    /// <summary>A line for each choice, and one for all tensors that were neither pruned nor clustered as was asked for.</summary>
    public void Write(Terminal terminal)
    {
        foreach (string choice in _choices)
            terminal.Output.WriteLine(choice);
        (int Count, string What)[] kinds =
        [
            (_leftAlone[(int)LeftAlone.OneDimensional], "one-dimensional"),
            (_leftAlone[(int)LeftAlone.Integer], "integer"),
            (_leftAlone[(int)LeftAlone.Wide], "64-bit"),
        ];
        kinds = [.. kinds.Where(kind => kind.Count > 0)];
        if (kinds.Length == 0)
            return;
        string asked = (options.Density, options.Clusters) switch
        {
            (null, _) => "--clusters",
            (_, null) => "--density",
            _ => "--density or --clusters",
        };
        int count = kinds.Sum(kind => kind.Count);
        terminal.Output.WriteLine($"Left alone by {asked}: {count} {(count == 1 ? "tensor" : "tensors")} "
            + $"({string.Join(", ", kinds.Select(kind => $"{kind.Count} {kind.What}"))})");
    }

    public void Say(string model, Terminal terminal)
    {
        foreach (string name in _notFinite)
        {
            terminal.Say($"{model}: tensor {ModelFormatException.Quote(name)} has a NaN or an infinity: "
                + "it is stored as it is, not clustered");
        }
        if (_minusZeros > 0)
        {
            terminal.Say($"{model}: {(_minusZeros == 1 ? "1 tensor has" : $"{_minusZeros} tensors have")} a minus zero, and no codes for its "
                + "values, so that the model can be rebuilt byte for byte: --weights-only would take it for zero");
        }
        if (_manyValues > 0)
        {
            string tensors = _manyValues == 1 ? "1 tensor has" : $"{_manyValues} tensors have";
            terminal.Say($"{model}: {tensors} more than {Limits.MaxClusters} distinct values, kept as they are: "
                + "--clusters K would cluster them");
        }
    }
}
