using System.Globalization;
using System.Text;

namespace Weightless.Encoder.Models;

/// <summary>A model file that is damaged, or not what it should be.</summary>
public sealed class ModelFormatException : ModelException
{
    public ModelFormatException(string message)
        : base(message)
    {
    }

    public ModelFormatException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ModelFormatException()
        : base("not a valid model")
    {
    }

    /// <summary>Text out of a file, fit for a message: in quotes, short, and with nothing that could steer a terminal.</summary>
    internal static string Quote(string text)
    {
        const int longest = 80;
        var quoted = new StringBuilder("'");
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (quoted.Length > longest)
            {
                quoted.Append("...");
                break;
            }

            quoted.Append(IsPrintable(rune) ? rune.ToString() : "?");
        }

        return quoted.Append('\'').ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
