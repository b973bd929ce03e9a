namespace Weightless.Encoder.Models;

/// <summary>A model that cannot be read or written. The message is one line and names the cause, not the file.</summary>
public abstract class ModelException : Exception
{
    protected ModelException(string message)
        : base(message)
    {
    }

    protected ModelException(string message, Exception inner)
        : base(message, inner)
    {
    }

    protected ModelException()
    {
    }
}
