using System.Globalization;
using Xunit.Abstractions;

namespace Weightless.Tests;

/// <summary>How many random cases a property is tested on: a few seconds' worth, or $WEIGHTLESS_TIMES times as many.</summary>
internal static class RandomCases
{
    private static readonly int Times =
        int.Parse(Environment.GetEnvironmentVariable("WEIGHTLESS_TIMES") ?? "1", CultureInfo.InvariantCulture);

    /// <param name="few">The number in an ordinary run.</param>
    /// <param name="what">What they are, for the line that tells their number.</param>
    public static int Count(int few, string what, ITestOutputHelper output)
    {
        int count = checked(few * Times);
        output.WriteLine($"figure {count} {what}");
        return count;
    }
}
