namespace Weightless.Tests.House;

/// <summary>The direction of references in the decoder: docs/architecture.md draws it.</summary>
public class ReferenceTests
{
    private static readonly IReadOnlyList<Source> Decoder = Sources.OfDecoder();

    /// <summary>Codecs that are made of another one.</summary>
    private static readonly Dictionary<string, string> BuiltOn = new() { ["Codecs.Exponent"] = "Codecs.Words" };

    /// <summary>What all codecs share, loops from elements to elements apart.</summary>
    private static bool IsShared(string name) => name is "Codecs" or "Codecs.Elements";

    [Fact]
    public void The_format_knows_nothing_above_it() => Check(source => source.Namespace == "Format", other => other == "Format");

    [Fact]
    public void Entropy_coders_know_the_format_alone() =>
        Check(source => source.Namespace == "Coders", other => other is "Coders" or "Format");

    [Fact]
    public void What_codecs_share_knows_no_codec() =>
        Check(source => IsShared(source.Namespace) && source.Path != "Codecs/Dispatch.cs", other => IsShared(other) || other is "Coders" or "Format");

    [Fact]
    public void No_codec_knows_another_one_but_what_it_is_built_on()
    {
        string[] codecs = [.. Decoder.Select(source => source.Namespace).Where(IsCodec).Distinct()];
        Assert.NotEmpty(codecs);
        foreach (string codec in codecs)
            Check(source => source.Namespace == codec, other => other == codec || other == BuiltOn.GetValueOrDefault(codec) || IsShared(other) || other is "Coders" or "Format");
    }

    [Fact]
    public void A_skeleton_knows_no_codec() =>
        Check(source => source.Namespace == "Skeleton", other => other == "Skeleton" || IsShared(other) || other is "Coders" or "Format");

    [Fact]
    public void Calls_know_no_codec_by_name() => Check(source => source.Namespace == "Calls", other => !IsCodec(other) && other.Length > 0);

    [Fact]
    public void Every_folder_is_a_namespace() => Assert.All(Decoder, source =>
        Assert.Equal((Path.GetDirectoryName(source.Path) ?? "").Replace('/', '.'), source.Namespace));

    [Fact]
    public void Every_codec_folder_has_the_codec_in_it() => Assert.All(Decoder.Where(source => IsCodec(source.Namespace)), source =>
    {
        string name = source.Namespace["Codecs.".Length..];
        Assert.Contains(Decoder, other => other.Path == $"Codecs/{name}/{name}Codec.cs" && other.Types.Contains($"{name}Codec"));
    });

    private static bool IsCodec(string name) => name.StartsWith("Codecs.", StringComparison.Ordinal) && !IsShared(name);

    /// <summary>No file of some names a type of a namespace that it may not know.</summary>
    private static void Check(Func<Source, bool> isOurs, Func<string, bool> mayKnow)
    {
        Source[] ours = [.. Decoder.Where(isOurs)];
        Assert.NotEmpty(ours);
        HashSet<string> known = [.. Decoder.Where(source => mayKnow(source.Namespace)).SelectMany(source => source.Types)];
        string[] references = [.. from source in ours
                                  from other in Decoder
                                  where !mayKnow(other.Namespace)
                                  from type in other.Types
                                  where source.Words.Contains(type) && !known.Contains(type)
                                  select $"{source.Path} refers to {type} of {other.Path}"];
        Assert.Empty(references);
    }
}
