namespace Weightless.Encoder.Cli;

/// <summary>Ends a command with a line that names the file and the cause.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
