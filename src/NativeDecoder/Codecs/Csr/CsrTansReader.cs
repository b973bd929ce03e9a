using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Csr;

/// <summary>Reads the bands of a section. It lies in the caller's workspace, its table right behind it.</summary>
/// <remarks>
/// Bits can be anything: a token moves on by one position at least and <see cref="CsrTansModel.AdvanceLimit"/> at most, no weight at
/// or behind a limit is put anywhere, and a state stays in the table.
/// </remarks>
internal unsafe struct CsrTansReader
{
    // Elements that are cleared before a loop writes into them: as many as the first-level cache can hold beside the table.
    private const uint ClearedBytes = 1 << 16;

    private const ulong NoBand = ulong.MaxValue;

    private CsrTans _section;
    private CsrTansBand _band;

    // The band that is open, and up to which place it has been read.
    private ulong _number;
    private uint _at;

    private bool _hasLoop;

    /// <summary>Bytes that serve the next call too.</summary>
    public static nuint KeptBytes(in CsrTans section) => (nuint)sizeof(CsrTansReader) + CsrTansTable.Bytes(section.Model.TableLog);

    /// <summary>Those, and what making the table takes.</summary>
    public static nuint Bytes(in CsrTans section) => KeptBytes(section) + sizeof(ushort) * (nuint)section.Model.Tokens;

    /// <param name="elements">The output element of each id.</param>
    public bool TryOpen<T>(in CsrTans section, T* elements) where T : unmanaged
    {
        this = default;
        _section = section;
        _number = NoBand;
        _hasLoop = CsrTansKernels.Has(InstructionSets.Current, section.Bands, section.End);
        return Table.TryFill(section.Model, elements, (ushort*)((byte*)This + KeptBytes(section)));
    }

    /// <summary>A range of elements. It is cheapest where the one before ended.</summary>
    public Status Read<T>(in WeightRange range, T* dst) where T : unmanaged
    {
        ulong weight = range.First;
        while (weight < range.End)
        {
            ulong number = weight / _section.BandWeights;
            ulong first = number * _section.BandWeights;
            uint from = (uint)(weight - first);
            uint to = (uint)Math.Min(_section.WeightsOf(number), range.End - first);
            if (!TrySeek(number, from) || !TryRead(from, to, dst))
                return Status.Corrupt;
            dst += to - from;
            weight += to - from;
        }
        return Status.Ok;
    }

    /// <summary>Shows all non-zeros to a visitor, and escapes as zeros.</summary>
    public Status ForEachNonzero<T, TVisitor>(TVisitor* visitor) where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        CsrTansVisitor<T, TVisitor> sink = new(visitor);
        for (ulong weight = 0; weight < _section.Weights; weight += _section.BandWeights)
        {
            ulong number = weight / _section.BandWeights;
            uint count = _section.WeightsOf(number);
            if (!TrySeek(number, 0))
                return Status.Corrupt;
            // A position is one more than a place.
            visitor->Begin(weight - 1);
            Run<T, CsrTansVisitor<T, TVisitor>>(ref sink, count, isLast: true);
            _at = count;
            if (!IsComplete(count))
                return Status.Corrupt;
        }
        return Status.Ok;
    }

    // The reader is in unmanaged memory, so that its address stays.
    private readonly CsrTansReader* This => (CsrTansReader*)Unsafe.AsPointer(ref Unsafe.AsRef(in this));

    private readonly CsrTansTable Table => new((byte*)(This + 1), _section.Model.TableLog);

    /// <summary>Opens a band unless it is open, and goes to a place in it.</summary>
    private bool TrySeek(ulong number, uint from)
    {
        if (number != _number || from < _at)
        {
            bool isNext = _number != NoBand && number == _number + 1;
            ulong firstByte = isNext ? _band.EndBit / 8 : 0;
            for (ulong i = isNext ? number : 0; i < number; i++)
                firstByte += _section.BytesOf(i);
            uint bytes = _section.BytesOf(number);
            _number = NoBand;
            if (firstByte + bytes > (ulong)(_section.End - _section.Bands))
                return false;
            _band = CsrTansBand.Open(_section.Bands, _section.End, firstByte, bytes, _section.Model.TableLog);
            _number = number;
            _at = 0;
        }
        if (from > _at)
        {
            CsrTansNowhere nowhere = default;
            Run<byte, CsrTansNowhere>(ref nowhere, from, isLast: true);
            _at = from;
        }
        return true;
    }

    private bool TryRead<T>(uint from, uint to, T* dst) where T : unmanaged
    {
        CsrTansElements<T> elements = new(dst - from - 1);
        for (uint at = from; at < to;)
        {
            uint end = Math.Min(to, at + ClearedBytes / (uint)sizeof(T));
            new Span<T>(dst + (at - from), (int)(end - at)).Clear();
            Run<T, CsrTansElements<T>>(ref elements, end, isLast: end == to);
            at = end;
        }
        _at = to;
        return to < _section.WeightsOf(_number) ? _band.Bit <= _band.EndBit : IsComplete(to);
    }

    /// <summary>The last gap ends one behind the band, and the band's bits with it.</summary>
    private readonly bool IsComplete(uint weights) => _band.Position == weights + 1 && (_band.Bit + 7) / 8 == _band.EndBit / 8;

    /// <summary>
    /// Gives a sink all tokens before <paramref name="limit"/>. The first one behind it is kept.
    /// </summary>
    /// <param name="isLast">Otherwise those short before the limit can wait for the next call.</param>
    private void Run<T, TSink>(ref TSink sink, uint limit, bool isLast) where T : unmanaged where TSink : unmanaged, ICsrTansSink<T>
    {
        CsrTansBand* band = &This->_band;
        CsrTansTable table = Table;
        T* values = (T*)table.Values;
        if (band->IsAhead)
        {
            if (band->Position > limit)
                return;
            sink.Put(band->Position, values[band->Ahead]);
            band->IsAhead = false;
        }
        while (true)
        {
            if (band->Turn == 0 && _hasLoop)
            {
                CsrTansKernels.Decode<T, TSink>(band, _section, table, limit, ref sink);
                if (!isLast)
                    return;
            }
            uint state = band->Step(table.Entries, _section.Bands, _section.End, _section.Model.RawBits);
            if (band->Position > limit)
            {
                band->Ahead = state;
                band->IsAhead = true;
                return;
            }
            sink.Put(band->Position, values[state]);
        }
    }
}
