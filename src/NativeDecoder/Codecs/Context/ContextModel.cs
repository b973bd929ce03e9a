using Weightless.NativeDecoder.Coders;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// The state of a context section and the one walk over its matrix, row after row, for encoder and decoder alike. It lies at
/// the start of a block of the caller's memory, with what it points to behind it.
/// </summary>
internal unsafe struct ContextModel
{
    /// <summary>Of the ids 1..K, those that are below the background, in the order of their values.</summary>
    private int _below;

    /// <summary>Centroids below zero.</summary>
    private int _negatives;

    private ContextHeader _header;
    private LogisticTables* _tables;
    private ushort* _rates;
    private uint* _centroids;
    private byte* _rowMask;
    private byte* _columnMask;
    private byte* _parentMask;
    private ushort* _alive;
    private ulong _aliveRows;
    private ulong _aliveColumns;
    private Mixer* _maskMixer;
    private int* _maskWeights;
    private uint* _maskCounters;
    private ContextGaps* _gaps;
    private ContextMixture* _mixture;
    private ContextDistinct* _distinct;
    private ContextLevels* _levels;

    /// <summary>Weights coded so far that are not background.</summary>
    public ulong Coded { get; private set; }

    /// <summary>Bytes of the block, and of its first part, that is still needed once <see cref="Begin"/> is through.</summary>
    public static (ulong All, ulong Lasting) Size(in ContextHeader header)
    {
        ContextModel measured = default;
        ContextMixture mixture = default;
        ContextLevels levels = default;
        return measured.LayOut(null, header, ref mixture, ref levels);
    }

    /// <summary>Makes a block of <see cref="Size"/> bytes ready for <see cref="Begin"/>.</summary>
    public static void Create(ContextModel* block, in ContextHeader header)
    {
        *block = new ContextModel { _header = header };
        ContextMixture mixture = default;
        ContextLevels levels = default;
        block->LayOut((byte*)block, header, ref mixture, ref levels);
        if (header.IsMixed)
            *block->_mixture = mixture;
        if (header.HasLevels)
            *block->_levels = levels;
        // For a small layer they are most of the work.
        bool hasMasks = header.HasRowMask || header.HasColumnMask;
        if (hasMasks || header.IsMixed)
            block->_tables->Fill();
        if (hasMasks || header.IsMixed || header.HasLevels)
            ContextCounter.FillRates(block->_rates);
    }

    /// <summary>The centroids' bits, in the codebook's type.</summary>
    public readonly uint* Centroids => _centroids;

    /// <summary>The mask that an encoder fills in, and a decoder from the parent's stream.</summary>
    public readonly BitMask ParentMask => new(_parentMask);

    /// <summary>Codes the row mask, with which a stream begins.</summary>
    public readonly void CodeRowMask<TCoder>(ref TCoder coder, BitMask known, BitMask mask, ulong rows)
        where TCoder : struct, IBinaryCoder => Masks.CodeRows(ref coder, known, mask, rows);

    /// <summary>Codes all that comes before the weights. An encoder gives the masks, and has filled in the centroids.</summary>
    public bool Begin<TCoder>(ref TCoder coder, BitMask rows, BitMask columns) where TCoder : struct, IBinaryCoder
    {
        if (_rowMask != null)
            CodeRowMask(ref coder, rows, new BitMask(_rowMask), _header.Rows);
        if (_columnMask != null)
        {
            if (_parentMask != null)
                Masks.CodeColumns(ref coder, columns, new BitMask(_columnMask), _header.Columns, ParentMask,
                    _header.Columns / _header.ParentRows);
            else
                Masks.CodeColumns(ref coder, columns, new BitMask(_columnMask), _header.Columns, _header.Period);
        }
        _aliveRows = new BitMask(_rowMask).Count(0, _header.Rows);
        _aliveColumns = new BitMask(_columnMask).Count(0, _header.Columns);
        if (_alive != null)
            ListAliveColumns();
        _negatives = ContextCodebook.Code(ref coder, _centroids, _header.Clusters, _header.CodebookType);
        if (_negatives < 0 || coder.RanOver)
            return false;
        _below = _header.BackgroundRank < 0 ? _negatives : _header.BackgroundRank;

        switch (_header.Mode)
        {
            case ContextMode.Gaps:
                _gaps->Reset(_header.GapClasses, _header.Clusters, _alive, _aliveColumns);
                break;
            case ContextMode.Distinct:
                _distinct->Reset(_header.Clusters, Density);
                break;
            case ContextMode.Levels:
            case ContextMode.PredictedLevels:
                _levels->Reset(_rates, _header.Clusters, _below);
                break;
            default:
                _mixture->Reset(_tables, _rates, _header.Clusters, _below, new BitMask(_columnMask), Density);
                break;
        }
        return true;
    }

