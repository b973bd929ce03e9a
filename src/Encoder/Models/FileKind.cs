namespace Weightless.Encoder.Models;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    None,
    Regular,
    Folder,

    /// <summary>Opening one waits for whoever is at its other end.</summary>
    Pipe,

    /// <summary>A device or a socket.</summary>
    Special,
}

internal static class FileKinds
{
    public static FileKind Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path) ? FileKind.Folder : FileKind.Regular;
        return FileStatus.Of(path)?.Kind ?? FileKind.None;
    }
}
