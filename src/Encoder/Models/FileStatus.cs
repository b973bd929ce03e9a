using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weightless.Encoder.Models;

/// <summary>What stat(2) says of a file, which .NET does not: statx has one layout on every architecture of Linux.</summary>
/// <param name="Device">Of the file system that it is on; with <paramref name="Inode"/> it tells whether two paths are one file.</param>
internal readonly record struct FileStatus(FileKind Kind, UnixFileMode Permissions, uint Owner, uint Group, ulong Device, ulong Inode)
{
    private const uint Unchanged = uint.MaxValue;

    /// <summary>The status of what a path leads to, links followed; null if that is nothing, and on other systems.</summary>
    public static unsafe FileStatus? Of(string path)
    {
        const int currentFolder = -100;
        const uint basicStatus = 0x7ff;
        const int statBytes = 256;
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> stat = stackalloc byte[statBytes];
        fixed (byte* buffer = stat)
        {
            if (StatX(currentFolder, path, 0, basicStatus, buffer) != 0)
                return null;
        }

        ushort mode = BinaryPrimitives.ReadUInt16LittleEndian(stat[28..]);
        FileKind kind = (mode & 0xf000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            _ => FileKind.Special,
        };
        return new FileStatus(kind, (UnixFileMode)(mode & 0x1ff), BinaryPrimitives.ReadUInt32LittleEndian(stat[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(stat[24..]), BinaryPrimitives.ReadUInt64LittleEndian(stat[136..]),
            BinaryPrimitives.ReadUInt64LittleEndian(stat[32..]));
    }

    /// <summary>Whether two paths lead to one file, be it by links, hard or symbolic.</summary>
    public static bool AreSame(string path, string other) =>
        Of(path) is { } status && Of(other) is { } otherStatus
        && (status.Device, status.Inode) == (otherStatus.Device, otherStatus.Inode);

    /// <summary>Gives another file the owner, group and mode of this one, as far as the system lets us.</summary>
    public void ApplyTo(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
            return;
        UnixFileMode mode = Permissions;
        bool keepsGroup = ChangeOwner(file, Owner, Group) == 0 || ChangeOwner(file, Unchanged, Group) == 0;
        if (!keepsGroup)
        {
            // What the old group might do, the new one may only if all may.
            const UnixFileMode all = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
            mode &= ~all | (UnixFileMode)((int)mode << 3);
        }
        try
        {
            File.SetUnixFileMode(file, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file system without modes.
        }
    }

    [DllImport("libc", EntryPoint = "fchown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(SafeFileHandle file, uint owner, uint group);

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte* stat);
}
