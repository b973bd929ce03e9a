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

    /// <summary>The folder that the process runs in is no one test's to change: the bare name is that of a link in it.</summary>
    [Fact]
    public void A_link_may_be_given_by_its_bare_name()
    {
        using var folder = new TemporaryFolder();
        string name = $"link-{Guid.NewGuid():N}";
        foreach (string target in new[] { folder["first"], Path.GetRelativePath(Environment.CurrentDirectory, folder["second"]) })
        {
            File.CreateSymbolicLink(name, target);
            try
            {
                Write(name);
                Assert.Equal("new", File.ReadAllText(target));
                File.WriteAllText(target, "old");
                Write(name);
                Assert.Equal("new", File.ReadAllText(target));
                Assert.Equal(target, new FileInfo(Path.GetFullPath(name)).LinkTarget);
            }
            finally
            {
                File.Delete(name);
            }
        }
        Assert.Equal(["first", "second"], folder.Names());
    }

    /// <summary>A folder that is a link has two parents: the one it is written in, and the real one, in which files lie.</summary>
    [Fact]
    public void A_link_leads_where_the_system_takes_it()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["deep/real"]);
        File.CreateSymbolicLink(folder["short"], "deep/real");
        File.CreateSymbolicLink(folder["deep/real/link"], "../file");
        File.CreateSymbolicLink(folder["chain"], "short/link");
        foreach (string path in new[] { "short/link", "short/../file", "chain" })
        {
            File.WriteAllText(folder["deep/file"], "old");
            Write(folder[path]);
            Assert.Equal("new", File.ReadAllText(folder["deep/file"]));
        }
        Assert.Equal(["chain", "deep", "short"], folder.Names());
    }

    [Fact]
    public void Links_in_a_circle_are_an_io_error()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["a"], "b");
        File.CreateSymbolicLink(folder["b"], "a");
        Assert.Throws<OutputException>(() => Write(folder["a"]));
        Assert.Equal(["a", "b"], folder.Names());
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

    /// <summary>.NET calls EFBIG an argument out of range.</summary>
    [Fact]
    public void A_file_beyond_what_the_system_takes_is_an_io_error()
    {
        using var folder = new TemporaryFolder();
        using (OutputStream output = new(new EndlessFile(folder["f"])))
        {
            Assert.Equal("too large for the file system", Assert.Throws<OutputException>(() => output.Write(new byte[1])).Message);
            Assert.Equal("too large for the file system", Assert.Throws<OutputException>(output.Flush).Message);
        }
        Assert.Equal(["f"], folder.Names());
    }

    private sealed class EndlessFile(string path) : FileStream(path, FileMode.CreateNew)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new ArgumentOutOfRangeException(nameof(buffer));

        public override void Flush(bool flushToDisk) => throw new ArgumentOutOfRangeException(nameof(flushToDisk));
    }

    [Fact]
    public void A_target_that_cannot_be_is_an_io_error()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["folder"]);
        foreach (string path in new[] { folder["folder"], "/" })
            Assert.Equal("the output is a folder", Assert.Throws<OutputException>(() => new AtomicFile(path)).Message);
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
