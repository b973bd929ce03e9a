using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using DotNet.Globbing;
using Weightless.Encoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What --method names; null is auto.</summary>
internal sealed record ChosenMethod(Method? Method);

/// <summary>The arguments and options that several commands share, each with its range.</summary>
internal static class Arguments
{
    private const double MinRoom = 1.1;
    private const double MaxRoom = 100;

    /// <summary>Of the methods that have a choice.</summary>
    public const Coder StandardCoder = NativeDecoder.Format.Coder.Arithmetic;

    private static readonly EncoderOptions Standard = new();

    public static Argument<string> Model() => File("MODEL", "The model: an .onnx, .safetensors, .npz or .npy file.");

    public static Argument<string> WlsFile() => File("FILE.wls", "The encoded model.");

    public static Option<string> Output(string what, string helpName)
    {
        Option<string> output = new("--output", "-o") { Description = what, HelpName = helpName, Required = true };
        output.Validators.Add(RejectNothing);
        return output;
    }

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for a script in place of text." };

    public static Option<double?> Density() => Number<double>("--density", "P",
        "Keep this share of each float tensor's weights, the largest, and prune the others to zero: above 0, at most 1. A bias is "
        + "left alone, unless --tensor names it.",
        value => value is > 0 and <= 1, "a number above 0 and at most 1");

    public static Option<int?> Clusters() => Number<int>("--clusters", "K",
        $"The most distinct values of a float tensor, 1..{Limits.MaxClusters}, zero not counted: k-means finds so many for one with "
        + "more, and the others keep theirs. A bias is left alone, unless most of it is zero or --tensor names it.",
        value => value is >= 1 and <= Limits.MaxClusters, $"a whole number from 1 to {Limits.MaxClusters}");

    public static Option<int?> CellBits() => Number<int>("--cell-bits", "T",
        $"Bits of a filter's cell, 1..{Limits.MaxCellBits}: a zero becomes a false positive with probability K / 2^T. "
        + "Raised to what K centroids need. [default: 5 more than that]",
        value => value is >= 1 and <= Limits.MaxCellBits, $"a whole number from 1 to {Limits.MaxCellBits}");

    public static Option<double?> Room() => Number<double>("--room", "C",
        $"Cells of a bloomier filter for each non-zero weight, {Invariant(MinRoom)}..{Invariant(MaxRoom)}. "
        + $"[default: {Invariant(Standard.Room)}]",
        value => value is >= MinRoom and <= MaxRoom, $"a number from {Invariant(MinRoom)} to {Invariant(MaxRoom)}");

    public static Option<ulong?> Seed(string what) => Number<ulong>("--seed", "N", $"{what}, 0..2^64-1. [default: 0]",
        _ => true, "a whole number from 0 to 2^64-1");

    public static Option<string[]> Tensors() => new("--tensor")
    {
        Description = "Prune, cluster and encode only the tensors of this name, in which * ? and [abc] match as in a shell; "
            + "the others are stored as they are. May be given more than once.",
        HelpName = "GLOB",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            foreach (Token token in result.Tokens)
            {
                if (!IsGlob(token.Value))
                    result.AddError($"--tensor: '{token.Value}' is not a pattern");
            }
            return [.. result.Tokens.Select(token => token.Value)];
        },
    };

    public static Option<ChosenMethod?> Method() => Choice<ChosenMethod?>("--method",
        $"How to encode. Exactly: {Describe(facts => facts.IsExact)}. With a few false positives: {Describe(facts => !facts.IsExact)}. "
        + "auto takes the smallest exact method for each tensor.",
        "auto",
        [
            ("auto", new ChosenMethod(null)),
            .. Methods.All.ToArray().Select(facts => (facts.Name, new ChosenMethod(facts.Method))),
        ]);

    /// <summary>The methods that have a coder to choose, as text.</summary>
    public static string MethodsWithCoders(Func<MethodFacts, bool> accepts)
    {
        string[] names = [.. Methods.All.ToArray().Where(facts => facts.HasCoders && accepts(facts)).Select(facts => facts.Name)];
        return names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    public static Option<Coder?> Coder() => Choice<Coder?>("--coder",
        $"How the symbols of {MethodsWithCoders(_ => true)} are coded.", Names.Of(StandardCoder),
        [.. Methods.CoderNames.ToArray().Select((name, coder) => (name, (Coder?)coder))]);

    /// <summary>An option for a number; null when it is not given.</summary>
    public static Option<T?> Number<T>(string name, string helpName, string description, Func<T, bool> accepts, string range)
        where T : struct, INumberBase<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                const NumberStyles style =
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                string text = result.Tokens[0].Value;
                if (T.TryParse(text, style, CultureInfo.InvariantCulture, out T value) && accepts(value))
                    return value;
                result.AddError($"{name}: '{text}' is not {range}");
                return null;
            },
        };

    public static Option<int?> Strength() => Number<int>("--strength", $"1..{EncoderOptions.MaxStrength}",
        $"Of method context: 1 decodes fastest, {EncoderOptions.MaxStrength} is smallest. "
        + $"[default: {EncoderOptions.DefaultStrength}]",
        value => value is >= 1 and <= EncoderOptions.MaxStrength, $"a whole number from 1 to {EncoderOptions.MaxStrength}");

    public static Option<double?> MaxFalsePositives() => Number<double>("--max-false-positives", "RATE",
        "Let method auto take a filter that gets at most this share of the zero weights wrong: above 0, below 1.",
        value => value is > 0 and < 1, "a number above 0 and below 1");

    public static Option<string?> Codebook() => new("--codebook")
    {
        Description = "The type of a clustered f32 tensor's centroids: f16 rounds them and halves the codebook. "
            + "[default: f32, or f16 if that changes none]",
        HelpName = "f32|f16",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (text is not ("f32" or "f16"))
                result.AddError($"--codebook: '{text}' is none of f32, f16");
            return text;
        },
    };

    /// <summary>An option for one of several words; null when it is not given.</summary>
    private static Option<T> Choice<T>(string name, string description, string standard, (string Name, T Value)[] choices) =>
        new(name)
        {
            Description = $"{description} [default: {standard}]",
            HelpName = string.Join('|', choices.Select(choice => choice.Name)),
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach ((string choice, T value) in choices)
                {
                    if (choice == text)
                        return value;
                }
                result.AddError($"{name}: '{text}' is none of {string.Join(", ", choices.Select(choice => choice.Name))}");
                return default;
            },
        };

    private static Argument<string> File(string name, string description)
    {
        Argument<string> file = new(name) { Description = description };
        file.Validators.Add(RejectNothing);
        return file;
    }

    private static void RejectNothing(SymbolResult result)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
            result.AddError("'' is not the name of a file");
    }

    /// <summary>The methods for which something holds, each with how it encodes.</summary>
    private static string Describe(Func<MethodFacts, bool> accepts) => string.Join(", ", Methods.All.ToArray()
        .Where(accepts).Select(facts => $"{facts.Name} ({Encoders.Of(facts.Method).Description})"));

    private static bool IsGlob(string pattern)
    {
        try
        {
            Glob.Parse(pattern);
            return pattern.Length > 0;
        }
        catch (Exception e) when (e is InvalidOperationException or NotImplementedException or ArgumentException)
        {
            return false;
        }
    }

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
