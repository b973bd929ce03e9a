using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>
/// Shows a visitor the elements of integers that are not zero, some at a time, of a grid whose integers are what its method codes.
/// </summary>
/// <param name="visitor">Of the type that <paramref name="show"/> is for.</param>
internal unsafe struct GridNonzeros(in GridHeader grid, ElementType output, void* visitor, delegate*<GridNonzeros*, void> show)
    : INonzeroVisitor<uint>
{
    private const int Room = 128;

    private readonly GridHeader _grid = grid;

    private ulong _origin;
    private bool _hasNewOrigin;

    // The first place behind the run of one scale.
    private nuint _end;
    private float _scale;

    private int _count;
    private fixed ulong _places[Room];
    private fixed byte _integers[Room];

    public void Begin(ulong origin)
    {
        Flush();
        _origin = origin;
        _hasNewOrigin = true;
        _end = 0;
    }

    public void Visit(nuint place, uint value)
    {
        if (_count == Room)
            Flush();
        _places[_count] = place;
        _integers[_count++] = (byte)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        if (_count > Room - 4)
            Flush();
        int at = _count;
        _places[at] = p0;
        _places[at + 1] = p1;
        _places[at + 2] = p2;
        _places[at + 3] = p3;
        _integers[at] = (byte)v0;
        _integers[at + 1] = (byte)v1;
        _integers[at + 2] = (byte)v2;
        _integers[at + 3] = (byte)v3;
        _count = at + 4;
    }

    /// <summary>Shows those that have not been shown yet.</summary>
    public void Flush()
    {
        if (_count > 0)
            show((GridNonzeros*)Unsafe.AsPointer(ref this));
    }

    /// <summary>The visitor's own elements and type: one function for all codecs.</summary>
    public static void Show<T, TVisitor>(GridNonzeros* nonzeros) where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
    {
        TVisitor* to = (TVisitor*)nonzeros->Visitor;
        if (nonzeros->_hasNewOrigin)
            to->Begin(nonzeros->_origin);
        nonzeros->_hasNewOrigin = false;
        for (int i = 0; i < nonzeros->_count; i++)
        {
            nuint place = (nuint)nonzeros->_places[i];
            uint bits = nonzeros->_integers[i];
            if (ElementTypes.Size(nonzeros->Output) > 1)
            {
                if (place >= nonzeros->_end)
                    nonzeros->Turn(place);
                bits = GridElements.Element((sbyte)bits, nonzeros->_scale, nonzeros->Output);
            }
            to->Visit(place, *(T*)&bits);
        }
        nonzeros->_count = 0;
    }

    private readonly ElementType Output => output;

    private readonly void* Visitor => visitor;

    private void Turn(nuint place)
    {
        ulong weight = _origin + place;
        _scale = _grid.HasScale ? _grid.Scale(_grid.Channel(weight)) : 0;
        _end = (nuint)(_grid.EndOfRun(weight) - _origin);
    }
}
