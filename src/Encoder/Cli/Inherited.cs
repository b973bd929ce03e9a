using System.Runtime.InteropServices;

namespace Weightless.Encoder.Cli;

/// <summary>Which descriptors a program was started with.</summary>
internal static class Inherited
{
    public const int Output = 1;
    public const int Error = 2;

    /// <summary>
    /// Whether a descriptor was open when the program began (in a shell, <c>&gt;&amp;-</c> closes standard output). If not, its
    /// number is free for the next file that is opened, and what would be printed has to go nowhere rather than there. The
    /// runtime opens its own before we run, but to be closed by exec, which no descriptor is that came through one.
    /// </summary>
    public static bool IsOpen(int descriptor)
    {
        const int getFlags = 1;
        const int closeOnExec = 1;
        if (!OperatingSystem.IsLinux())
            return true;
        int flags = Control(descriptor, getFlags);
        return flags >= 0 && (flags & closeOnExec) == 0;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command);
}
