using Weightless.Encoder.Quantization;
using Weightless.Encoder.Wls;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Codecs;

public unsafe class ZeroAllocationTests
{
    [Theory]
    [MemberData(nameof(RandomLayers.Systems), MemberType = typeof(RandomLayers))]
    public void Decoding_allocates_nothing(Method method, Coder coder)
    {
        ClusteredTensor layer = RandomLayers.Make(40, 50, 9, 0.1, seed: 2);
        using WlsFile file = RoundTripTests.Encode(layer, method, coder);
        Check(file.Tensors[0], layer.Ids.Length);
    }

    /// <summary>Decodes a tensor of 40 rows in bands and whole.</summary>
    internal static void Check(WlsTensor tensor, int weights)
    {
        byte[] dst = new byte[weights * 4];
        byte[] workspace = new byte[tensor.WorkspaceSize];
        // The first round may still compile.
        long allocated = 1;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            fixed (byte* to = dst, scratch = workspace)
            {
                for (int row = 0; row < 40; row += 8)
                    tensor.DecodeRows(ElementType.F32, (ulong)row, 8, to, (nuint)dst.Length, scratch, (nuint)workspace.Length);
                tensor.DecodeRows(ElementType.Id8, 0, 40, to, (nuint)dst.Length, scratch, (nuint)workspace.Length);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }
}
