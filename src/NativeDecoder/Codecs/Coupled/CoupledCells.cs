namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>Whether cells have more than eight bits: a kernel is compiled for each.</summary>
internal interface ICells
{
    static abstract bool AreWide { get; }
}

internal readonly struct NarrowCells : ICells
{
    public static bool AreWide => false;
}

internal readonly struct WideCells : ICells
{
    public static bool AreWide => true;
}
