using Weightless.NativeDecoder.Format;
using Weightless.NativeDecoder.Skeleton;

namespace Weightless.NativeDecoder.Calls;

/// <summary>How the bytes of a rebuilt model are made of its skeleton and of tensors, which lie in the directory's order.</summary>
internal readonly struct RebuiltLayout
{
    private RebuiltLayout(SkeletonHeader skeleton, ulong bytes)
    {
        Skeleton = skeleton;
        Bytes = bytes;
    }

    public SkeletonHeader Skeleton { get; }

    /// <summary>Bytes of the model, below 2^63.</summary>
    public ulong Bytes { get; }

    /// <summary>Reads and checks it; false too if the file has no skeleton.</summary>
    public static bool TryRead(in Model model, out RebuiltLayout layout)
    {
        layout = default;
        TensorDirectory directory = model.Directory;
        if (!model.Skeleton.IsPresent || !SkeletonHeader.TryRead(model.Skeleton, directory.Count, out SkeletonHeader skeleton))
            return false;
        ulong bytes = skeleton.Bytes;
        Walk walk = new(directory, skeleton);
        while (walk.Next(out _, out TensorEntry tensor))
        {
            bytes += tensor.DenseBytes;
            if (bytes > long.MaxValue)
                return false;
        }
        layout = new RebuiltLayout(skeleton, bytes);
        return true;
    }

    /// <summary>Steps from one of the tensors to the next.</summary>
    public struct Walk(in TensorDirectory directory, in SkeletonHeader skeleton)
    {
        private readonly uint _count = directory.Count;
        private TensorDirectory.Walk _walk = new(directory);
        private ByteReader _gaps = skeleton.Gaps;
        private uint _next;

        /// <summary>The next tensor, and the bytes of the skeleton before it; false behind the last.</summary>
        public bool Next(out ulong gap, out TensorEntry tensor)
        {
            gap = 0;
            tensor = default;
            while (_next < _count)
            {
                _next++;
                if (_walk.Next(out tensor) != Status.Ok || !_gaps.TryVarint(out gap))
                    return false;
                if (gap-- > 0)
                    return true;
            }
            gap = 0;
            tensor = default;
            return false;
        }
    }
}
