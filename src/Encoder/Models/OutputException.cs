namespace Weightless.Encoder.Models;

/// <summary>
/// An output that cannot be written, for a reason that we have found ourselves rather than the system: the message is that reason.
/// </summary>
public sealed class OutputException : IOException
{
    public OutputException(string message)
        : base(message)
    {
    }

    public OutputException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public OutputException()
        : base("the output cannot be written")
    {
    }
}
