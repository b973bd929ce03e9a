namespace Weightless.Tests.Models;

/// <summary>A folder of a test's own, gone with it; in memory if it can be, as some tests write thousands of files.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly DirectoryInfo _folder = Directory.CreateDirectory(
        Path.Join(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"weightless-{Guid.NewGuid():N}"));

    public string this[string name] => Path.Join(_folder.FullName, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    /// <summary>The names of all files, temporaries and other hidden ones too.</summary>
    public string[] Names() => [.. _folder.EnumerateFileSystemInfos().Select(info => info.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
