using Weightless.NativeDecoder.Format;

namespace Weightless.Encoder.Models;

/// <summary>
/// A tensor to be written whose data comes band by band: <paramref name="WriteTo"/> is called once and must write exactly the
/// bytes of the shape, in C order.
/// </summary>
public sealed record TensorSource(string Name, ElementType Type, IReadOnlyList<long> Shape, Action<Stream> WriteTo)
{
    /// <summary>A source that writes a tensor from memory.</summary>
    public static TensorSource From(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new(tensor.Name, tensor.Type, tensor.Shape, stream => stream.Write(tensor.Data.Span));
    }

    internal int ByteLength => TensorLimits.ByteLength(Name, Type, Shape);

    /// <summary>Writes the data and holds the source to its promise: a byte more or less would shift all that follows.</summary>
    internal void CopyTo(Stream stream)
    {
        using var counted = new CountedStream(stream, ByteLength);
        WriteTo(counted);
        if (counted.Left != 0)
            throw new InvalidOperationException($"the source of tensor '{Name}' wrote {counted.Left} bytes too few");
    }

    private sealed class CountedStream(Stream target, long left) : Stream
    {
        public long Left { get; private set; } = left;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.Length > Left)
                throw new InvalidOperationException("the source of a tensor wrote more bytes than its shape has");
            target.Write(buffer);
            Left -= buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
