using Weightless.NativeDecoder.Coders;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>
/// Method <c>context</c>: lossless, and the smallest. An adaptive binary range coder whose probabilities are mixed from what
/// lies around a weight, after dead rows and columns are taken out.
/// </summary>
internal static unsafe class Context
{
    private struct State
    {
        public RangeDecoder Coder;

        // With what it points to behind it: the last field.
        public ContextModel Model;
    }

    public static nuint StateBytes(in ContextHeader header) =>
        header.Clusters == 0 ? 0 : (nuint)(BytesBeforeModel + ContextModel.Size(header).All);

    /// <summary>What of that is left to the next band.</summary>
    public static nuint LastingBytes(in ContextHeader header) =>
        header.Clusters == 0 ? 0 : (nuint)(BytesBeforeModel + ContextModel.Size(header).Lasting);

    private static ulong BytesBeforeModel => (ulong)(sizeof(State) - sizeof(ContextModel));

    public static Status Decode<T>(in TensorEntry entry, in ContextHeader header, ByteReader section, in Band band,
        ElementType output, T* table, T* dst, byte* memory) where T : unmanaged
    {
        // Less to seal than there is to ask for.
        Workspace workspace = new(memory, LastingBytes(header), header.Parameters);
        if (header.Clusters == 0)
        {
            new Output<T>(dst, band.Weights).Clear();
            return Status.Ok;
        }
        State* state = (State*)workspace.State;
        if (!workspace.Resumes(entry, band.FirstRow)
            && (!TryBegin(state, header, section) || !state->Model.SkipRows(ref state->Coder, band.FirstRow)))
            return Status.Corrupt;

        Fill(state->Model, header, output, table);
        RowOutput<T> row = new(dst, table);
        for (ulong r = band.FirstRow; r < band.EndRow; r++)
        {
            Output<T> weights = new(row.Row, entry.Columns);
            if (header.BackgroundRank < 0)
                weights.Clear();
            else
                weights.Fill(table[0]);
            if (!state->Model.CodeRow(ref state->Coder, ref row, r, null))
                return Status.Corrupt;
            row.Row += entry.Columns;
        }
        if (band.ReachesLastRow)
            return state->Model.IsComplete ? Status.Ok : Status.Corrupt;
        workspace.Keep(entry, band.EndRow);
        return Status.Ok;
    }

    /// <summary>Shows all weights to a visitor in pieces of at most <paramref name="length"/> columns.</summary>
    public static Status ForEachPiece<T, TVisitor>(in TensorEntry entry, in ContextHeader header, ByteReader section,
        ElementType output, T* table, T* piece, int length, byte* memory, TVisitor* visitor)
        where T : unmanaged where TVisitor : unmanaged, IPieceVisitor<T>
    {
        PieceOutput<T, TVisitor> pieces = new(piece, (ulong)length, table, entry.Columns, visitor);
        if (header.Clusters == 0)
        {
            table[0] = default;
            pieces.Clear();
            for (ulong row = 0; row < entry.Rows; row++)
                pieces.EndRow();
            return Status.Ok;
        }
        // The state of another call is of no use after this one: it is not sealed.
        State* state = (State*)new Workspace(memory, LastingBytes(header), header.Parameters).State;
        if (!TryBegin(state, header, section))
            return Status.Corrupt;
        Fill(state->Model, header, output, table);
        pieces.Clear();
        for (ulong row = 0; row < entry.Rows; row++)
        {
            if (!state->Model.CodeRow(ref state->Coder, ref pieces, row, null))
                return Status.Corrupt;
            pieces.EndRow();
        }
        return state->Model.IsComplete ? Status.Ok : Status.Corrupt;
    }

    private static bool TryBegin(State* state, in ContextHeader header, ByteReader section)
    {
        ContextModel* model = &state->Model;
        ContextModel.Create(model, header);
        if (header.HasParent)
        {
            ByteReader stream = header.ParentStream;
            RangeDecoder parent = new(stream.Position, stream.Position + stream.Left);
            model->CodeRowMask(ref parent, default, model->ParentMask, header.ParentRows);
            if (parent.RanOver)
                return false;
        }
        state->Coder = new RangeDecoder(section.Position, section.Position + section.Left);
        return model->Begin(ref state->Coder, default, default);
    }

    /// <summary>The output element of each symbol.</summary>
    private static void Fill<T>(in ContextModel model, in ContextHeader header, ElementType output, T* table) where T : unmanaged
    {
        for (int symbol = 0; symbol <= header.Clusters; symbol++)
        {
            int id = model.Id(symbol);
            uint bits = id == 0 ? 0
                : output == ElementType.Id8 ? (uint)id
                : Palette.Convert(model.Centroids[id - 1], header.CodebookType, output);
            table[symbol] = *(T*)&bits;
        }
    }
}
