using System.Runtime.CompilerServices;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Grid;

/// <summary>Shows a visitor the elements of integers that are not zero, of a grid whose integers are what its method codes.</summary>
internal unsafe struct GridNonzeros<T, TVisitor>(in GridHeader grid, ElementType output, TVisitor* visitor) : INonzeroVisitor<uint>
    where T : unmanaged where TVisitor : unmanaged, INonzeroVisitor<T>
{
    private readonly GridHeader _grid = grid;

    private ulong _origin;

    // The first place behind the run of one scale.
    private nuint _end;
    private float _scale;

    public void Begin(ulong origin)
    {
        _origin = origin;
        _end = 0;
        visitor->Begin(origin);
    }

    public void Visit(nuint place, uint value)
    {
        if (place >= _end)
            Turn(place);
        visitor->Visit(place, Element(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Visit(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        if (p3 >= _end)
        {
            VisitSlowly(p0, p1, p2, p3, v0, v1, v2, v3);
            return;
        }
        visitor->Visit(p0, p1, p2, p3, Element(v0), Element(v1), Element(v2), Element(v3));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void VisitSlowly(nuint p0, nuint p1, nuint p2, nuint p3, uint v0, uint v1, uint v2, uint v3)
    {
        Visit(p0, v0);
        Visit(p1, v1);
        Visit(p2, v2);
        Visit(p3, v3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Element(uint value)
    {
        uint bits = GridElements.Element((sbyte)value, _scale, output);
        return *(T*)&bits;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Turn(nuint place)
    {
        ulong weight = _origin + place;
        _scale = _grid.HasScale ? _grid.Scale(_grid.Channel(weight)) : 0;
        _end = (nuint)(_grid.EndOfRun(weight) - _origin);
    }
}
