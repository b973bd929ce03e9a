using Xunit;

namespace Weightless.Fuzz;

public class CorpusTests
{
    [Fact]
    public void The_corpus_breaks_nothing()
    {
        ManagedAbi.Install(Setting("WEIGHTLESS_HARNESS"));
        foreach (string path in Directory.EnumerateFiles(Setting("WEIGHTLESS_CORPUS")).Order(StringComparer.Ordinal))
        {
            byte[] input = File.ReadAllBytes(path);
            Assert.True(ManagedAbi.Exercise(input), path);
            ManagedAbi.UseEverywhere(input);
        }
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: run `make fuzz-coverage`");
}
