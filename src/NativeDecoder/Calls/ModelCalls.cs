using System.Runtime.InteropServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_open</c>: header and directory, checked.</summary>
internal readonly unsafe struct OpenCall(byte* data, nuint size, Model* model) : ICall
{
    public Status Run() => data == null || model == null ? Status.Argument : Model.Open(data, size, out *model);
}

/// <summary><c>wl_index_size</c>.</summary>
internal readonly unsafe struct IndexSizeCall(Model* model, nuint* size) : ICall
{
    public Status Run()
    {
        if (model == null || !model->IsOpen || size == null)
            return Status.Argument;
        *size = (nuint)model->IndexBytes;
        return Status.Ok;
    }
}

/// <summary><c>wl_index</c>: where every tensor lies, in the caller's memory.</summary>
internal readonly unsafe struct IndexCall(Model* model, byte* memory, nuint size) : ICall
{
    public Status Run()
    {
        if (model == null || !model->IsOpen || memory == null)
            return Status.Argument;
        if (size < model->IndexBytes)
            return Status.WorkspaceSize;
        model->Index(memory);
        return Status.Ok;
    }
}

/// <summary><c>wl_find_tensor</c>.</summary>
internal readonly unsafe struct FindCall(Model* model, byte* name, uint* tensor) : ICall
{
    public Status Run() => model == null || !model->IsOpen || name == null || tensor == null
        ? Status.Argument
        : model->Directory.Find(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name), out *tensor);
}

/// <summary><c>wl_verify</c>.</summary>
internal readonly unsafe struct VerifyCall(Model* model) : ICall
{
    public Status Run() => model == null || !model->IsOpen ? Status.Argument : Verification.Verify(*model);
}
