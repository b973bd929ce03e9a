using System.Runtime.InteropServices;
using Weightless.NativeDecoder;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Abi;

/// <summary>
/// The functions of include/weightless.h, as a C program calls them: those of this process's managed build, or of
/// artifacts/linux-x64/libweightless.so.
/// </summary>
internal sealed unsafe class Library
{
    private static readonly Lazy<Library> LoadedNative = new(Load);

    public static Library Managed { get; } = new()
    {
        Init = &Exports.Init,
        Version = &Exports.Version,
        StatusString = &Exports.StatusString,
        Open = &Exports.Open,
        TensorCount = &Exports.TensorCount,
        TensorInfo = &Exports.TensorInfo,
        FindTensor = &Exports.FindTensor,
        WorkspaceSize = &Exports.WorkspaceSize,
        Decode = &Exports.Decode,
        DecodeRows = &Exports.DecodeRows,
        DecodeCsr = &Exports.DecodeCsr,
        MatVec = &Exports.MatVec,
        TensorScales = &Exports.TensorScales,
        Verify = &Exports.Verify,
    };

    public static Library Native => LoadedNative.Value;

    /// <summary>Where the native one is, if it was built and this machine can load it.</summary>
    public static string? NativePath { get; } = FindNative();

    public required delegate* unmanaged<Status> Init { get; init; }

    public required delegate* unmanaged<uint> Version { get; init; }

    public required delegate* unmanaged<Status, byte*> StatusString { get; init; }

    public required delegate* unmanaged<byte*, nuint, Model*, Status> Open { get; init; }

    public required delegate* unmanaged<Model*, uint> TensorCount { get; init; }

    public required delegate* unmanaged<Model*, uint, TensorInfo*, Status> TensorInfo { get; init; }

    public required delegate* unmanaged<Model*, byte*, uint*, Status> FindTensor { get; init; }

    public required delegate* unmanaged<Model*, uint, nuint*, Status> WorkspaceSize { get; init; }

    public required delegate* unmanaged<Model*, uint, uint, byte*, nuint, byte*, nuint, Status> Decode { get; init; }

    public required delegate* unmanaged<Model*, uint, uint, ulong, ulong, byte*, nuint, byte*, nuint, Status> DecodeRows { get; init; }

    public required delegate* unmanaged<Model*, uint, uint, ulong*, nuint, uint*, byte*, nuint, byte*, nuint, Status> DecodeCsr { get; init; }

    public required delegate* unmanaged<Model*, uint, float*, nuint, float*, nuint, byte*, nuint, Status> MatVec { get; init; }

    public required delegate* unmanaged<Model*, uint, ulong, ulong, float*, Status> TensorScales { get; init; }

    public required delegate* unmanaged<Model*, Status> Verify { get; init; }

    private static string? FindNative()
    {
        string path = Path.Join(SharedData.Repository(), "artifacts", "linux-x64", "libweightless.so");
        return OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists(path) ? path : null;
    }

    private static Library Load()
    {
        nint library = NativeLibrary.Load(NativePath!);
        void* Export(string name) => (void*)NativeLibrary.GetExport(library, name);
        return new Library
        {
            Init = (delegate* unmanaged<Status>)Export("wl_init"),
            Version = (delegate* unmanaged<uint>)Export("wl_version"),
            StatusString = (delegate* unmanaged<Status, byte*>)Export("wl_status_string"),
            Open = (delegate* unmanaged<byte*, nuint, Model*, Status>)Export("wl_open"),
            TensorCount = (delegate* unmanaged<Model*, uint>)Export("wl_tensor_count"),
            TensorInfo = (delegate* unmanaged<Model*, uint, TensorInfo*, Status>)Export("wl_tensor_info"),
            FindTensor = (delegate* unmanaged<Model*, byte*, uint*, Status>)Export("wl_find_tensor"),
            WorkspaceSize = (delegate* unmanaged<Model*, uint, nuint*, Status>)Export("wl_workspace_size"),
            Decode = (delegate* unmanaged<Model*, uint, uint, byte*, nuint, byte*, nuint, Status>)Export("wl_decode"),
            DecodeRows = (delegate* unmanaged<Model*, uint, uint, ulong, ulong, byte*, nuint, byte*, nuint, Status>)Export("wl_decode_rows"),
            DecodeCsr = (delegate* unmanaged<Model*, uint, uint, ulong*, nuint, uint*, byte*, nuint, byte*, nuint, Status>)Export("wl_decode_csr"),
            MatVec = (delegate* unmanaged<Model*, uint, float*, nuint, float*, nuint, byte*, nuint, Status>)Export("wl_matvec"),
            TensorScales = (delegate* unmanaged<Model*, uint, ulong, ulong, float*, Status>)Export("wl_tensor_scales"),
            Verify = (delegate* unmanaged<Model*, Status>)Export("wl_verify"),
        };
    }
}

/// <summary>A test that needs the native library.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (Library.NativePath is null)
            Skip = "artifacts/linux-x64/libweightless.so is not built, or not for this machine";
    }
}
