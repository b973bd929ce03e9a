using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Weightless.Benchmarks;

// In this process: a benchmark that is built anew would not find the repository's settings.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddExporter(JsonExporter.Brief);
BenchmarkSwitcher.FromTypes([typeof(Encoding), typeof(Decoding)]).Run(args, config);
