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
        private readonly PosixSignalRegistration[] _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
                .Select(signal => PosixSignalRegistration.Create(signal, Handle)),
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
