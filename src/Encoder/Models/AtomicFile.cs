using System.Buffers;

namespace Weightless.Encoder.Models;

/// <summary>
/// A file that appears whole or not at all: what is written goes to a temporary beside the target, and <see cref="Commit"/>
/// renames it over the target. It keeps the mode and the owner of a file that it replaces, where it may. A device, a pipe and
/// standard output are written straight, as there is nothing to rename over.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int RandomDigits = 12;
    private const int MaxAttempts = 10;
    private const string TemporaryExtension = ".tmp";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // The temporaries of this process, for RemoveAll.
    private static readonly HashSet<string> Temporaries = [];

    private readonly string _target;
    private readonly FileStatus? _replaced;
    private readonly string? _temporary;
    private readonly FileStream _stream;
    private readonly OutputStream _output;
    private bool _committed;

    /// <exception cref="IOException">The folder is missing, the target is a folder, or another error of the system.</exception>
    public AtomicFile(string path)
    {
        if (FileKinds.Of(path) == FileKind.Folder)
            throw new OutputException("the output is a folder");
        if (IsSpecial(path))
        {
            _target = path;
            _stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferBytes);
            _output = new OutputStream(_stream);
            return;
        }

        _target = OutputPath.Resolve(path);
        string folder = Path.GetDirectoryName(_target) ?? throw new OutputException("the output is a folder");
        if (!Directory.Exists(folder))
            throw new OutputException("the folder of the output does not exist");

        _replaced = FileStatus.Of(_target);
        string prefix = TemporaryPrefix(_target);
        RemoveAbandoned(folder, prefix);
        try
        {
            lock (Temporaries)
            {
                (_temporary, _stream) = CreateTemporary(Path.Join(folder, prefix), isPrivate: _replaced is not null);
                Temporaries.Add(_temporary);
            }
            _output = new OutputStream(_stream);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new OutputException("the folder of the output cannot be written to", e);
        }
    }

    /// <summary>Where the content goes.</summary>
    public Stream Stream => _output;

    /// <summary>Whether a path is one that is written straight: a device, a pipe, standard output.</summary>
    public static bool IsSpecial(string path) => FileKinds.Of(path) is FileKind.Special or FileKind.Pipe || IsDescriptor(path);

    /// <summary>Removes the temporaries of a process that is about to be ended by a signal; it can write no more files.</summary>
    public static void RemoveAll()
    {
        Monitor.Enter(Temporaries);
        foreach (string path in Temporaries)
            File.Delete(path);
    }

    /// <summary>Makes the content the file. Not called, or thrown out of, it leaves what was there before.</summary>
    public void Commit()
    {
        if (_temporary is null)
        {
            _output.Flush();
            return;
        }

        _output.Flush(toDisk: true);

        _replaced?.ApplyTo(_stream.SafeFileHandle);

        // Still open, and so still locked, until it has its name. Others can read it all the while.
        lock (Temporaries)
        {
            File.Move(_temporary, _target, overwrite: true);
            Temporaries.Remove(_temporary);
        }
        _committed = true;
    }

    /// <summary>Closes the file and removes the temporary if it was not committed.</summary>
    public void Dispose()
    {
        _output.Dispose();
        if (_temporary is null || _committed)
            return;
        lock (Temporaries)
        {
            File.Delete(_temporary);
            Temporaries.Remove(_temporary);
        }
    }

    /// <summary>
    /// A new file that holds a lock, by which another run can tell it from an abandoned one. Before it has the lock, that run may
    /// take it for one: then it is gone, or locked by whoever is about to remove it, and there has to be another.
    /// </summary>
    /// <param name="isPrivate">Whether only the user may read it: who may not read what it replaces must not read this.</param>
    private static (string Path, FileStream Stream) CreateTemporary(string prefix, bool isPrivate)
    {
        // A shared lock, for which some file systems ask that the file can be read.
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = BufferBytes,
        };
        if (isPrivate && OperatingSystem.IsLinux())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (int attempt = 1; ; attempt++)
        {
            // Not a secret: the file is made only if there is none of its name. .NET's cryptography would ask for OpenSSL.
            string path = prefix + Random.Shared.GetHexString(RandomDigits, lowercase: true) + TemporaryExtension;
            try
            {
                FileStream stream = new(path, options);
                if (File.Exists(path))
                    return (path, stream);
                stream.Dispose();
            }
            catch (IOException) when (attempt < MaxAttempts)
            {
            }
        }
    }

    private static string TemporaryPrefix(string target)
    {
        // Short enough for the whole name to stay under the 255 bytes that file systems allow.
        string name = Path.GetFileName(target);
        return $".{(name.Length > 60 ? name[..60] : name)}.";
    }

    /// <summary>Removes what runs that were killed left behind: temporaries that nobody has locked.</summary>
    private static void RemoveAbandoned(string folder, string prefix)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + TemporaryExtension))
        {
            ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
            bool isOurs = name.Length == prefix.Length + RandomDigits + TemporaryExtension.Length
                && name.StartsWith(prefix, StringComparison.Ordinal)
                && !name.Slice(prefix.Length, RandomDigits).ContainsAnyExcept(HexDigits);
            if (!isOurs)
                continue;
            try
            {
                // An exclusive lock: not to be had while the writer lives.
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another run is writing it, or it is not ours to remove.
            }
        }
    }

    /// <summary>/dev/stdout and the like may lead to a regular file, but one that a shell holds open.</summary>
    private static bool IsDescriptor(string path)
    {
        string full = Path.GetFullPath(path);
        return full is "/dev/stdout" or "/dev/stderr"
            || full.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || full.StartsWith("/proc/", StringComparison.Ordinal);
    }
}
