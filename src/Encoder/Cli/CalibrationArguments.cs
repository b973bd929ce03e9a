using System.CommandLine;
using Weightless.Encoder.Calibration;
using Weightless.Encoder.Models;
using Weightless.Encoder.Models.Onnx;

namespace Weightless.Encoder.Cli;

/// <summary>The options of <c>encode</c> that choose weights by what a network does on inputs.</summary>
internal sealed class CalibrationArguments
{
    private readonly Option<string[]> _calibrate = new("--calibrate")
    {
        Description = "Choose integers for the weights by what the layers of an .onnx network read: statistics that calibrate wrote "
            + "(given more than once, they are added), or inputs as it takes them, of which some are held out to check the outputs on.",
        HelpName = "STATS|INPUTS",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<long?> _maxBytes = Arguments.Number<long>("--max-bytes", "N",
        "With --calibrate: the most bytes that the tensors may take.", value => value > 0, "a whole number above 0");

    private readonly Option<double?> _maxLoss = Arguments.Number<double>("--max-loss", "L",
        "With --calibrate INPUTS: the largest share, on inputs held out, of outputs whose largest element is another than before; of outputs "
        + "of one element, the noise's share of their power.", value => value is >= 0 and < 1, "a number from 0 to below 1");

    private readonly Option<double?> _bits = Arguments.Number<double>("--bits", "B",
        "With --calibrate: the bits of a weight on average.", value => value is > 0 and <= 16, "a number above 0 and at most 16");

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _calibrate, _maxBytes, _maxLoss, _bits })
            command.Add(option);
    }

    /// <summary>What was asked for; null if nothing was.</summary>
    public (IReadOnlyList<string> Sources, QuantizationTarget Target)? Read(ParseResult parsed)
    {
        string[] sources = parsed.GetValue(_calibrate) ?? [];
        QuantizationTarget target = new(parsed.GetValue(_maxBytes), parsed.GetValue(_bits), parsed.GetValue(_maxLoss));
        int targets = (target.Bytes is null ? 0 : 1) + (target.Bits is null ? 0 : 1) + (target.Loss is null ? 0 : 1);
        if (sources.Length == 0)
            return targets == 0 ? null : throw new MisuseException("--max-bytes, --max-loss and --bits go with --calibrate");
        return targets == 1 ? (sources, target) : throw new MisuseException("--calibrate goes with one of --max-bytes, --max-loss and --bits");
    }

    public static OnnxReader RequireOnnx(ModelFile file, string path) =>
        file as OnnxReader ?? throw new CommandException($"{path}: calibration needs an ONNX model");

    public static CalibrationInputs OpenInputs(string path, OnnxReader network)
    {
        using NetworkSession session = new(network.Bytes.Span, []);
        return CalibrationInputs.Open(path, session.Inputs);
    }

    /// <summary>Shows steps as they are reported.</summary>
    public static Action<string, int, int> Report(Progress progress)
    {
        string last = "";
        return (step, done, total) =>
        {
            if (step != last)
                progress.Expect(total);
            last = step;
            progress.Begin(step, 1);
        };
    }
}
