namespace Weightless.NativeDecoder.Format;

/// <summary>What a decoder call answers; the numbers are those of <c>wl_status</c> and never change.</summary>
public enum Status
{
    Ok = 0,
    Argument = 1,
    NoTensor = 2,
    Type = 3,
    Rows = 4,
    DstSize = 5,
    WorkspaceSize = 6,
    NoModel = 7,
    Magic = 16,
    Version = 17,
    Truncated = 18,
    Directory = 19,
    Checksum = 20,
    Corrupt = 21,
    Unsupported = 22,
    Internal = 48,
}
