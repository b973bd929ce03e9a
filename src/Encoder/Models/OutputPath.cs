using System.Runtime.InteropServices;

namespace Weightless.Encoder.Models;

/// <summary>
/// Where a file that is to be written lies. A link stays a link, and what it points to is replaced, or made. Followed as the
/// kernel does: .NET takes ".." for the folder that is written before it, even where that is a link.
/// </summary>
internal static class OutputPath
{
    // Linux's own limits.
    private const int MaxLinks = 40;
    private const int MaxPathBytes = 4096;

    /// <exception cref="OutputException">Links lead in a circle.</exception>
    public static string Resolve(string path)
    {
        for (int links = 0; links < MaxLinks; links++)
        {
            string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
            folder = RealPath(folder) ?? Path.GetFullPath(folder);
            string name = Path.GetFileName(path);
            // What ends in a slash is a folder, whether or not there is one.
            string full = name.Length == 0 ? $"{folder}/" : Path.Join(folder, name);
            if (new FileInfo(full).LinkTarget is not { } target)
                return full;
            path = Path.IsPathRooted(target) ? target : Path.Join(folder, target);
        }
        throw new OutputException("the output is a link that leads in a circle");
    }

    private static unsafe string? RealPath(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        byte* resolved = stackalloc byte[MaxPathBytes];
        return RealPath(folder, resolved) == null ? null : Marshal.PtrToStringUTF8((nint)resolved);
    }

    [DllImport("libc", EntryPoint = "realpath")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe byte* RealPath([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte* resolved);
}
