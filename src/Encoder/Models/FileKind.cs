using System.Buffers.Binary;
using System.Runtime.InteropServices;

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
    /// <summary>What stat(2) says, which .NET does not: statx has one layout on every architecture of Linux.</summary>
    public static unsafe FileKind Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path) ? FileKind.Folder : FileKind.Regular;

        const int currentFolder = -100;
        const uint typeMask = 1;
        const int statBytes = 256;
        const int modeOffset = 28;
        Span<byte> stat = stackalloc byte[statBytes];
        fixed (byte* buffer = stat)
        {
            if (StatX(currentFolder, path, 0, typeMask, buffer) != 0)
                return FileKind.None;
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(stat[modeOffset..]) & 0xf000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            _ => FileKind.Special,
        };
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte* stat);
}
