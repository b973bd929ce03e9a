using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Context;

/// <summary>
/// Method <c>context</c>: lossless, and the smallest. An adaptive binary range coder whose probabilities are mixed from what
/// lies around a weight, after dead rows and columns are taken out. docs/format-context.md defines it.
/// </summary>
internal unsafe struct ContextCodec : ICodec<ContextCodec>
{
    private TensorEntry _entry;
    private ContextHeader _header;

    // Behind the header: the range coder's stream.
    private ByteReader _section;

    private struct State
    {
        public RangeDecoder Coder;

        // With what it points to behind it: the last field.
        public ContextModel Model;
    }

    public static bool TakesWideElements => false;

    public static Status Open(in TensorEntry entry, in TensorDirectory directory, out ContextCodec codec)
    {
        codec = new ContextCodec { _entry = entry, _section = entry.SectionReader };
        return ContextHeader.TryRead(entry, directory, ref codec._section, out codec._header) ? Status.Ok : Status.Corrupt;
    }

    public readonly TensorEntry Entry => _entry;

    public readonly SectionFacts Facts => new(_header.Nonzeros, _header.Clusters);

    public readonly bool CanDecode(ElementType output) => Palette.CanDecode(_entry.Type, output);

    public readonly nuint StateBytes =>
        IsEmpty || _entry.Weights == 0 ? 0 : (nuint)(BytesBeforeModel + ContextModel.Size(_header).All);

    /// <summary>The codebook is coded, so that the table can be filled only when the stream has begun.</summary>
    public readonly void FillTable<T>(ElementType output, T* table) where T : unmanaged
    {
    }

    /// <summary>The range is whole rows.</summary>
    public readonly Status Decode<T>(in WeightRange range, ElementType output, T* table, T* dst, byte* memory, Part part)
        where T : unmanaged
    {
        if (IsEmpty)
        {
            new Output<T>(dst, range.Count).Clear();
            return Status.Ok;
        }
        Workspace workspace = Workspace(memory);
        State* state = (State*)workspace.State;
        ulong firstRow = range.First / _entry.Columns;
        if (!workspace.Resumes(_entry, range.First)
            && (!TryBegin(state) || !state->Model.SkipRows(ref state->Coder, firstRow)))
            return Status.Corrupt;

        FillTable(state->Model, output, table);
        RowOutput<T> row = new(dst, table);
        ulong endRow = range.End / _entry.Columns;
        for (ulong r = firstRow; r < endRow; r++)
        {
            Output<T> weights = new(row.Row, _entry.Columns);
            if (_header.BackgroundRank < 0)
                weights.Clear();
            else
                weights.Fill(table[0]);
            if (!state->Model.CodeRow(ref state->Coder, ref row, r, null))
                return Status.Corrupt;
            row.Row += _entry.Columns;
        }
        if (range.ReachesLast)
            return state->Model.IsComplete ? Status.Ok : Status.Corrupt;
        workspace.Keep(_entry, range.End);
        return Status.Ok;
    }

    /// <summary>Row by row as they are decoded, so that nothing is sealed between two pieces.</summary>
    public readonly Status ForEachPiece<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        if (_entry.Weights == 0)
            return Status.Ok;
        T* table = stackalloc T[Palette.TableLength];
        T* piece = stackalloc T[Pieces.Bytes / sizeof(T)];
        PieceOutput<T, TVisitor> pieces = new(piece, (ulong)(Pieces.Bytes / sizeof(T)), table, _entry.Columns, visitor);
        if (IsEmpty)
        {
            table[0] = default;
            pieces.Clear();
            for (ulong row = 0; row < _entry.Rows; row++)
                pieces.EndRow();
            return Status.Ok;
        }
        State* state = (State*)Workspace(memory).State;
        if (!TryBegin(state))
            return Status.Corrupt;
        FillTable(state->Model, output, table);
        pieces.Clear();
        for (ulong row = 0; row < _entry.Rows; row++)
        {
            if (!state->Model.CodeRow(ref state->Coder, ref pieces, row, null))
                return Status.Corrupt;
            pieces.EndRow();
        }
        return state->Model.IsComplete ? Status.Ok : Status.Corrupt;
    }

    /// <summary>What is not written is the background.</summary>
    public readonly bool SkipsZeros => _header.BackgroundRank < 0;

    public readonly Status ForEachNonzero<T, TVisitor>(ElementType output, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        if (IsEmpty || _entry.Weights == 0)
            return Status.Ok;
        State* state = (State*)Workspace(memory).State;
        if (!TryBegin(state))
            return Status.Corrupt;
        T* table = stackalloc T[Palette.TableLength];
        FillTable(state->Model, output, table);
        visitor->Begin(0);
        NonzeroOutput<T, TVisitor> nonzeros = new(table, visitor);
        for (ulong row = 0; row < _entry.Rows; row++)
        {
            if (!state->Model.CodeRow(ref state->Coder, ref nonzeros, row, null))
                return Status.Corrupt;
            nonzeros.FirstWeight += _entry.Columns;
        }
        return state->Model.IsComplete ? Status.Ok : Status.Corrupt;
    }

    private static ulong BytesBeforeModel => (ulong)(sizeof(State) - sizeof(ContextModel));

    /// <summary>Whether no weight is other than zero.</summary>
    private readonly bool IsEmpty => _header.Clusters == 0;

    /// <summary>Less is sealed than is asked for: what is left to the next band.</summary>
    private readonly Workspace Workspace(byte* memory) =>
        new(memory, (nuint)(BytesBeforeModel + ContextModel.Size(_header).Lasting), _header.Parameters);

    private readonly bool TryBegin(State* state)
    {
        ContextModel* model = &state->Model;
        ContextModel.Create(model, _header);
        if (_header.HasParent)
        {
            ByteReader stream = _header.ParentStream;
            RangeDecoder parent = new(stream.Position, stream.Position + stream.Left);
            model->CodeRowMask(ref parent, default, model->ParentMask, _header.ParentRows);
            if (parent.RanOver)
                return false;
        }
        state->Coder = new RangeDecoder(_section.Position, _section.Position + _section.Left);
        return model->Begin(ref state->Coder, default, default);
    }

    /// <summary>The output element of each symbol.</summary>
    private readonly void FillTable<T>(in ContextModel model, ElementType output, T* table) where T : unmanaged
    {
        for (int symbol = 0; symbol <= _header.Clusters; symbol++)
        {
            int id = model.Id(symbol);
            uint bits = id == 0 ? 0
                : output == ElementType.Id8 ? (uint)id
                : Palette.Convert(model.Centroids[id - 1], _header.CodebookType, output);
            table[symbol] = *(T*)&bits;
        }
    }
}
