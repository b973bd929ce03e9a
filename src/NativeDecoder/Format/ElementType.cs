namespace Weightless.NativeDecoder.Format;

/// <summary>The type of a tensor's elements; the numbers are those of <c>wl_type</c> and of the file.</summary>
public enum ElementType : byte
{
    F32 = 0,
    F16 = 1,
    BF16 = 2,
    I8 = 3,
    U8 = 4,
    F64 = 5,
    I16 = 6,
    U16 = 7,
    I32 = 8,
    U32 = 9,
    I64 = 10,
    U64 = 11,
    Bool = 12,

    /// <summary>An output type only: one byte a weight, 0 for zero and 1..K for the centroid with that number.</summary>
    Id8 = 32,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes an element takes; 0 for a number that is no type.</summary>
    public static int Size(ElementType type) => type switch
    {
        ElementType.F32 or ElementType.I32 or ElementType.U32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 or ElementType.U16 => 2,
        ElementType.I8 or ElementType.U8 or ElementType.Bool or ElementType.Id8 => 1,
        ElementType.F64 or ElementType.I64 or ElementType.U64 => 8,
        _ => 0,
    };

    /// <summary>Whether tensors of this type can be clustered: f32, f16 and bf16.</summary>
    public static bool IsFloat(ElementType type) => type is ElementType.F32 or ElementType.F16 or ElementType.BF16;

    /// <summary>Whether a codec other than <c>stored</c> takes this type: the floats that can be clustered, i8 and u8.</summary>
    public static bool IsCodable(ElementType type) => IsFloat(type) || type is ElementType.I8 or ElementType.U8;

    /// <summary>Whether tensors of this type can be integers on a grid: the floats that can be clustered, and i16.</summary>
    public static bool CanBeGrid(ElementType type) => IsFloat(type) || type == ElementType.I16;
}
