using System.Globalization;

namespace Weightless.Encoder.Models.Onnx;

/// <summary>Where another file has a tensor's elements (onnx.proto, external_data).</summary>
/// <param name="Location">The file's path, from the folder of the model.</param>
/// <param name="Length">Null for all that the shape asks for.</param>
internal sealed record OnnxExternal(string Location, long Offset, long? Length)
{
    public static OnnxExternal Of(string tensor, Dictionary<string, string> entries)
    {
        string location = entries.GetValueOrDefault("location", "");
        // A model must not fetch what its reader may read, but was not given.
        if (location.Length == 0 || Path.IsPathRooted(location) || location.Contains('\0') || location.Split('/', '\\').Contains(".."))
            throw new ModelFormatException($"tensor {ModelFormatException.Quote(tensor)} has its elements in a file outside of the model's folder, or in none");
        return new OnnxExternal(location, Number(tensor, entries.GetValueOrDefault("offset", "0")),
            entries.TryGetValue("length", out string? length) ? Number(tensor, length) : null);
    }

    /// <summary>Where they lie in that file, which has so many bytes.</summary>
    public Extent In(long fileBytes, OnnxTensor tensor)
    {
        int expected = TensorLimits.ByteLength(tensor.Name, tensor.Type, tensor.Shape);
        string what = $"tensor {ModelFormatException.Quote(tensor.Name)}";
        if (Length is { } length && length != expected)
            throw new ModelFormatException($"{what} needs {expected} bytes for its shape and type, but has {length}");
        if (Offset > fileBytes - expected)
            throw new ModelFormatException($"{what} is beyond the end of {ModelFormatException.Quote(Location)}");
        return Offset <= int.MaxValue - expected
            ? new Extent((int)Offset, expected)
            : throw new ModelLimitException($"{what} is beyond the first 2 GiB of {ModelFormatException.Quote(Location)}");
    }

    private static long Number(string tensor, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new ModelFormatException($"tensor {ModelFormatException.Quote(tensor)} has its elements at no place in another file");
}
