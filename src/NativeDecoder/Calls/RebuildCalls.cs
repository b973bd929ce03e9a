using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;
using Weightless.NativeDecoder.Skeleton;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_rebuild_size</c>: bytes of the model that the file was encoded from, and of workspace to rebuild it.</summary>
internal readonly unsafe struct RebuildSizeCall(Model* model, ulong* size, nuint* workspaceSize) : ICall
{
    public Status Run()
    {
        if (model == null || !model->IsOpen || size == null || workspaceSize == null)
            return Status.Argument;
        *size = 0;
        *workspaceSize = 0;
        if (!model->Skeleton.IsPresent)
            return Status.NoModel;
        if (!RebuiltLayout.TryRead(*model, out RebuiltLayout layout))
            return Status.Corrupt;
        TensorDirectory.Place* places = stackalloc TensorDirectory.Place[Landmarks.Most];
        Landmarks landmarks = new(places);
        TensorDirectory directory = model->Directory;
        TensorDirectory.Walk walk = new(directory);
        ByteReader gaps = layout.Skeleton.Gaps;
        nuint most = 0;
        for (uint i = 0; i < directory.Count; i++)
        {
            landmarks.Pass(i, walk);
            Status status = walk.Next(out TensorEntry tensor);
            TensorBytesSizeCall open = default;
            if (status == Status.Ok && gaps.TryVarint(out ulong gap) && gap > 0)
                status = Dispatch.Run(tensor, directory.With(landmarks), ref open);
            if (status != Status.Ok)
                return status;
            most = nuint.Max(most, open.WorkspaceSize);
        }
        *size = layout.Bytes;
        *workspaceSize = SkeletonReader.WorkspaceSize(layout.Skeleton) + most;
        return Status.Ok;
    }
}

/// <summary><c>wl_rebuild</c>: a range of bytes of that model.</summary>
internal readonly unsafe struct RebuildCall(Model* model, ulong firstByte, ulong count, byte* dst, nuint dstSize, Scratch scratch) : ICall
{
    public Status Run()
    {
        if (model == null || !model->IsOpen)
            return Status.Argument;
        if (!model->Skeleton.IsPresent)
            return Status.NoModel;
        if (!RebuiltLayout.TryRead(*model, out RebuiltLayout layout))
            return Status.Corrupt;
        if (firstByte > layout.Bytes || count > layout.Bytes - firstByte)
            return Status.Rows;
        if (count > dstSize)
            return Status.DstSize;
        nuint skeletonBytes = SkeletonReader.WorkspaceSize(layout.Skeleton);
        if (scratch.Size < skeletonBytes)
            return Status.WorkspaceSize;
        if (scratch.Memory == null || dst == null && count > 0)
            return Status.Argument;

        SkeletonReader skeleton = new(layout.Skeleton, scratch.Memory);
        Scratch forTensors = new(scratch.Memory + skeletonBytes, scratch.Size - skeletonBytes);
        TensorDirectory directory = model->Directory;
        Status status = Rebuild(directory, layout, ref skeleton, forTensors);
        if (status == Status.Ok)
            skeleton.Keep();
        return status;
    }

    private Status Rebuild(in TensorDirectory directory, in RebuiltLayout layout, ref SkeletonReader skeleton, Scratch forTensors)
    {
        RebuiltLayout.Walk walk = new(directory, layout.Skeleton);
        ulong position = 0;
        ulong skeletonPosition = 0;
        bool isTensor;
        do
        {
            isTensor = walk.Next(out ulong gap, out TensorEntry tensor);
            if (!isTensor)
                gap = layout.Skeleton.Bytes - skeletonPosition;
            Range part = Of(position, gap);
            Status status = part.Count == 0 ? Status.Ok : skeleton.Read(skeletonPosition + part.First, part.Count, part.Dst);
            position += gap;
            skeletonPosition += gap;
            part = Of(position, tensor.DenseBytes);
            if (status == Status.Ok && part.Count > 0)
            {
                TensorBytesCall call = new(part.First, part.Count, part.Dst, forTensors);
                status = Dispatch.Run(tensor, directory, ref call);
            }
            if (status != Status.Ok)
                return status;
            position += tensor.DenseBytes;
        }
        while (isTensor && position < firstByte + count);
        return Status.Ok;
    }

    /// <summary>What is asked for of so many bytes from a place on.</summary>
    private Range Of(ulong position, ulong bytes)
    {
        ulong first = Math.Max(position, firstByte);
        ulong end = Math.Min(position + bytes, firstByte + count);
        return first < end ? new Range(first - position, end - first, dst + (first - firstByte)) : default;
    }

    private readonly struct Range(ulong first, ulong count, byte* dst)
    {
        public ulong First => first;

        public ulong Count => count;

        public byte* Dst => dst;
    }
}
