using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_tensor_scales</c>: what the integers of some channels of a grid are multiplied by.</summary>
internal readonly unsafe struct ScalesCall(Model* model, uint tensor, ulong firstChannel, ulong count, float* scales) : ICall
{
    public Status Run()
    {
        if (model == null || !model->IsOpen || scales == null && count > 0)
            return Status.Argument;
        Status status = model->Directory.Find(tensor, out TensorEntry entry);
        if (status != Status.Ok)
            return status;
        if (!entry.IsGrid)
            return Status.Type;
        if (!GridHeader.TryRead(entry, out GridHeader grid, out _))
            return Status.Corrupt;
        if (firstChannel > grid.Channels || count > grid.Channels - firstChannel)
            return Status.Rows;
        for (ulong i = 0; i < count; i++)
            scales[i] = grid.Scale(firstChannel + i);
        return Status.Ok;
    }
}
