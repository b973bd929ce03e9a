namespace Weightless.Encoder.Models;

/// <summary>
/// Writes a file. What .NET makes of EFBIG, as from a file of 4 GiB on FAT or one beyond <c>ulimit -f</c>, is an exception of
/// arguments; here it becomes one of files.
/// </summary>
internal sealed class OutputStream(FileStream file) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw TooLarge(e);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => Flush(toDisk: false);

    public void Flush(bool toDisk)
    {
        try
        {
            file.Flush(toDisk);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw TooLarge(e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>What is in the buffer is written first.</summary>
    public override long Seek(long offset, SeekOrigin origin)
    {
        try
        {
            return file.Seek(offset, origin);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw TooLarge(e);
        }
    }

    public override void SetLength(long value) => file.SetLength(value);

    /// <summary>Closes the file; what is left in the buffer may fail once more.</summary>
    protected override void Dispose(bool disposing)
    {
        try
        {
            if (disposing)
                file.Dispose();
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            // A full disk has been reported by the write or by the flush; this is the rest of the buffer failing again.
        }
        base.Dispose(disposing);
    }

    private static OutputException TooLarge(Exception inner) => new("too large for the file system", inner);
}
