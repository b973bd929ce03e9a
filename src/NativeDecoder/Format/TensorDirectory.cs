namespace Weightless.NativeDecoder.Format;

/// <summary>
/// The directory of an open file: finds tensors by number and by name. Entries have no fixed length, so that a search walks
/// from the last known place before it: an index knows every entry's, landmarks every 32nd, and otherwise it is the first.
/// </summary>
public readonly unsafe struct TensorDirectory
{
    private readonly byte* _data;
    private readonly ulong _size;
    private readonly ulong _entries;
    private readonly ulong _end;
    private readonly Landmarks _landmarks;
    private readonly DirectoryIndex _index;

    internal TensorDirectory(byte* data, ulong size, ulong entries, ulong end, uint count, DirectoryIndex index)
    {
        _data = data;
        _size = size;
        _entries = entries;
        _end = end;
        Count = count;
        _index = index;
    }

    private TensorDirectory(in TensorDirectory directory, Landmarks landmarks)
    {
        this = directory;
        _landmarks = landmarks;
    }

    /// <summary>Tensors of the file.</summary>
    public uint Count { get; }

    /// <summary>The same directory, with places in it that a search may start from.</summary>
    internal TensorDirectory With(Landmarks landmarks) => new(this, landmarks);

    /// <summary>The tensor with this number.</summary>
    public Status Find(uint number, out TensorEntry entry)
    {
        entry = default;
        if (number >= Count)
            return Status.NoTensor;
        uint from = 0;
        Walk walk = _index.IsNull ? _landmarks.Before(number, this, out from) : new Walk(this, _index.Place(from = number));
        for (; from < number; from++)
            walk.Next(out _);
        return walk.Next(out entry);
    }

    /// <summary>The number of the first tensor with this name.</summary>
    public Status Find(ReadOnlySpan<byte> name, out uint number)
    {
        if (!_index.IsNull)
            return _index.Find(name, this, out number) ? Status.Ok : Status.NoTensor;
        Walk walk = new(this);
        for (number = 0; number < Count; number++)
        {
            if (walk.Next(out TensorEntry entry) != Status.Ok)
                break;
            if (entry.NameBytes.SequenceEqual(name))
                return Status.Ok;
        }
        number = 0;
        return Status.NoTensor;
    }

    /// <summary>Checks every entry in itself, and that the sections lie in the file.</summary>
    internal Status Check()
    {
        Walk walk = new(this);
        for (uint i = 0; i < Count; i++)
        {
            Status status = walk.Next(out TensorEntry entry);
            if (status != Status.Ok)
                return status;
            if (!System.Text.Unicode.Utf8.IsValid(entry.NameBytes))
                return Status.Directory;
        }
        return walk.AtEnd ? Status.Ok : Status.Directory;
    }

    /// <summary>Where an entry and its section lie, both counted from the start of the file.</summary>
    internal readonly struct Place(ulong entry, ulong section)
    {
        public readonly ulong Entry = entry;
        public readonly ulong Section = section;
    }

    /// <summary>Steps from entry to entry and from section to section: sections lie in the directory's order.</summary>
    internal struct Walk
    {
        private readonly byte* _data;
        private readonly ulong _size;
        private ByteReader _reader;
        private ulong _offset;

        /// <summary>Begins at the first entry.</summary>
        public Walk(in TensorDirectory directory)
            : this(directory, new Place(directory._entries, directory._end))
        {
        }

        public Walk(in TensorDirectory directory, Place place)
        {
            _data = directory._data;
            _size = directory._size;
            _reader = new ByteReader(_data + place.Entry, _data + directory._end);
            _offset = place.Section;
        }

        public readonly bool AtEnd => _reader.Left == 0;

        /// <summary>Where it is.</summary>
        public readonly Place Place => new((ulong)(_reader.Position - _data), _offset);

        public Status Next(out TensorEntry entry)
        {
            Status status = TensorEntry.TryRead(ref _reader, out entry);
            if (status != Status.Ok)
                return status;
            if (entry.HasStoredElements)
            {
                ulong padding = (ulong)-(long)_offset & (Limits.StoredAlignment - 1);
                entry.Overhead += padding;
                _offset += padding;
            }
            if (_offset > _size || entry.SectionBytes > _size - _offset)
                return Status.Truncated;
            entry.Section = _data + _offset;
            _offset += entry.SectionBytes;
            return Status.Ok;
        }
    }
}
