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

    // Up to which bit the loop may run; 0 if it must not.
    private ulong _lastBit;
    private InstructionSet _set;

    /// <summary>Bytes that stay as they are from one call to the next.</summary>
    public static nuint KeptBytes(in CsrTans section) => (nuint)sizeof(CsrTansReader) + ((nuint)sizeof(ulong) << section.Model.TableLog);

    /// <summary>Those, and what making the table takes.</summary>
    public static nuint Bytes(in CsrTans section) => KeptBytes(section) + sizeof(ushort) * (nuint)section.Model.Tokens;

    /// <param name="elements">The output element of each id.</param>
    public bool TryOpen<T>(in CsrTans section, T* elements) where T : unmanaged
    {
        this = default;
        _section = section;
        _number = NoBand;
        _set = CsrTansKernels.TryLastBit(section.Bands, section.End, out _lastBit) ? InstructionSets.Current : InstructionSet.Scalar;
        return CsrTansTable.TryFill(Table, section.Model, elements, (ushort*)((byte*)This + KeptBytes(section)));
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

    /// <summary>Shows all non-zeros to a visitor, and some zeros.</summary>
    /// <param name="places">Room for as many as are shown at a time, and so has <paramref name="values"/>.</param>
    public Status ForEachNonzero<T, TVisitor>(uint* places, T* values, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        uint* end = places + Nonzeros<T, TVisitor>.Length - (CsrTansBand.StateCount - 1);
        for (ulong weight = 0; weight < _section.Weights; weight += _section.BandWeights)
        {
            ulong number = weight / _section.BandWeights;
            uint count = _section.WeightsOf(number);
            if (!TrySeek(number, 0))
                return Status.Corrupt;
            do
            {
                CsrTansList<T> list = new(places, values, end);
                Run(ref list, count, isLast: true);
                visitor->Visit(weight, places, values, (int)(list.Places - places));
            }
            while (_band.Ahead == 0);
            _at = count;
            if (!IsComplete(count))
                return Status.Corrupt;
        }
        return Status.Ok;
    }

    // The reader is in unmanaged memory, so that its address stays.
    private readonly CsrTansReader* This => (CsrTansReader*)Unsafe.AsPointer(ref Unsafe.AsRef(in this));

    private readonly ulong* Table => (ulong*)(This + 1);

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
            Run(ref nowhere, from, isLast: true);
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
            Run(ref elements, end, isLast: end == to);
            at = end;
        }
        _at = to;
        return to < _section.WeightsOf(_number) ? _band.Bit <= _band.EndBit : IsComplete(to);
    }

    /// <summary>The last gap ends one behind the band, and the band's bits with it.</summary>
    private readonly bool IsComplete(uint weights) => _band.Position == weights + 1 && (_band.Bit + 7) / 8 == _band.EndBit / 8;

    /// <summary>
    /// Gives a sink all tokens before <paramref name="limit"/>, or as many as it has room for. The first one behind it is kept.
    /// </summary>
    /// <param name="isLast">Otherwise those short before the limit can wait for the next call.</param>
    private void Run<TSink>(ref TSink sink, uint limit, bool isLast) where TSink : unmanaged, ICsrTansSink
    {
        if (_band.Ahead != 0)
        {
            if (_band.Position > limit)
                return;
            sink.Put(0, _band.Position, _band.Ahead);
            sink.Advance(1);
            _band.Ahead = 0;
        }
        while (sink.HasRoom)
        {
            uint turn = CsrTansBand.StateCount * _section.Model.AdvanceLimit;
            if (_band.Turn == 0 && limit >= turn)
            {
                TSink local = sink;
                CsrTansBand* band = &This->_band;
                var loop = CsrTansKernels.Choose<TSink>(_set, _section.Model);
                if (loop != null)
                    loop(band, Table, _section.Bands, &local, limit - turn, _lastBit, _section.Model.RawBits);
                sink = local;
                if (!isLast || !sink.HasRoom)
                    return;
            }
            do
            {
                ulong entry = _band.Step(Table, _section.Bands, _section.End, _section.Model.RawBits);
                if (_band.Position > limit)
                {
                    _band.Ahead = entry;
                    return;
                }
                sink.Put(0, _band.Position, entry);
                sink.Advance(1);
            }
            while (_band.Turn != 0 && sink.HasRoom);
        }
    }
}
