using SharpFuzz;
using Weightless.Fuzz;

// Weightless.SharpFuzz HARNESS: runs inputs that afl-fuzz gives it.
string harness = args[0];
bool isInstalled = false;
byte[] buffer = new byte[1 << 16];
Fuzzer.OutOfProcess.Run(stream =>
{
    // Not before the first input: the trace area is there by then.
    if (!isInstalled)
        ManagedAbi.Install(harness);
    isInstalled = true;
    int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
    if (!ManagedAbi.Exercise(buffer.AsSpan(0, length)))
        throw new InvalidOperationException("a check does not hold");
});