    /// <summary>Codes the next row.</summary>
    /// <param name="source">When encoding, the symbols of the row and of all behind it; otherwise null.</param>
    /// <returns>Whether there was that much to decode.</returns>
    public bool CodeRow<TCoder, TOutput>(ref TCoder coder, ref TOutput output, ulong row, byte* source)
        where TCoder : struct, IBinaryCoder where TOutput : struct, IWeightOutput
    {
        BitMask rows = new(_rowMask);
        if (!rows[row] || _aliveColumns == 0)
            return true;
        BitMask columns = new(_columnMask);
        Coded += _header.Mode switch
        {
            ContextMode.Gaps => _gaps->CodeRow(ref coder, ref output,
                new ContextGaps.Source(source, _header.Columns, row, _header.Rows, rows)),
            ContextMode.Distinct => _distinct->CodeRow(ref coder, ref output, _header.Columns, columns, source),
            ContextMode.Levels or ContextMode.PredictedLevels
                => _levels->CodeRow(ref coder, ref output, _header.Columns, columns, source),
            _ => _mixture->CodeRow(ref coder, ref output, _header.Columns, columns, source),
        };
        return !coder.RanOver;
    }

    /// <summary>
    /// Decodes the first rows for what comes behind them. A hostile file has rows without end: those that cost no input are
    /// not gone through.
    /// </summary>
    public bool SkipRows<TCoder>(ref TCoder coder, ulong end) where TCoder : struct, IBinaryCoder
    {
        NoOutput none = default;
        BitMask rows = new(_rowMask);
        for (ulong row = 0; row < end; row++)
        {
            if (_aliveColumns == 0 || _distinct != null && _distinct->IsUsedUp)
                break;
            if (_gaps != null && _gaps->IsForced)
            {
                Coded += rows.Count(row, end) * _aliveColumns;
                break;
            }
            if (_gaps != null && _rowMask == null)
            {
                row += _gaps->SkipEmpty(end - row);
                if (row == end)
                    break;
            }
            if (!CodeRow(ref coder, ref none, row, null))
                return false;
        }
        return true;
    }

    /// <summary>Whether all weights that were announced have come. With another background nobody has counted them.</summary>
    public readonly bool IsComplete => _header.BackgroundRank >= 0 || Coded == _header.Nonzeros;

    /// <summary>
    /// The id of a symbol. Symbol 0 is the background, symbols 1..K the other values in ascending order, so that the model
    /// need not know which value is the commonest.
    /// </summary>
    public readonly int Id(int symbol) => Id(symbol, _below, _negatives);

    public static int Id(int symbol, int below, int negatives)
    {
        int rank = symbol == 0 ? below : symbol <= below ? symbol - 1 : symbol;
        return rank == negatives ? 0 : rank < negatives ? rank + 1 : rank;
    }

    private readonly ContextMasks Masks => new(_tables, _rates, _maskMixer, _maskWeights, _maskCounters);

    /// <summary>The share of alive weights that are not background, in 65536ths, as far as the header tells.</summary>
    private readonly uint Density
    {
        get
        {
            ulong alive = _aliveRows * _aliveColumns;
            if (_header.BackgroundRank >= 0 || alive == 0)
                return 32768;
            // Both below 2^48.
            ulong share = alive >> 32 == 0 ? (_header.Nonzeros << 16) / alive : _header.Nonzeros / (alive >> 16);
            return (uint)Math.Clamp(share, 64, 65536 - 64);
        }
    }

    private (ulong All, ulong Lasting) LayOut(byte* start, in ContextHeader header, ref ContextMixture mixture,
        ref ContextLevels levels)
    {
        BlockLayout block = new(start, (ulong)sizeof(ContextModel));
        _centroids = block.Take<uint>((ulong)header.Clusters);
        if (header.HasRowMask)
            _rowMask = block.Take<byte>(BitMask.Bytes(header.Rows));
        if (header.HasColumnMask)
            _columnMask = block.Take<byte>(BitMask.Bytes(header.Columns));
        if (header.HasColumnMask && header.Mode == ContextMode.Gaps)
            _alive = block.Take<ushort>(header.Columns);

        // The masks' model; only mixed contexts and levels use its tables any longer: the others' state may lie on top of it.
        BlockLayout masks = block;
        _tables = masks.Take<LogisticTables>(1);
        _rates = masks.Take<ushort>(ContextCounter.Rates);
        _maskMixer = masks.Take<Mixer>(1);
        _maskWeights = masks.Take<int>((ulong)Mixer.WeightCount(ContextMasks.WeightSets));
        _maskCounters = masks.Take<uint>(ContextMasks.Counters);
        if (header.HasParent)
            _parentMask = masks.Take<byte>(BitMask.Bytes(header.ParentRows));
        switch (header.Mode)
        {
            case ContextMode.Gaps:
                _gaps = block.Take<ContextGaps>(1);
                break;
            case ContextMode.Distinct:
                _distinct = block.Take<ContextDistinct>(1);
                break;
            case ContextMode.Levels:
            case ContextMode.PredictedLevels:
                block = masks;
                _levels = block.Take<ContextLevels>(1);
                levels.LayOut(ref block, header);
                break;
            default:
                // It points to its parts before the masks are coded: it lies behind them.
                block = masks;
                _mixture = block.Take<ContextMixture>(1);
                mixture.LayOut(ref block, header);
                break;
        }
        return (Math.Max(masks.Used, block.Used), block.Used);
    }

    /// <summary>The columns that are alive, in turn.</summary>
    private readonly void ListAliveColumns()
    {
        BitMask columns = new(_columnMask);
        ushort* next = _alive;
        for (ulong i = 0; i < _header.Columns; i++)
        {
            if (columns[i])
                *next++ = (ushort)i;
        }
    }
}
