using System.Text;

namespace Weightless.Networks;

/// <summary>What a recognition network read of lines, against what they say.</summary>
/// <param name="keys">The characters of classes 1 and up; class 0 is the blank, and the last one a space.</param>
internal sealed class CharacterErrors(IReadOnlyList<string> keys)
{
    private int _errors;
    private int _characters;

    public double Percent => 100.0 * _errors / _characters;

    public void Add(string text, ReadOnlySpan<float> probabilities)
    {
        _errors += Distance(text, Read(probabilities, keys.Count + 2));
        _characters += text.Length;
    }

    /// <summary>The best class of each step, repetitions, blanks and spaces at the ends left out (connectionist temporal classification).</summary>
    private string Read(ReadOnlySpan<float> probabilities, int classes)
    {
        StringBuilder text = new();
        int last = 0;
        for (int start = 0; start < probabilities.Length; start += classes)
        {
            int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities.Slice(start, classes));
            if (best != last && best != 0)
                text.Append(best <= keys.Count ? keys[best - 1] : " ");
            last = best;
        }
        return text.ToString().Trim();
    }

    /// <summary>Insertions, deletions and replacements (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
