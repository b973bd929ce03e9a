// report.cs COVERAGE.json REASONS: what of each half the tests ran, and why the rest was not. Fails below the bars and for
// lines without a reason. Run from the root of the sources.
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
using System.Globalization;
using System.Text.Json;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Folder, double Lines, double Branches)[] halves = [("src/NativeDecoder", 95, 90), ("src/Encoder", 90, 0)];
Reason[] reasons = [.. File.ReadLines(args[1]).Where(line => line.Length > 0 && line[0] != '#').Select(Reason.Parse)];
SortedDictionary<string, SourceFile> files = Read(args[0]);
bool failed = false;

foreach ((string folder, double lineBar, double branchBar) in halves)
{
    SourceFile[] half = [.. files.Values.Where(file => file.Path.StartsWith(folder + '/', StringComparison.Ordinal))];
    List<(SourceFile File, Block Block, Reason? Reason)> blocks = [];
    foreach (SourceFile file in half)
    {
        foreach (Block block in file.Blocks())
            blocks.Add((file, block, Array.Find(reasons, reason => reason.Explains(file, block))));
    }
    foreach ((SourceFile file, Block block, Reason? reason) in blocks)
    {
        if (reason is not null)
            reason.Used = true;
        if (reason is { Arm64: true })
            file.OnlyArm64.UnionWith(block.Lines);
    }

    Share lines = Share.Sum(half.Select(file => file.LineShare(here: true)));
    Share branches = Share.Sum(half.Select(file => file.BranchShare(here: true)));
    bool isLow = lines.Percent <= lineBar || branches.Percent <= branchBar;
    failed |= isLow;
    Console.WriteLine($"{folder}: lines {lines} (bar {lineBar} %), branches {branches}"
        + (branchBar > 0 ? $" (bar {branchBar} %)" : "") + (isLow ? ": TOO LOW" : ""));
    if (half.Any(file => file.OnlyArm64.Count > 0))
    {
        Console.WriteLine($"    with what only an arm64 processor can run, which is tested natively: "
            + $"lines {Share.Sum(half.Select(file => file.LineShare(here: false)))}, "
            + $"branches {Share.Sum(half.Select(file => file.BranchShare(here: false)))}");
    }
    foreach (SourceFile file in half)
    {
        Share ofLines = file.LineShare(here: true), ofBranches = file.BranchShare(here: true);
        if (ofLines.Percent <= lineBar || ofBranches.Percent <= branchBar)
            Console.WriteLine($"    below the bar: {file.Path,-48} lines {ofLines}, branches {ofBranches}");
    }

    Console.WriteLine("    not run, and why:");
    foreach ((SourceFile file, Block block, Reason? reason) in blocks)
    {
        Console.WriteLine($"    {file.Path}:{block}: {(reason is null ? "NO REASON IS GIVEN" : reason.Text)}");
        failed |= reason is null;
    }
    Console.WriteLine("    run, but not in every direction:");
    foreach (SourceFile file in half)
    {
        foreach ((int line, Share share) in file.PartialBranches())
            Console.WriteLine($"    {file.Path}:{line}: {share.Covered} of {share.All} branches");
    }
}
foreach (Reason reason in reasons.Where(reason => !reason.Used))
    Console.WriteLine($"a reason for what was run, or is no more: {reason.Path}: {reason.Where}");
return failed ? 1 : 0;

static SortedDictionary<string, SourceFile> Read(string path)
{
    SortedDictionary<string, SourceFile> files = new(StringComparer.Ordinal);
    using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
    foreach (JsonProperty source in json.RootElement.EnumerateObject().SelectMany(module => module.Value.EnumerateObject()))
    {
        string name = Path.GetRelativePath(Environment.CurrentDirectory, source.Name);
        SourceFile file = files.TryGetValue(name, out SourceFile? known) ? known : files[name] = new SourceFile(name);
        foreach (JsonProperty method in source.Value.EnumerateObject().SelectMany(type => type.Value.EnumerateObject()))
        {
            foreach (JsonProperty line in method.Value.GetProperty("Lines").EnumerateObject())
            {
                int number = int.Parse(line.Name, CultureInfo.InvariantCulture);
                file.Lines[number] = file.Lines.GetValueOrDefault(number) | line.Value.GetInt64() > 0;
            }
            foreach (JsonElement branch in method.Value.GetProperty("Branches").EnumerateArray())
                file.Branches.Add((branch.GetProperty("Line").GetInt32(), branch.GetProperty("Hits").GetInt64() > 0));
        }
    }
    return files;
}

