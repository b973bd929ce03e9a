using System.IO.Hashing;

namespace Weightless.NativeDecoder.Format;

/// <summary>
/// The place of every entry, and their names' hashes in ascending order, in the caller's memory: what makes finding a tensor
/// cost the same whatever its number, or the logarithm of their count by its name. See <c>wl_index</c>.
/// </summary>
internal readonly unsafe struct DirectoryIndex
{
    private readonly ulong* _memory;
    private readonly uint _count;

    /// <param name="memory">What <see cref="Fill"/> has filled, or null.</param>
    public DirectoryIndex(ulong* memory, uint count)
    {
        _memory = memory;
        _count = count;
    }

    public bool IsNull => _memory == null;

    // Two numbers for a place and one for a name.
    private TensorDirectory.Place* Places => (TensorDirectory.Place*)_memory;

    private ulong* Names => _memory + 2 * (ulong)_count;

    /// <summary>Bytes of memory for so many tensors.</summary>
    public static ulong Bytes(uint count) => 3 * sizeof(ulong) * (ulong)count;

    /// <summary>Fills the memory from a directory that has been checked.</summary>
    public void Fill(in TensorDirectory directory)
    {
        TensorDirectory.Walk walk = new(directory);
        for (uint i = 0; i < _count; i++)
        {
            Places[i] = walk.Place;
            walk.Next(out TensorEntry entry);
            Names[i] = Hash(entry.NameBytes) | i;
        }
        Sort(Names, _count);
    }

    public TensorDirectory.Place Place(uint number) => Places[number];

    /// <summary>The number of the first tensor with this name.</summary>
    public bool Find(ReadOnlySpan<byte> name, in TensorDirectory directory, out uint number)
    {
        ulong hash = Hash(name);
        uint at = 0;
        for (uint end = _count; at < end;)
        {
            uint middle = at + (end - at) / 2;
            if (Names[middle] < hash)
                at = middle + 1;
            else
                end = middle;
        }
        // Of equal hashes the numbers ascend.
        for (; at < _count && (Names[at] ^ hash) <= uint.MaxValue; at++)
        {
            number = (uint)Names[at];
            if (directory.Find(number, out TensorEntry entry) == Status.Ok && entry.NameBytes.SequenceEqual(name))
                return true;
        }
        number = 0;
        return false;
    }

    /// <summary>32 bits of a hash, above room for a number.</summary>
    private static ulong Hash(ReadOnlySpan<byte> name) => XxHash3.HashToUInt64(name) & 0xffffffff00000000;

    /// <summary>Heapsort: in place, in n log n steps whatever the names. That of .NET allocates its comparer.</summary>
    private static void Sort(ulong* keys, uint count)
    {
        for (uint root = count / 2; root > 0; root--)
            SiftDown(keys, root - 1, count);
        for (uint end = count; end > 1; end--)
        {
            (keys[0], keys[end - 1]) = (keys[end - 1], keys[0]);
            SiftDown(keys, 0, end - 1);
        }
    }

    private static void SiftDown(ulong* keys, uint root, uint count)
    {
        ulong key = keys[root];
        for (ulong child; (child = 2 * (ulong)root + 1) < count; root = (uint)child)
        {
            if (child + 1 < count && keys[child + 1] > keys[child])
                child++;
            if (keys[child] <= key)
                break;
            keys[root] = keys[child];
        }
        keys[root] = key;
    }
}
