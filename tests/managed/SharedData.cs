namespace Weightless.Tests;

/// <summary>
/// Data that is not part of the project: in <c>$WEIGHTLESS_SHARED</c>, or in <c>shared</c> beside the repository; networks are
/// looked for in <c>$WEIGHTLESS_MODELS</c> first. Tests that need it are skipped, saying so, where it is absent.
/// </summary>
internal static class SharedData
{
    public const string DnsLeNet = "data/dns-lenet300100/lenet300100-dns.safetensors";

    /// <summary>The path of a file there; null where it is absent.</summary>
    public static string? Find(string relative)
    {
        string? models = Environment.GetEnvironmentVariable("WEIGHTLESS_MODELS");
        string network = Path.Combine(models ?? "", Path.GetFileName(relative));
        if (!string.IsNullOrEmpty(models) && File.Exists(network))
            return network;
        string? folder = Environment.GetEnvironmentVariable("WEIGHTLESS_SHARED");
        if (string.IsNullOrEmpty(folder))
            folder = Repository() is { } root ? Path.Combine(root, "..", "shared") : null;
        string? path = folder is null ? null : Path.Combine(folder, relative);
        return File.Exists(path) ? path : null;
    }

    /// <summary>The root of the sources that these tests were built from; null if they are gone.</summary>
    public static string? Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Weightless.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}

/// <summary>A test that needs a file of the shared folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string relative)
    {
        if (SharedData.Find(relative) is null)
            Skip = $"{relative} is in neither ../shared nor $WEIGHTLESS_SHARED";
    }
}

/// <summary>A theory on a file of the shared folder.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(string relative) => Skip = new SharedFactAttribute(relative).Skip;
}
