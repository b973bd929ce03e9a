namespace Weightless.Encoder.Models;

/// <summary>A sound model that is larger, or other, than a format or this encoder can hold.</summary>
public sealed class ModelLimitException : ModelException
{
    public ModelLimitException(string message)
        : base(message)
    {
    }

    public ModelLimitException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ModelLimitException()
        : base("too large a model")
    {
    }
}
