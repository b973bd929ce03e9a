using System.Diagnostics;
using System.Runtime.Versioning;
using Weightless.Encoder.Models;

namespace Weightless.Tests.Models;

/// <summary>Who may read and write what an <see cref="AtomicFile"/> leaves.</summary>
[SupportedOSPlatform("linux")]
public class FileModeTests
{
    [Fact]
    public async Task What_is_replaced_keeps_its_mode_and_owner()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out", "old"u8.ToArray());
        File.CreateSymbolicLink(folder["link"], "out");
        // Only root may give a file away; to anybody else it stays their own.
        await Process.Start("chown", ["12345:54321", folder["out"]]).WaitForExitAsync();
        foreach (string name in new[] { "out", "link" })
        {
            foreach (UnixFileMode mode in new[] { (UnixFileMode)0b110_000_000, (UnixFileMode)0b110_110_100, (UnixFileMode)0b100_100_000 })
            {
                File.SetUnixFileMode(folder["out"], mode);
                FileStatus before = FileStatus.Of(folder["out"])!.Value;
                using (var file = new AtomicFile(folder[name]))
                {
                    file.Stream.Write("new"u8);
                    string temporary = Assert.Single(folder.Names(), found => found.EndsWith(".tmp", StringComparison.Ordinal));
                    Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(folder[temporary]));
                    file.Commit();
                }
                FileStatus after = FileStatus.Of(folder["out"])!.Value;
                Assert.Equal(before with { Inode = after.Inode }, after);
                Assert.NotEqual(before.Inode, after.Inode);
            }
        }
    }

    [Fact]
    public void A_new_file_has_the_mode_of_any_other()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["plain"], "");
        using (var file = new AtomicFile(folder["out"]))
            file.Commit();
        Assert.Equal(File.GetUnixFileMode(folder["plain"]), File.GetUnixFileMode(folder["out"]));
    }
}
