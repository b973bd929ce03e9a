namespace Weightless.Encoder.Cli;

/// <summary>Ends a command with a line that names the file and the cause.</summary>
internal class CommandException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Ends a command whose options contradict each other.</summary>
internal sealed class MisuseException(string message) : CommandException(message);
