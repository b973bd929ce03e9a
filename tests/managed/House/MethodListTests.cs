using System.Text.RegularExpressions;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.House;

/// <summary>Lists of methods and coders that cannot come from the table: the header's and the format's.</summary>
public class MethodListTests
{
    private static readonly string Header = File.ReadAllText(Sources.ProjectPath("include/weightless.h"));
    private static readonly string Pages = File.ReadAllText(Sources.ProjectPath("docs/format.md"));

    [Fact]
    public void The_table_is_in_the_order_of_the_numbers()
    {
        Assert.Equal(Enum.GetValues<Method>(), Methods.All.ToArray().Select(facts => facts.Method));
        Assert.Equal(Enum.GetValues<Coder>().Length, Methods.CoderNames.Length);
        Assert.True(Methods.Knows(Method.Stored, Enum.GetValues<Coder>()[^1]));
    }

    [Fact]
    public void The_header_has_every_method_and_no_other() => Assert.Equal(
        Methods.All.ToArray().Select(facts => (facts.Name, (int)facts.Method)), Numbers("WL_METHOD_"));

    [Fact]
    public void The_header_has_every_coder_and_no_other() => Assert.Equal(
        Methods.CoderNames.ToArray().Select((name, number) => (name, number)), Numbers("WL_CODER_"));

    [Fact]
    public void The_format_pages_define_every_method_and_coder()
    {
        string[] lists = Regex.Match(Regex.Replace(Pages, @"\s+", " "), @"Methods: (.*?)\. Coders: (.*?)[.;]").Groups.Values
            .Skip(1).Select(list => list.Value.Replace("`", "", StringComparison.Ordinal)).ToArray();
        Assert.Equal(string.Join(", ", Methods.All.ToArray().Select(facts => $"{(int)facts.Method} {facts.Name}")), lists[0]);
        Assert.Equal(string.Join(", ", Methods.CoderNames.ToArray().Select((name, number) => $"{number} {name}")), lists[1]);
    }

    private static IEnumerable<(string Name, int Number)> Numbers(string prefix) =>
        Regex.Matches(Header, $@"{prefix}(\w+) = (\d+)").Select(match =>
            (match.Groups[1].Value.ToLowerInvariant(), int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)));
}
