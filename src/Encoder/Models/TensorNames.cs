namespace Weightless.Encoder.Models;

/// <summary>Names of tensors in formats that may give one twice, or none.</summary>
internal static class TensorNames
{
    /// <summary>The second tensor of a name gets #2 behind it, or the first number above that is free.</summary>
    public static IEnumerable<string> MakeUnique(IReadOnlyList<string> names)
    {
        HashSet<string> taken = [.. names];
        HashSet<string> given = new(StringComparer.Ordinal);
        Dictionary<string, int> copies = new(StringComparer.Ordinal);
        foreach (string original in names)
        {
            string name = original;
            if (!given.Add(name))
            {
                int number = copies.GetValueOrDefault(original, 1);
                do
                    name = $"{original}#{++number}";
                while (taken.Contains(name) || !given.Add(name));
                copies[original] = number;
            }
            TensorLimits.CheckName(name);
            yield return name;
        }
    }
}
