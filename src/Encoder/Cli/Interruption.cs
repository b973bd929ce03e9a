using System.Runtime.InteropServices;
using Weightless.Encoder.Models;

namespace Weightless.Encoder.Cli;

/// <summary>Ctrl-C and the like end the program as they always do, but leave no half-written file behind.</summary>
internal static class Interruption
{
    /// <summary>In force until the result is disposed.</summary>
    public static IDisposable RemoveTemporaries() => new Handlers();

    private sealed class Handlers : IDisposable
    {
        // Linux's number: PosixSignal has no name for it.
        private const PosixSignal FileSizeExceeded = (PosixSignal)25;

        private readonly PosixSignalRegistration[] _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
                .Select(signal => PosixSignalRegistration.Create(signal, Handle)),
            // A file beyond the limit of `ulimit -f` is an error of the write that went too far, and no more.
            PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true),
        ];

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations)
                registration.Dispose();
        }

        private static void Handle(PosixSignalContext context)
        {
            AtomicFile.RemoveAll();
            // A progress bar hides the cursor.
            if (!Console.IsErrorRedirected)
                Console.Error.Write("\u001b[?25h");
        }
    }
}
