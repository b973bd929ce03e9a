using Weightless.Encoder.Models;

namespace Weightless.Encoder.Cli;

/// <summary>Gives the errors of working with a file the file's name.</summary>
internal static class FileErrors
{
    public static T Naming<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelFormatException || IsTooLarge(e))
        {
            throw new CommandException($"{path}: {Cause(e)}", e);
        }
    }

    public static void Naming(string path, Action work) => Naming(path, () =>
    {
        work();
        return true;
    });

    /// <summary>The cause in a few words; .NET's own messages repeat the path.</summary>
    public static string Cause(Exception error) => error switch
    {
        FileNotFoundException => "no such file",
        // From the system rather than from us: the folder is one of the path to an input.
        DirectoryNotFoundException { Message: ['C', ..] } => "no such file",
        UnauthorizedAccessException { InnerException: not UnauthorizedAccessException } => "permission denied",
        _ when IsTooLarge(error) => "too large for the file system",
        IOException when error.Message.IndexOf(" : '", StringComparison.Ordinal) is > 0 and int end => error.Message[..end],
        _ => error.Message,
    };

    /// <summary>What .NET makes of EFBIG, as from a file of 4 GiB on FAT or one beyond <c>ulimit -f</c>.</summary>
    private static bool IsTooLarge(Exception error) => error is ArgumentOutOfRangeException { ParamName: "value" };
}
