using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Skeleton;

/// <summary>A model that is rebuilt in pieces, in one workspace.</summary>
internal sealed unsafe class Rebuilding(WlsFile file)
{
    private readonly (ulong Bytes, nuint WorkspaceBytes) _size = file.RebuildSize();

    public ulong Bytes => _size.Bytes;

    public byte[] Workspace { get; } = new byte[file.RebuildSize().WorkspaceBytes];

    /// <summary>All of a file's model, or its status.</summary>
    public static byte[] All(WlsFile file)
    {
        using MemoryStream stream = new();
        file.Rebuild(stream);
        return stream.ToArray();
    }

    public byte[] Read(ulong first, ulong count)
    {
        byte[] bytes = new byte[count];
        Assert.Equal(Status.Ok, TryRead(first, count, bytes));
        return bytes;
    }

    public Status TryRead(ulong first, ulong count, byte[] dst)
    {
        fixed (byte* to = dst, workspace = Workspace)
        {
            return file.Rebuild(first, count, to, (nuint)dst.Length, workspace, (nuint)Workspace.Length);
        }
    }
}