/// <summary>Coverable lines next to each other of which none ran.</summary>
internal sealed record Block(int[] Lines)
{
    public override string ToString() => Lines.Length == 1 ? $"{Lines[0]}" : $"{Lines[0]}-{Lines[^1]}";
}

internal readonly record struct Share(int Covered, int All)
{
    public double Percent => All == 0 ? 100 : 100.0 * Covered / All;

    public static Share Sum(IEnumerable<Share> shares) =>
        shares.Aggregate((a, b) => new Share(a.Covered + b.Covered, a.All + b.All));

    public override string ToString() => $"{Percent:f2} % ({Covered} of {All})";
}

internal sealed class SourceFile(string path)
{
    public string Path => path;

    /// <summary>By its number, whether a line ran.</summary>
    public SortedDictionary<int, bool> Lines { get; } = [];

    public List<(int Line, bool Ran)> Branches { get; } = [];

    public HashSet<int> OnlyArm64 { get; } = [];

    public string[] Text { get; } = File.ReadAllLines(path);

    /// <param name="here">Without the lines that only an arm64 processor can run.</param>
    public Share LineShare(bool here) => Of(Lines.Select(line => (line.Key, line.Value)), here);

    public Share BranchShare(bool here) => Of(Branches, here);

    public IEnumerable<Block> Blocks()
    {
        List<int> block = [];
        foreach ((int line, bool ran) in Lines.Append(new(int.MaxValue, true)))
        {
            if (!ran)
            {
                block.Add(line);
                continue;
            }
            if (block.Count > 0)
                yield return new Block([.. block]);
            block.Clear();
        }
    }

    public IEnumerable<(int Line, Share Share)> PartialBranches() =>
        from branch in Branches
        where Lines.GetValueOrDefault(branch.Line)
        group branch by branch.Line into line
        let share = new Share(line.Count(branch => branch.Ran), line.Count())
        where share.Covered < share.All
        orderby line.Key
        select (line.Key, share);

    private Share Of(IEnumerable<(int Line, bool Ran)> points, bool here)
    {
        (int Line, bool Ran)[] counted = [.. points.Where(point => !here || !OnlyArm64.Contains(point.Line))];
        return new Share(counted.Count(point => point.Ran), counted.Length);
    }
}

/// <summary>
/// "PATH: `TEXT`: REASON". A block is explained if one of its lines has the text, which may be empty; if that is a brace, all of them
/// have to be nothing else.
/// </summary>
internal sealed class Reason
{
    private Reason(string path, string where, string text) => (Path, Where, Text) = (path, where, text);

    public string Path { get; }

    public string Where { get; }

    public string Text { get; }

    public bool Used { get; set; }

    public bool Arm64 => Text.StartsWith("arm64", StringComparison.Ordinal);

    public static Reason Parse(string line)
    {
        string[] parts = line.Split('`');
        return parts is [string path, string where, [':', ..] text] && path.EndsWith(": ", StringComparison.Ordinal)
            ? new Reason(path[..^2], where, text[1..].Trim())
            : throw new FormatException($"not a reason: {line}");
    }

    public bool Explains(SourceFile file, Block block) =>
        file.Path == Path && (Where == "}"
            ? block.Lines.All(line => file.Text[line - 1].Trim() == Where)
            : block.Lines.Any(line => file.Text[line - 1].Contains(Where, StringComparison.Ordinal)));
}
