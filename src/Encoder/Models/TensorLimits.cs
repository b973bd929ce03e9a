using System.Text;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>What a tensor may be called and how large it may be, in every format; files are hostile, so all is checked.</summary>
internal static class TensorLimits
{
    public const int MaxRank = 64;
    public const int MaxNameBytes = ushort.MaxValue;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The bytes a tensor may take: what one array, and so one span, can hold. It is a little under 2 GiB.</summary>
    public static int MaxBytes => Array.MaxLength;

    /// <summary>Throws unless the name is Unicode text of at most <see cref="MaxNameBytes"/> bytes of UTF-8.</summary>
    public static void CheckName(string name, int maxBytes = MaxNameBytes)
    {
        int bytes;
        try
        {
            bytes = StrictUtf8.GetByteCount(name);
        }
        catch (EncoderFallbackException e)
        {
            throw new ModelFormatException($"the tensor name {ModelFormatException.Quote(name)} is not valid Unicode", e);
        }

        if (bytes > maxBytes)
            throw new ModelLimitException($"a tensor name takes {bytes} bytes; at most {maxBytes} are allowed");
    }

    /// <summary>The bytes that the elements take, once the type and shape have been found to be within the limits.</summary>
    public static int ByteLength(string name, ElementType type, IReadOnlyList<long> shape)
    {
        string tensor = $"tensor {ModelFormatException.Quote(name)}";
        int size = type == ElementType.Id8 ? 0 : ElementTypes.Size(type);
        if (size == 0)
            throw new ModelFormatException($"{tensor} has an element type that no model file stores");
        if (shape.Count > MaxRank)
            throw new ModelLimitException($"{tensor} has {shape.Count} dimensions; at most {MaxRank} are allowed");

        // A zero does not excuse the other dimensions: Rows and Columns multiply some of them without it.
        UInt128 extent = (UInt128)size;
        bool empty = false;
        foreach (long dimension in shape)
        {
            if (dimension < 0)
                throw new ModelFormatException($"{tensor} has a negative dimension");
            empty |= dimension == 0;
            extent *= (UInt128)Math.Max(dimension, 1);
            if (extent > long.MaxValue)
                throw new ModelLimitException($"{tensor} has a shape whose size overflows");
        }

        if (empty)
            return 0;
        if (extent > (UInt128)MaxBytes)
            throw new ModelLimitException($"{tensor} takes {extent} bytes; at most {MaxBytes} (2 GiB) are supported");
        return (int)extent;
    }
}
