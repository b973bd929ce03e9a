using System.CommandLine;
using Weightless.Encoder.Models;

namespace Weightless.Encoder.Cli;

/// <summary>Keeps a command from replacing what it reads: a slip of the hand must not cost a model.</summary>
internal static class Overwriting
{
    public static Option<bool> Force() => new("--force")
    {
        Description = "Write the output even if it is the input, be it by another name or a link: the input is lost.",
    };

    /// <exception cref="CommandException">The output leads to one of the inputs.</exception>
    public static void Refuse(string output, params IReadOnlyList<string> inputs)
    {
        foreach (string input in inputs)
        {
            if (FileStatus.AreSame(output, input))
                throw new CommandException($"{output}: the output is the input '{input}'; --force replaces it");
        }
    }
}
