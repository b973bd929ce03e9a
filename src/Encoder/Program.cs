using Weightless.Encoder.Cli;

using (Interruption.RemoveTemporaries())
    return CommandLine.Run(args, Terminal.Standard());
