using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary>A call of the C ABI, with its arguments.</summary>
internal interface ICall
{
    Status Run();
}

/// <summary>Where in .NET what must not happen becomes a status: no exception may leave for C. The native library throws none:
/// Host/exports.c.</summary>
internal static class Guard
{
    public static Status Run<TCall>(TCall call) where TCall : struct, ICall
    {
        try
        {
            return call.Run();
        }
        catch (Exception)
        {
            return Status.Internal;
        }
    }
}

/// <summary>A call that is for one tensor: finds it, opens its codec and goes on there.</summary>
internal unsafe struct TensorCall<TCall>(Model* model, uint tensor, TCall call) : ICall where TCall : struct, ICodecCall
{
    private TCall _call = call;

    public Status Run()
    {
        if (model == null || !model->IsOpen)
            return Status.Argument;
        TensorDirectory directory = model->Directory;
        Status status = directory.Find(tensor, out TensorEntry entry);
        return status == Status.Ok ? Dispatch.Run(entry, directory, ref _call) : status;
    }
}
