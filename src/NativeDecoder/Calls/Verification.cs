using Weightless.NativeDecoder.Codecs;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Calls;

/// <summary><c>wl_verify</c>: every section against its checksum, and the parameters in it.</summary>
internal static unsafe class Verification
{
    public static Status Verify(in Model model)
    {
        TensorDirectory directory = model.Directory;
        TensorDirectory.Place* places = stackalloc TensorDirectory.Place[Landmarks.Most];
        Landmarks landmarks = new(places);
        TensorDirectory.Walk walk = new(directory);
        for (uint i = 0; i < directory.Count; i++)
        {
            landmarks.Pass(i, walk);
            Status status = walk.Next(out TensorEntry entry);
            if (status == Status.Ok && (uint)Model.Hash(entry.Section, (nuint)entry.SectionBytes) != entry.Checksum)
                status = Status.Checksum;
            FactsCall open = default;
            if (status == Status.Ok)
                status = Dispatch.Run(entry, directory.With(landmarks), ref open);
            if (status != Status.Ok)
                return status;
        }
        SkeletonEntry skeleton = model.Skeleton;
        if (!skeleton.IsPresent)
            return Status.Ok;
        if ((uint)Model.Hash(skeleton.Section, (nuint)skeleton.SectionBytes) != skeleton.Checksum)
            return Status.Checksum;
        return RebuiltLayout.TryRead(model, out _) ? Status.Ok : Status.Corrupt;
    }
}
