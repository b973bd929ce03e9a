using System.Diagnostics;
using Weightless.Encoder.Models;

namespace Weightless.Tests.Models;

public class AtomicFileTests
{
    [Fact]
    public void The_file_appears_when_it_is_committed()
    {
        using var folder = new TemporaryFolder();
        using (var file = new AtomicFile(folder["out"]))
        {
            file.Stream.Write("new"u8);
            Assert.False(File.Exists(folder["out"]));
            Assert.StartsWith(".out.", Assert.Single(folder.Names()), StringComparison.Ordinal);
            file.Commit();
            Assert.Equal(["out"], folder.Names());
        }

        Assert.Equal("new", File.ReadAllText(folder["out"]));
        Assert.Equal(["out"], folder.Names());
    }

    [Fact]
    public void A_committed_file_can_be_read_at_once()
    {
        using var folder = new TemporaryFolder();
        using var file = new AtomicFile(folder["out"]);
        file.Stream.Write("new"u8);
        file.Commit();
        Assert.Equal("new", File.ReadAllText(folder["out"]));
    }

    [Fact]
    public void Without_a_commit_the_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out", "old"u8.ToArray());
        using (var file = new AtomicFile(folder["out"]))
            file.Stream.Write(new byte[3_000_000]);
        Assert.Equal("old", File.ReadAllText(folder["out"]));
        Assert.Equal(["out"], folder.Names());
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "old"u8.ToArray());
        File.CreateSymbolicLink(folder["link"], "file");
        File.CreateSymbolicLink(folder["dangling"], "later");
        Write(folder["link"]);
        Write(folder["dangling"]);
        Assert.Equal(["dangling", "file", "later", "link"], folder.Names());
        Assert.Equal("file", new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder["file"]));
        Assert.Equal("new", File.ReadAllText(folder["later"]));
    }

    [Fact]
    public void A_device_is_written_straight()
    {
        Write("/dev/null");
        Assert.True(File.Exists("/dev/null"));
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["null"], "/dev/null");
        Write(folder["null"]);
        Assert.Equal(["null"], folder.Names());
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    [Fact]
    public void A_full_device_is_an_io_error()
    {
        Assert.Throws<IOException>(() => Write("/dev/full"));
        using var file = new AtomicFile("/dev/full");
        Assert.Throws<IOException>(() => file.Stream.Write(new byte[3_000_000]));
    }

    [Fact]
    public async Task A_pipe_is_written_straight()
    {
        using var folder = new TemporaryFolder();
        await Process.Start("mkfifo", [folder["pipe"]]).WaitForExitAsync();
        Task<string> reader = Task.Run(() => File.ReadAllText(folder["pipe"]));
        Write(folder["pipe"]);
        Assert.Equal("new", await reader.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(["pipe"], folder.Names());
    }

    [Fact]
    public void A_target_that_cannot_be_is_an_io_error()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["folder"]);
        foreach (string path in new[] { folder["folder"], "/" })
            Assert.Equal("the output is a folder", Assert.Throws<IOException>(() => new AtomicFile(path)).Message);
        Assert.Throws<OutputException>(() => new AtomicFile(folder["missing/out"]));
        Assert.Throws<OutputException>(() => new AtomicFile(folder["folder/missing/"]));
    }

    [Fact]
    public void A_long_name_leaves_room_for_the_temporarys()
    {
        using var folder = new TemporaryFolder();
        string name = new('n', 255);
        Write(folder[name]);
        Assert.Equal([name], folder.Names());
    }

    [Fact]
    public void What_a_killed_run_left_is_removed_but_not_what_another_run_is_writing()
    {
        using var folder = new TemporaryFolder();
        string[] others =
            [".out.0123456789ab.tmp.txt", ".out.0123456789.tmp", ".out.old-version..tmp", ".other.0123456789ab.tmp", "out.tmp"];
        foreach (string name in others)
            folder.Write(name, []);
        folder.Write(".out.0123456789ab.tmp", new byte[100]);

        using (var running = new AtomicFile(folder["out"]))
        {
            running.Stream.Write("running"u8);
            Write(folder["out"]);
            Assert.Equal("new", File.ReadAllText(folder["out"]));
            running.Commit();
        }

        Assert.Equal("running", File.ReadAllText(folder["out"]));
        Assert.Equal(others.Append("out").Order(StringComparer.Ordinal), folder.Names());
    }

    private static void Write(string path)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write("new"u8);
        file.Commit();
    }
}
