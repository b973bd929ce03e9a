using System.Runtime.InteropServices;
using Weightless.Encoder.Models;

namespace Weightless.Encoder.Cli;

/// <summary>Gives the errors of working with a file the file's name.</summary>
internal static class FileErrors
{
    // Linux has no error number above this one.
    private const int MaxErrno = 4095;

    public static T Naming<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelException)
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
        OutputException or ModelException => error.Message,
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied",
        // What .NET has no exception for comes with the system's own number.
        IOException { HResult: > 0 and <= MaxErrno } => Marshal.GetPInvokeErrorMessage(error.HResult),
        _ => error.Message,
    };
}
