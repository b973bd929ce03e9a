using System.Text;
using Weightless.Encoder.Cli;
using Weightless.Encoder.Models;
using Weightless.Tests.Models;

namespace Weightless.Tests.Cli;

/// <summary>What only somebody who looks at a terminal sees.</summary>
public class TerminalTests
{
    [Fact]
    public void A_table_has_borders_on_a_terminal_and_none_in_a_pipe()
    {
        using TemporaryFolder folder = new();
        CliRun.Succeeding("encode", folder.Write("m.safetensors", TestModels.Network()), "-o", folder["m.wls"]);
        using StringWriter output = new(), error = new();
        Assert.Equal(0, CommandLine.Run(["inspect", folder["m.wls"]], new Terminal(output, error, outputIsTerminal: true)));
        string[] lines = output.ToString().Split('\n');
        Assert.Contains(lines, line => line.StartsWith("│ fc1.", StringComparison.Ordinal));
        Assert.StartsWith("╭", lines[0], StringComparison.Ordinal);
        CliRun piped = CliRun.Succeeding("inspect", folder["m.wls"]);
        Assert.DoesNotContain('│', piped.Output);
        // Numbers stand to the right in both.
        string header = piped.Lines[0];
        int right = header.IndexOf("bytes", StringComparison.Ordinal) + "bytes".Length;
        Assert.All(piped.Lines[1..^1], line => Assert.Matches(@"\d$", line[..right]));
    }

    [Fact]
    public void A_bar_shows_how_far_long_work_is_and_goes_away()
    {
        using SignallingWriter error = new();
        Terminal terminal = new(TextWriter.Null, error, errorIsTerminal: true) { Patience = TimeSpan.Zero };
        int result = terminal.Watch(progress =>
        {
            progress.Expect(200);
            progress.Begin("thinking\u001b[2J of [b]", 100);
            progress.Advance(50);
            // It lasts until the bar has been drawn.
            Assert.True(error.HasWritten.Wait(TimeSpan.FromSeconds(60)));
            Assert.Equal(0.25, progress.Share);
            progress.Begin("resting", 100);
            Assert.Equal(0.5, progress.Share);
            progress.Advance(1000);
            Assert.Equal(1, progress.Share);
            return 42;
        });
        Assert.Equal(42, result);
        Assert.Contains("%", error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_work_shows_nothing_and_its_exception_comes_through()
    {
        using StringWriter error = new();
        Terminal terminal = new(TextWriter.Null, error, errorIsTerminal: true) { Patience = Timeout.InfiniteTimeSpan };
        Assert.Equal(7, terminal.Watch(_ => 7));
        Assert.Throws<CommandException>(() => terminal.Watch<int>(_ => throw new CommandException("no")));
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void Nothing_to_do_is_no_progress() => Assert.Equal(0, new Progress().Share);

    [Theory]
    [InlineData(typeof(OutOfMemoryException), "not enough memory")]
    [InlineData(typeof(InvalidOperationException), "a defect of this program, please report it: InvalidOperationException: ")]
    [InlineData(typeof(UnauthorizedAccessException), "standard output: permission denied")]
    public void Whatever_goes_wrong_is_one_line(Type exception, string expected)
    {
        using StringWriter error = new();
        using FailingWriter output = new((Exception)Activator.CreateInstance(exception)!);
        Assert.Equal(1, CommandLine.Run(["--version"], new Terminal(output, error)));
        Assert.StartsWith($"weightless: {expected}", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.ToString().Length - 1, error.ToString().IndexOf('\n', StringComparison.Ordinal));
    }

    /// <summary>The program itself, from its entry point: only its exit code and what it says on standard error.</summary>
    [Fact]
    public void The_program_ends_with_the_exit_code()
    {
        TextWriter console = Console.Error;
        using StringWriter error = new();
        Console.SetError(error);
        try
        {
            object? code = typeof(CommandLine).Assembly.EntryPoint!.Invoke(null, [new[] { "inspect", "/nowhere/at all" }]);
            Assert.Equal(1, code);
        }
        finally
        {
            Console.SetError(console);
        }
        Assert.Equal("weightless: /nowhere/at all: no such file\n", error.ToString());
    }

    [Fact]
    public void A_cause_is_told_in_few_words()
    {
        Assert.Equal("no such file", FileErrors.Cause(new FileNotFoundException()));
        Assert.Equal("no such file", FileErrors.Cause(new DirectoryNotFoundException("Could not find a part of the path '/a/b'.")));
        Assert.Equal("permission denied", FileErrors.Cause(new UnauthorizedAccessException()));
        const int noSpace = 28;
        Assert.Equal("No space left on device", FileErrors.Cause(new IOException("No space left on device : '/a/b'", noSpace)));
        Assert.Equal("own words", FileErrors.Cause(new OutputException("own words")));
        Assert.Equal("own words", FileErrors.Cause(new ModelLimitException("own words")));

        // Ours is neither the file's fault nor the model's.
        static void Fail() => FileErrors.Naming("file", () => throw new ArgumentOutOfRangeException("value"));
        Assert.Throws<ArgumentOutOfRangeException>(Fail);
    }

    private sealed class FailingWriter(Exception exception) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw exception;
    }

    private sealed class SignallingWriter : TextWriter
    {
        private readonly StringBuilder _text = new();

        public ManualResetEventSlim HasWritten { get; } = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text)
                _text.Append(value);
            if (value == '%')
                HasWritten.Set();
        }

        protected override void Dispose(bool disposing)
        {
            HasWritten.Dispose();
            base.Dispose(disposing);
        }
    }
}
