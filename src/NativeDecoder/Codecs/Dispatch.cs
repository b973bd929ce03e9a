using Weightless.NativeDecoder.Codecs.Bloomier;
using Weightless.NativeDecoder.Codecs.Context;
using Weightless.NativeDecoder.Codecs.Coupled;
using Weightless.NativeDecoder.Codecs.Csr;
using Weightless.NativeDecoder.Codecs.Dense;
using Weightless.NativeDecoder.Codecs.Exponent;
using Weightless.NativeDecoder.Codecs.Grid;
using Weightless.NativeDecoder.Codecs.Stored;
using Weightless.NativeDecoder.Codecs.Words;
using Weightless.NativeDecoder.Format;

namespace Weightless.NativeDecoder.Codecs;

/// <summary>What is to be done with a tensor, whatever its codec.</summary>
internal interface ICodecCall
{
    Status Run<TCodec>(in TCodec codec) where TCodec : unmanaged, ICodec<TCodec>;
}

/// <summary>From a method's number to its codec: the only switch over methods.</summary>
internal static class Dispatch
{
    /// <summary>Opens a tensor's codec and hands it over.</summary>
    public static Status Run<TCall>(in TensorEntry entry, in TensorDirectory directory, ref TCall call)
        where TCall : struct, ICodecCall => entry.IsGrid ? Run<GridCodec, TCall>(entry, directory, ref call) : entry.Method switch
        {
            Method.Stored => Run<StoredCodec, TCall>(entry, directory, ref call),
            Method.Dense => Run<DenseCodec, TCall>(entry, directory, ref call),
            Method.Csr => Run<CsrCodec, TCall>(entry, directory, ref call),
            Method.Bloomier => Run<BloomierCodec, TCall>(entry, directory, ref call),
            Method.Coupled => Run<CoupledCodec, TCall>(entry, directory, ref call),
            Method.Context => Run<ContextCodec, TCall>(entry, directory, ref call),
            Method.Words => Run<WordsCodec, TCall>(entry, directory, ref call),
            Method.Exponent => Run<ExponentCodec, TCall>(entry, directory, ref call),
            _ => Status.Unsupported,
        };

    private static Status Run<TCodec, TCall>(in TensorEntry entry, in TensorDirectory directory, ref TCall call)
        where TCodec : unmanaged, ICodec<TCodec> where TCall : struct, ICodecCall
    {
        Status status = TCodec.Open(entry, directory, out TCodec codec);
        return status == Status.Ok ? call.Run(codec) : status;
    }
}
