using System.IO.Hashing;
using Weightless.NativeDecoder.Format;

namespace Weightless.Tests.Golden;

/// <summary>
/// Makes a damaged file's directory checksum right again: it is what the directory says that has to be checked, and a
/// section is decoded whatever its checksum.
/// </summary>
internal static class Checksums
{
    public static unsafe void Mend(byte[] file)
    {
        fixed (byte* start = file)
        {
            ByteReader reader = new(start + Model.FixedHeaderBytes, start + file.Length);
            if (!reader.TryVarint(out ulong length) || !reader.TryBytes(length, out _))
                return;
            int hashed = (int)(reader.Position - start) - Model.FixedHeaderBytes;
            BitConverter.TryWriteBytes(file.AsSpan(4), XxHash3.HashToUInt64(file.AsSpan(Model.FixedHeaderBytes, hashed)));
        }
    }
}
