using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Weightless.Encoder.Models;

/// <summary>A file mapped read-only: a tensor of hundreds of megabytes is paged in as it is used and never copied.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    /// <summary>Maps the whole of a file that is not empty and takes over its stream.</summary>
    public MappedFile(FileStream stream)
    {
        Length = stream.Length;
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        try
        {
            _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
            _start += _view.PointerOffset;
        }
        catch
        {
            _view?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    public long Length { get; }

    /// <summary>Opens a file that can be mapped: one that is regular and not empty.</summary>
    /// <param name="wanted">What it should be, for the message of what it is not.</param>
    /// <exception cref="ModelFormatException">It cannot be mapped.</exception>
    public static FileStream OpenStream(string path, string wanted)
    {
        FileKind kind = FileKinds.Of(path);
        if (kind == FileKind.Folder)
            throw new ModelFormatException($"a folder, not {wanted}");
        if (kind is FileKind.Pipe or FileKind.Special)
            throw new ModelFormatException($"a pipe or device, not {wanted}");
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > 0)
            return stream;
        stream.Dispose();
        throw new ModelFormatException("the file is empty");
    }

    /// <summary>A part of the file, in memory that refuses to be used once the file is disposed.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return length == 0 ? ReadOnlyMemory<byte>.Empty : new Section(this, offset, length).Memory;
    }

    public void Dispose()
    {
        if (_start == null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private sealed class Section(MappedFile file, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(Start, length);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
            return new MemoryHandle(Start + elementIndex);
        }

        public override void Unpin()
        {
        }

        // The mapping belongs to the file.
        protected override void Dispose(bool disposing)
        {
        }

        private byte* Start
        {
            get
            {
                ObjectDisposedException.ThrowIf(file._start == null, typeof(ModelFile));
                return file._start + offset;
            }
        }
    }
}
