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
}

/// <summary>How a method's symbols are coded; the numbers are those of the file and of <c>wl_tensor.coder</c>.</summary>
public enum Coder : byte
{
    None = 0,
    Huffman = 1,
    Arithmetic = 2,
    Tans = 3,
}
