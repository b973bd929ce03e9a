using System.Security.Cryptography;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

/// <summary>Decodes bands of rows of a tensor with one workspace, as a C caller would.</summary>
internal sealed unsafe class BandReader(WlsTensor tensor, ElementType output)
{
    private readonly byte[] _workspace = RandomNumberGenerator.GetBytes((int)tensor.WorkspaceSize);

    public byte[] Read(long row, long count)
    {
        byte[] band = new byte[count * tensor.Columns * ElementTypes.Size(output)];
        fixed (byte* dst = band, scratch = _workspace)
        {
            Status status = tensor.DecodeRows(output, (ulong)row, (ulong)count, dst, (nuint)band.Length, scratch,
                (nuint)_workspace.Length);
            Assert.Equal(Status.Ok, status);
        }
        return band;
    }

    /// <summary>Changes a byte of the workspace.</summary>
    public void Scribble(int at)
    {
        if (_workspace.Length > 0)
            _workspace[(uint)at % _workspace.Length] ^= 0x5a;
    }
}
