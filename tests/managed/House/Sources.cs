using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Weightless.Tests.House;

/// <summary>A C# file of the decoder: its namespace, the types it declares and every word of its code.</summary>
internal sealed record Source(string Path, string Namespace, IReadOnlyList<string> Types, IReadOnlySet<string> Words);

/// <summary>The decoder's sources, as text: what refers to what can be told from their words.</summary>
internal static partial class Sources
{
    private const string Root = "Weightless.NativeDecoder";

    public static string ProjectPath(string path) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "..", "..", "..", path));

    public static IReadOnlyList<Source> OfDecoder()
    {
        string folder = ProjectPath("src/NativeDecoder");
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Select(path => Read(folder, path))];
    }

    private static Source Read(string folder, string path)
    {
        string code = Comment().Replace(File.ReadAllText(path), "");
        string name = Namespace().Match(code).Groups[1].Value;
        return new Source(System.IO.Path.GetRelativePath(folder, path), name == Root ? "" : name[(Root.Length + 1)..],
            [.. Declaration().Matches(code).Select(match => match.Groups[1].Value)],
            Word().Matches(Using().Replace(code, "")).Select(match => match.Value).ToHashSet(StringComparer.Ordinal));
    }

    private static string Here([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using .*;", RegexOptions.Multiline)]
    private static partial Regex Using();

    // Types of a namespace begin a line; those within a type are its own.
    [GeneratedRegex(@"^(?:(?:public|internal|static|sealed|readonly|unsafe|partial|ref) )+(?:class|struct|interface|enum|record struct|record) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    // Members of the two enums are named as coders and codecs are.
    [GeneratedRegex(@"(?<!\bCoder\.|\bMethod\.)\b[A-Z]\w*\b(?! = \d)")]
    private static partial Regex Word();
}
