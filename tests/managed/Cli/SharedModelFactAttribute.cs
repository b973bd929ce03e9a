namespace Weightless.Tests.Cli;

/// <summary>A test on a model that is too large for the repository: beside it in ../shared, or in $WEIGHTLESS_SHARED.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedModelFactAttribute : FactAttribute
{
    public SharedModelFactAttribute()
    {
        if (Model is null)
            Skip = "data/dns-lenet300100/lenet300100-dns.safetensors is neither in ../shared nor in $WEIGHTLESS_SHARED";
    }

    public static string? Model { get; } = Find();

    private static string? Find()
    {
        string? shared = Environment.GetEnvironmentVariable("WEIGHTLESS_SHARED");
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "Weightless.sln")))
                shared = Path.Join(folder.Parent?.FullName, "shared");
        }
        string model = Path.Join(shared, "data", "dns-lenet300100", "lenet300100-dns.safetensors");
        return File.Exists(model) ? model : null;
    }
}

/// <summary>A theory on the same model.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedModelTheoryAttribute : TheoryAttribute
{
    public SharedModelTheoryAttribute() => Skip = new SharedModelFactAttribute().Skip;
}
