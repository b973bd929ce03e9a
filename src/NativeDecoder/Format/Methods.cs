using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Weightless.NativeDecoder.Format;

/// <summary>How a tensor is encoded; the numbers are those of the file and of <c>wl_tensor.method</c>.</summary>
public enum Method : byte
{
    Stored = 0,
    Dense = 1,
    Csr = 2,
    Bloomier = 3,
    Coupled = 4,
    Context = 5,
    Words = 6,
    Exponent = 7,
}

/// <summary>How a method's symbols are coded; the numbers are those of the file and of <c>wl_tensor.coder</c>.</summary>
public enum Coder : byte
{
    None = 0,
    Huffman = 1,
    Arithmetic = 2,
    Tans = 3,
}

/// <summary>What is to be known of a method without opening its codec.</summary>
/// <remarks>
/// No record, no array of coders and no string, but a constant's bytes: objects bring their framework into the native library.
/// </remarks>
public readonly unsafe struct MethodFacts
{
    private readonly byte* _name;
    private readonly int _nameLength;
    private readonly int _coders;

    internal MethodFacts(Method method, ReadOnlySpan<byte> name, int coders, bool isExact, bool codesIds = true)
    {
        CodesIds = codesIds;
        Method = method;
        _name = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name));
        _nameLength = name.Length;
        _coders = coders;
        IsExact = isExact;
    }

    public Method Method { get; }

    /// <summary>What it is called on the command line; <c>WL_METHOD_</c> and the name in capitals in the header.</summary>
    public string Name => Encoding.UTF8.GetString(_name, _nameLength);

    /// <summary>Whether it is a method that this library knows.</summary>
    public bool IsKnown => _nameLength > 0;

    /// <summary>Whether every weight comes out as it was encoded; a filter's zeros may not.</summary>
    public bool IsExact { get; }

    /// <summary>Whether it codes the ids of a few values, and not the elements themselves, whatever they are.</summary>
    public bool CodesIds { get; }

    /// <summary>The coders that its sections can have, by number, the plainest first.</summary>
    public IEnumerable<Coder> Coders
    {
        get
        {
            for (Coder coder = Coder.None; coder <= Methods.LastCoder; coder++)
            {
                if (Takes(coder))
                    yield return coder;
            }
        }
    }

    /// <summary>Whether there is a coder to choose.</summary>
    public bool HasCoders => (_coders & (_coders - 1)) != 0;

    /// <summary>Whether its sections can have this coder.</summary>
    public bool Takes(Coder coder) => (_coders >> (int)coder & 1) != 0;
}

/// <summary>
/// The one table of methods: the directory's check, names, arguments, the encoder's choice and the generators of tests take
/// their lists from here.
/// </summary>
public static class Methods
{
    internal const Coder LastCoder = Coder.Tans;

    // Bits for the coders, by number.
    private const int None = 1 << (int)Coder.None;
    private const int Any = None | 1 << (int)Coder.Huffman | 1 << (int)Coder.Arithmetic;

    // For those who list: the decoder itself asks for one at a time, and initialises nothing.
    private static readonly MethodFacts[] s_all =
        [.. Enumerable.Range(0, 16).Select(number => Of((Method)number)).TakeWhile(facts => facts.IsKnown)];

    private static readonly string[] s_coderNames = ["none", "huffman", "arithmetic", "tans"];

    /// <summary>All methods, by number.</summary>
    public static ReadOnlySpan<MethodFacts> All => s_all;

    /// <summary>What coders are called on the command line, by number.</summary>
    public static ReadOnlySpan<string> CoderNames => s_coderNames;

    /// <summary>The table. A number that is no method's has no name, and takes no coder.</summary>
    public static MethodFacts Of(Method method) => method switch
    {
        Method.Stored => new(method, "stored"u8, None, isExact: true, codesIds: false),
        Method.Dense => new(method, "dense"u8, Any, isExact: true),
        Method.Csr => new(method, "csr"u8, Any | 1 << (int)Coder.Tans, isExact: true),
        Method.Bloomier => new(method, "bloomier"u8, Any, isExact: false),
        Method.Coupled => new(method, "coupled"u8, None, isExact: false),
        Method.Context => new(method, "context"u8, None, isExact: true),
        Method.Words => new(method, "words"u8, None, isExact: true),
        Method.Exponent => new(method, "exponent"u8, None, isExact: true, codesIds: false),
        _ => default,
    };

    /// <summary>Whether this library knows both numbers.</summary>
    public static bool Knows(Method method, Coder coder) => Of(method).IsKnown && coder <= LastCoder;
}
