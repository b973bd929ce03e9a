using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Weightless.Encoder.Cli;

/// <summary>The program <c>weightless</c>: whatever goes wrong becomes one line on standard error and an exit code.</summary>
internal static class CommandLine
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Misuse = 2;

    public static int Run(IReadOnlyList<string> arguments, Terminal terminal)
    {
        try
        {
            int code = Invoke(arguments, terminal);
            terminal.Output.Flush();
            return code;
        }
        catch (MisuseException e)
        {
            terminal.Say($"{e.Message} (see weightless {arguments[0]} --help)");
            return Misuse;
        }
        catch (CommandException e)
        {
            terminal.Say(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files were named where they were used: this is what is left.
            terminal.Say($"standard output: {FileErrors.Cause(e)}");
        }
        catch (OutOfMemoryException)
        {
            terminal.Say("not enough memory");
        }
#pragma warning disable CA1031 // The last resort: a user must not see a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            terminal.Say($"a defect of this program, please report it: {e.GetType().Name}: {e.Message}");
        }
        return Failure;
    }

    private static int Invoke(IReadOnlyList<string> arguments, Terminal terminal)
    {
        RootCommand root = new("Makes a pruned neural network small enough to ship to a board, as a .wls file.")
        {
            EncodeCommand.Create(terminal),
            CalibrateCommand.Create(terminal),
            DecodeCommand.Create(terminal),
            InspectCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            CompareCommand.Create(terminal),
            SynthesizeCommand.Create(terminal),
        };
        root.HelpName = "weightless";
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersion();

        // A tensor may be called @something: no argument is the name of a file with more of them.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpAction or ShowVersion))
        {
            Command command = parsed.CommandResult.Command;
            string help = command == root ? "weightless --help" : $"weightless {command.Name} --help";
            // A word that nobody understands is a better reason than one that is missing for it.
            string reason = parsed.UnmatchedTokens.Count > 0
                ? $"unrecognized argument '{parsed.UnmatchedTokens[0]}'"
                : parsed.Errors[0].Message.TrimEnd('.');
            terminal.Say($"{reason} (see {help})");
            return Misuse;
        }
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private sealed class ShowVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(
                $"weightless {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}");
            return Success;
        }
    }
}
