using System.Buffers.Binary;
using CsCheck;
using Weightless.Encoder.Models;
using Weightless.NativeDecoder.Format;
using Weightless.Tests.Cli;
using Xunit.Abstractions;

namespace Weightless.Tests.Models;

/// <summary>
/// Model files with a few bytes changed, inserted or gone: each is a model or a <see cref="ModelException"/>, and never
/// takes much memory. What is neither is made smaller before it is shown.
/// </summary>
[Trait("Cases", "Random")]
public class MutationTests(ITestOutputHelper output)
{
    private const long MostAllocated = 4 << 20;

    /// <summary>What is tempting to a reader: limits of integers, and words of the formats.</summary>
    private static readonly byte[][] Words =
    [
        [0], [0xff], [0x7f], [0x80], "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), "\""u8.ToArray(), ","u8.ToArray(),
        "-1"u8.ToArray(), "0"u8.ToArray(), "1e9"u8.ToArray(), "9223372036854775807"u8.ToArray(), "9223372036854775808"u8.ToArray(),
        "4294967296"u8.ToArray(), "\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},"u8.ToArray(), "null"u8.ToArray(),
        "\"__metadata__\":{\"a\":[[[[]]]]},"u8.ToArray(), "\\ud800"u8.ToArray(), "../../etc/passwd"u8.ToArray(), ">f8"u8.ToArray(), "|O"u8.ToArray(),
        "True"u8.ToArray(), "(0, )"u8.ToArray(), "PK\u0001\u0002"u8.ToArray(), "PK\u0003\u0004"u8.ToArray(), "PK\u0005\u0006"u8.ToArray(),
        "PK\u0006\u0006"u8.ToArray(), "PK\u0006\u0007"u8.ToArray(), [0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80],
        [0, 0, 0, 0, 0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], [1, 0, 16, 0], new byte[300],
    ];

    private static readonly byte[][] Files =
    [
        ModelBytes.Small("safetensors"), ModelBytes.Small("npy"), ModelBytes.Small("npz stored"), ModelBytes.Small("npz deflated"),
        ModelBytes.Small("onnx"), ModelBytes.Small("tflite"),
        ModelBytes.Safetensors(
            """
            {"__metadata__":{"format":"pt"},"c\u0061":{"dtype":"BF16","shape":[3,0,7],"data_offsets":[24,24]},
             "w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"s":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}
            """, 32),
        ModelBytes.Npy("<f8", "(2, 3, 2)", 96, fortranOrder: true),
        ModelBytes.Npy("{'descr': '|b1', 'fortran_order': False, 'shape': (), }", 1, major: 3),
    ];

    private enum Edit
    {
        Flip,
        Overwrite,
        Insert,
        Remove,
        Repeat,
        Add,
        Truncate,
    }

    private static readonly Gen<(Edit Edit, double At, int Value)[]> Edits =
        Gen.Select(Gen.Enum<Edit>(), Gen.Double[0, 1], Gen.Int[0, 255]).Array[1, 6];

    [Fact]
    public void A_mutated_file_is_a_model_or_an_error() =>
        Gen.Select(Gen.Int[0, Files.Length - 1], Edits).Sample(
            (file, edits) => Read(Mutate(Files[file], edits)),
            iter: RandomCases.Count(10_000, "mutated model files", output));

    /// <summary>In a zip that is in order, so that the array in it is looked at.</summary>
    [Fact]
    public void An_npz_of_mutated_arrays_is_a_model_or_an_error() =>
        Gen.Select(Gen.OneOf(Gen.Const(1), Gen.Int[6, 7]), Edits, Edits).Sample(
            (file, first, second) => Read(ModelBytes.Zip(("a.npy", Mutate(Files[file], first)), ("b.npy", Mutate(Files[file], second)))),
            iter: RandomCases.Count(2_000, ".npz files of mutated arrays", output));

    /// <summary>A model that is read is also encoded, and what was written is read again.</summary>
    [Fact]
    public void The_command_line_encodes_a_mutated_file_or_says_in_one_line_why_not()
    {
        using TemporaryFolder folder = new();
        Gen.Select(Gen.Int[0, Files.Length - 1], Edits).Sample((file, edits) =>
        {
            string wls = folder["out.wls"];
            string model = folder.Write("model", Mutate(Files[file], edits));
            CliRun run = CliRun.Of("encode", model, "-o", wls, "--method", "dense");
            if (run.Code != 0)
            {
                Assert.Equal(1, run.Code);
                Assert.StartsWith($"weightless: {model}: ", run.Error, StringComparison.Ordinal);
                Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
                Assert.DoesNotContain("defect", run.Error, StringComparison.Ordinal);
                Assert.Equal(["model"], folder.Names());
                return;
            }
            CliRun.Succeeding("verify", wls, model);
            File.Delete(wls);
        }, iter: RandomCases.Count(500, "mutated model files encoded by the command line", output), threads: 1);
    }

    private static void Read(byte[] file)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model", file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using ModelFile model = ModelFile.Open(path);
            foreach (Tensor tensor in model.Tensors)
            {
                Assert.Equal(tensor.ByteLength, tensor.Data.Length);
                Assert.Equal(tensor.ByteLength, tensor.Count * ElementTypes.Size(tensor.Type));
            }
        }
        catch (ModelException e)
        {
            Assert.False(e.Message.Any(char.IsControl), e.Message);
            Assert.DoesNotContain(path, e.Message, StringComparison.Ordinal);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
    }

    private static byte[] Mutate(byte[] original, (Edit Edit, double At, int Value)[] edits)
    {
        List<byte> file = [.. original];
        foreach ((Edit edit, double place, int value) in edits)
        {
            int at = (int)(place * file.Count);
            byte[] word = Words[value % Words.Length];
            int some = Math.Min(1 + value % 40, file.Count - at);
            switch (edit)
            {
                case Edit.Flip when at < file.Count:
                    file[at] ^= (byte)(1 << value % 8);
                    break;
                case Edit.Overwrite:
                    for (int i = 0; i < word.Length && at + i < file.Count; i++)
                        file[at + i] = word[i];
                    break;
                case Edit.Insert:
                    file.InsertRange(at, word);
                    break;
                case Edit.Remove:
                    file.RemoveRange(at, some);
                    break;
                case Edit.Repeat:
                    file.InsertRange(at, file.GetRange(at, some));
                    break;
                case Edit.Add when at + sizeof(uint) <= file.Count:
                    byte[] number = [.. file.GetRange(at, sizeof(uint))];
                    BinaryPrimitives.WriteUInt32LittleEndian(number, BinaryPrimitives.ReadUInt32LittleEndian(number) + (uint)(value - 128));
                    file.RemoveRange(at, number.Length);
                    file.InsertRange(at, number);
                    break;
                case Edit.Truncate when value == 0:
                    file.RemoveRange(at, file.Count - at);
                    break;
                default:
                    break;
            }
        }
        return [.. file];
    }
}
