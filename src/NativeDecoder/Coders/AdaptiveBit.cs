using System.Runtime.CompilerServices;

namespace Weightless.NativeDecoder.Coders;

/// <summary>
/// The adaptive probability of one binary decision: 22 bits of probability above a 10-bit count of what was seen. The
/// first decisions move it by 1 / (count + 1.5), so that short streams learn fast; from the limit on it is nearly an average.
/// </summary>
public static class AdaptiveBit
{
    public const uint Initial = 1u << 31;

    /// <summary>The count at which it stops, if not before.</summary>
    public const int MaxLimit = 255;

    // Keeps either outcome codable.
    private const uint LeastProbability = 32;

    /// <summary>The probability of a 1, as a share of 65536.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Probability(uint state) => Math.Clamp(state >> 16, LeastProbability, 65536 - LeastProbability);

    /// <summary>The state after <paramref name="bit"/> was seen.</summary>
    /// <param name="limit">Of the count: the smaller, the sooner what was seen long ago is forgotten.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Next(uint state, uint bit, int limit = MaxLimit)
    {
        uint count = state & 1023;
        int target = bit != 0 ? (1 << 22) - 1 : 0;
        int probability = (int)(state >> 10);
        probability += (int)((long)(target - probability) * Reciprocals[(int)count] >> 16);
        return (uint)probability << 10 | (count < limit ? count + 1 : count);
    }

    // 65536 / (count + 1.5). A literal, since a table that is computed would be an object of the managed heap.
    private static ReadOnlySpan<ushort> Reciprocals =>
    [
        43690, 26214, 18724, 14563, 11915, 10082, 8738, 7710, 6898, 6241, 5698, 5242, 4854, 4519, 4228, 3971,
        3744, 3542, 3360, 3196, 3048, 2912, 2788, 2674, 2570, 2473, 2383, 2299, 2221, 2148, 2080, 2016,
        1956, 1899, 1846, 1795, 1747, 1702, 1659, 1618, 1579, 1542, 1506, 1472, 1440, 1409, 1379, 1351,
        1323, 1297, 1272, 1248, 1224, 1202, 1180, 1159, 1139, 1120, 1101, 1083, 1065, 1048, 1032, 1016,
        1000, 985, 970, 956, 942, 929, 916, 903, 891, 879, 868, 856, 845, 834, 824, 814,
        804, 794, 784, 775, 766, 757, 748, 740, 732, 724, 716, 708, 700, 693, 686, 679,
        672, 665, 658, 652, 645, 639, 633, 627, 621, 615, 609, 604, 598, 593, 587, 582,
        577, 572, 567, 562, 557, 553, 548, 543, 539, 534, 530, 526, 522, 518, 514, 510,
        506, 502, 498, 494, 490, 487, 483, 480, 476, 473, 469, 466, 463, 459, 456, 453,
        450, 447, 444, 441, 438, 435, 432, 429, 426, 424, 421, 418, 416, 413, 410, 408,
        405, 403, 400, 398, 395, 393, 391, 388, 386, 384, 382, 379, 377, 375, 373, 371,
        369, 367, 365, 363, 361, 359, 357, 355, 353, 351, 349, 347, 345, 344, 342, 340,
        338, 336, 335, 333, 331, 330, 328, 326, 325, 323, 322, 320, 318, 317, 315, 314,
        312, 311, 309, 308, 306, 305, 304, 302, 301, 299, 298, 297, 295, 294, 293, 291,
        290, 289, 288, 286, 285, 284, 283, 281, 280, 279, 278, 277, 275, 274, 273, 272,
        271, 270, 269, 268, 266, 265, 264, 263, 262, 261, 260, 259, 258, 257, 256, 255,
    ];
}
