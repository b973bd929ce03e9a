using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder;

/// <summary>The sentence for each status.</summary>
public static unsafe class StatusText
{
    /// <summary>A zero-terminated constant.</summary>
    internal static byte* Of(Status status) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Text(status)));

    /// <summary>The same as a string.</summary>
    public static string ToString(Status status) => System.Text.Encoding.UTF8.GetString(Text(status));

    private static ReadOnlySpan<byte> Text(Status status) => status switch
    {
        Status.Ok => "no error"u8,
        Status.Argument => "a null pointer, an unknown type or a model that is not open"u8,
        Status.NoTensor => "no such tensor"u8,
        Status.Type => "this tensor cannot be decoded to that type"u8,
        Status.Rows => "rows or bytes beyond the last"u8,
        Status.DstSize => "dst is too small"u8,
        Status.WorkspaceSize => "workspace is too small"u8,
        Status.NoModel => "the file has no model to rebuild"u8,
        Status.Magic => "not a .wls file"u8,
        Status.Version => "a .wls file of a version that this library does not read"u8,
        Status.Truncated => "the file is truncated"u8,
        Status.Directory => "the file's directory is damaged"u8,
        Status.Checksum => "a section fails its checksum"u8,
        Status.Corrupt => "a section is damaged"u8,
        Status.Unsupported => "a method or coder that this library does not know"u8,
        Status.Internal => "a defect of the library"u8,
        _ => "an unknown status"u8,
    };
}
