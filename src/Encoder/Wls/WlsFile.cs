using System.Buffers;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder;
using Weightless.NativeDecoder.Calls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Wls;

/// <summary>An open .wls file, decoded by the same code that the native library is compiled from.</summary>
public sealed unsafe class WlsFile : IDisposable
{
    private const int RebuiltAtOnce = 1 << 20;

    private readonly IDisposable? _owner;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Model _model;
    private MemoryHandle _pin;

    private WlsFile(ReadOnlyMemory<byte> bytes, IDisposable? owner)
    {
        _bytes = bytes;
        _owner = owner;
        _pin = bytes.Pin();
        try
        {
            Check(Model.Open((byte*)_pin.Pointer, (nuint)bytes.Length, out _model));
            List<WlsTensor> tensors = [];
            TensorDirectory.Walk walk = new(_model.Directory);
            ulong denseBytes = 0;
            for (uint i = 0; i < _model.TensorCount; i++)
            {
                Check(walk.Next(out TensorEntry entry));
                tensors.Add(new WlsTensor(entry, _model.Directory));
                denseBytes += entry.DenseBytes;
                if (denseBytes > long.MaxValue)
                    throw new ModelLimitException("the tensors have more than 2^63 bytes together");
            }
            Tensors = tensors;
            if (_model.Skeleton.IsPresent)
                SkeletonBytes = (long)(_model.Skeleton.SectionBytes + walk.Behind);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What one span can hold. The library opens larger files.</summary>
    public const long MaxBytes = int.MaxValue;

    public IReadOnlyList<WlsTensor> Tensors { get; }

    /// <summary>Bytes of the file up to the end of its last section.</summary>
    public long Bytes => HeaderBytes + Tensors.Sum(tensor => tensor.EncodedBytes) + SkeletonBytes;

    /// <summary>Bytes that the skeleton takes, its place in the directory included; 0 if there is none.</summary>
    public long SkeletonBytes { get; }

    /// <summary>Whether it can be made the model again that it was encoded from.</summary>
    public bool HasModel => SkeletonBytes > 0;

    /// <summary>Bytes of that model.</summary>
    public long ModelBytes => (long)RebuildSize().Bytes;

    /// <summary>Bytes that belong to no tensor.</summary>
    public long HeaderBytes => (long)_model.HeaderBytes;

    /// <exception cref="ModelFormatException">The file is damaged, or none.</exception>
    /// <exception cref="ModelLimitException">It has 2 GiB or more.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WlsFile Open(string path)
    {
        FileStream stream = MappedFile.OpenStream(path, "a .wls file");
        long length = stream.Length;
        if (length > MaxBytes)
        {
            stream.Dispose();
            throw new ModelLimitException($"a .wls file of {length} bytes; at most {MaxBytes} (2 GiB) are supported");
        }
        MappedFile mapped = new(stream);
        return new WlsFile(mapped.Slice(0, (int)length), mapped);
    }

    /// <summary>Opens a file that is in memory.</summary>
    public static WlsFile Open(ReadOnlyMemory<byte> bytes) => new(bytes, null);

    /// <summary>The file that these tensors make, in memory.</summary>
    public static WlsFile Of(IReadOnlyList<EncodedTensor> tensors, EncodedSkeleton? skeleton = null)
    {
        long bytes = WlsWriter.Measure(tensors, skeleton);
        if (bytes > Array.MaxLength)
            throw new ModelLimitException("a .wls file of 2 GiB or more");
        byte[] file = new byte[bytes];
        using MemoryStream stream = new(file);
        WlsWriter.Write(stream, tensors, skeleton);
        return Open(file);
    }

    /// <summary>Checks every section against its checksum.</summary>
    /// <exception cref="ModelFormatException">One fails.</exception>
    public void Verify() => Check(Verification.Verify(_model));

    /// <summary>Writes the model that the file was encoded from, as far as its tensors were encoded exactly byte by byte.</summary>
    /// <param name="written">Is told of bytes as they are written.</param>
    /// <exception cref="ModelFormatException">There is none, or a section is damaged.</exception>
    public void Rebuild(Stream stream, Action<int>? written = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (ulong bytes, nuint workspaceBytes) = RebuildSize();
        byte[] buffer = new byte[RebuiltAtOnce];
        byte[] workspace = new byte[workspaceBytes];
        fixed (byte* dst = buffer, scratch = workspace)
        {
            for (ulong first = 0; first < bytes; first += RebuiltAtOnce)
            {
                int count = (int)Math.Min(RebuiltAtOnce, bytes - first);
                Check(Rebuild(first, (ulong)count, dst, RebuiltAtOnce, scratch, workspaceBytes));
                stream.Write(buffer, 0, count);
                written?.Invoke(count);
            }
        }
    }

    /// <summary>The first bytes of that model, or all of a shorter one.</summary>
    internal byte[] ModelStart(int count)
    {
        (ulong bytes, nuint workspaceBytes) = RebuildSize();
        byte[] start = new byte[Math.Min((ulong)count, bytes)];
        byte[] workspace = new byte[workspaceBytes];
        fixed (byte* dst = start, scratch = workspace)
        {
            Check(Rebuild(0, (ulong)start.Length, dst, (nuint)start.Length, scratch, workspaceBytes));
        }
        return start;
    }

    /// <summary><c>wl_rebuild</c>, for who brings their own memory.</summary>
    internal Status Rebuild(ulong first, ulong count, byte* dst, nuint dstSize, byte* workspace, nuint workspaceSize)
    {
        fixed (Model* model = &_model)
        {
            return new RebuildCall(model, first, count, dst, dstSize, new Scratch(workspace, workspaceSize)).Run();
        }
    }

    /// <summary><c>wl_rebuild_size</c>.</summary>
    internal (ulong Bytes, nuint WorkspaceBytes) RebuildSize()
    {
        ulong bytes;
        nuint workspace;
        fixed (Model* model = &_model)
        {
            Check(new RebuildSizeCall(model, &bytes, &workspace).Run());
        }
        return (bytes, workspace);
    }

    public void Dispose()
    {
        _pin.Dispose();
        _owner?.Dispose();
    }

    internal static void Check(Status status)
    {
        if (status != Status.Ok)
            throw new ModelFormatException(StatusText.ToString(status));
    }
}
