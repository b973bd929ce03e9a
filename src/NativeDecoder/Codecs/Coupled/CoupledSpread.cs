using System.Runtime.Intrinsics;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs.Coupled;

/// <summary>
/// Rows whose dead columns are not in the sequence: ids of whole groups are read ahead, whatever the rows, and spread run by run of
/// columns that are alive or dead. It lies in the caller's workspace, its buffers right behind it.
/// </summary>
internal unsafe struct CoupledSpread
{
    /// <summary>Columns that are spread at a time, and ids that are read ahead: whole groups.</summary>
    public const uint Most = Room - CoupledFilter.GroupSize;

    private const uint Room = 2048;

    // The part of the sequence that is read.
    private ulong _first;
    private ulong _count;

    /// <summary>Bytes of it and its buffers.</summary>
    public static nuint Bytes => (nuint)sizeof(CoupledSpread) + 2 * Room;

    /// <summary>Part of a row; the bytes that a run writes beyond its end are the next run's.</summary>
    /// <param name="count">Columns, at most <see cref="Most"/>.</param>
    /// <param name="sequence">The sequence's weight of the first column that is alive; moves on.</param>
    /// <param name="length">Weights of whole groups in the sequence.</param>
    /// <param name="wanted">The weights that this call decodes, here and behind.</param>
    public Status Read<T>(CoupledReader* reader, in BitMask columns, ulong column, uint count, ref ulong sequence, ulong length, ulong wanted, T* dst)
        where T : unmanaged
    {
        fixed (CoupledSpread* self = &this)
        {
            byte* read = (byte*)(self + 1), spread = read + Room, next = spread;
            for (ulong end = column + count; column < end;)
            {
                ulong run = columns.EndOfRun(column, end) - column;
                bool isAlive = columns[column];
                column += run;
                if (!isAlive)
                {
                    Clear(next, run);
                    next += run;
                    continue;
                }
                while (run > 0)
                {
                    if (sequence - _first >= _count)
                    {
                        Status status = Fill(reader, sequence, length, wanted, read);
                        if (status != Status.Ok)
                            return status;
                    }
                    ulong some = Math.Min(run, _first + _count - sequence);
                    Copy(read + (sequence - _first), some, next);
                    next += some;
                    sequence += some;
                    run -= some;
                }
            }
            reader->Convert(spread, count, dst);
        }
        return Status.Ok;
    }

    private Status Fill(CoupledReader* reader, ulong sequence, ulong length, ulong wanted, byte* read)
    {
        const ulong size = CoupledFilter.GroupSize;
        _first = sequence / size * size;
        _count = Math.Min(Math.Min(Most, length - _first), (sequence % size + wanted + size - 1) / size * size);
        return reader->Read(_first, _count, (CoupledReader.Id*)read);
    }

    private static void Clear(byte* dst, ulong count)
    {
        for (ulong i = 0; i < count; i += 16)
            Vector128<byte>.Zero.Store(dst + i);
    }

    private static void Copy(byte* source, ulong count, byte* dst)
    {
        for (ulong i = 0; i < count; i += 16)
            Vector128.Load(source + i).Store(dst + i);
    }
}
