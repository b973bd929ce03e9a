using Weightless.Encoder.Models;
using Weightless.Encoder.Quantization;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What a user should know of tensors that were stored although nobody asked for that.</summary>
internal sealed class Notes(EncoderOptions options)
{
    private readonly List<string> _notFinite = [];
    private int _manyValues;

    public void Add(PreparedTensor tensor)
    {
        if (tensor.Reason == Unclustered.NotFinite)
            _notFinite.Add(tensor.Source.Name);
        else if (tensor.Reason == Unclustered.ManyValues && options.Changes(tensor.Source))
            _manyValues++;
    }

    public void Say(string model, Terminal terminal)
    {
        foreach (string name in _notFinite)
        {
            terminal.Say($"{model}: tensor {ModelFormatException.Quote(name)} has a NaN or an infinity: "
                + "it is stored as it is, not clustered");
        }
        if (_manyValues > 0)
        {
            string tensors = _manyValues == 1 ? "1 tensor has" : $"{_manyValues} tensors have";
            terminal.Say($"{model}: {tensors} more than {Limits.MaxClusters} distinct values, stored as they are: "
                + "--clusters K would cluster them");
        }
    }
}
