using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using DotNet.Globbing;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Cli;

/// <summary>What --method names; null is auto.</summary>
internal sealed record ChosenMethod(Method? Method);

/// <summary>The arguments and options that several commands share, each with its range.</summary>
internal static class Arguments
{
    private const double MinRoom = 1.1;
    private const double MaxRoom = 100;

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
        "Keep this share of each tensor's weights, the largest, and prune the others to zero: above 0, at most 1.",
        value => value is > 0 and <= 1, "a number above 0 and at most 1");

    public static Option<int?> Clusters() => Number<int>("--clusters", "K",
        $"Centroids of each float tensor with more than {Limits.MaxClusters} distinct values, found by k-means: "
        + $"1..{Limits.MaxClusters}. Tensors with fewer values keep them.",
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

    public static Option<ChosenMethod?> Method() => Choice<ChosenMethod?>("--method", "How to encode: exactly by mixed contexts (context), "
        + "as ids (dense) or as gaps and ids (csr); as a filter with a few false positives (coupled, and bloomier, the classic "
        + "one); not at all (stored); or each tensor by the smallest exact method (auto).",
        "auto",
        [
            ("auto", new ChosenMethod(null)),
            .. new[]
            {
                NativeDecoder.Format.Method.Dense, NativeDecoder.Format.Method.Csr, NativeDecoder.Format.Method.Bloomier,
                NativeDecoder.Format.Method.Coupled, NativeDecoder.Format.Method.Context, NativeDecoder.Format.Method.Stored,
            }.Select(method => (Names.Of(method), new ChosenMethod(method))),
        ]);

    public static Option<Coder?> Coder() => Choice<Coder?>("--coder", "How the symbols of dense, csr and bloomier are coded.",
        "arithmetic",
        [
            ("none", NativeDecoder.Format.Coder.None), ("huffman", NativeDecoder.Format.Coder.Huffman),
            ("arithmetic", NativeDecoder.Format.Coder.Arithmetic),
        ]);

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

    public static Option<int?> Strength() => Number<int>("--strength", "1..9",
        "Of method context: 1 decodes fastest, 9 is smallest. "
        + $"[default: {EncoderOptions.DefaultStrength}]",
        value => value is >= 1 and <= 9, "a whole number from 1 to 9");

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
