using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Weightless.Encoder.Cli;

/// <summary>Where a command writes: its result to one writer, all it has to say about it to the other.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool outputIsTerminal = false, bool errorIsTerminal = false)
{
    public TextWriter Output => output;

    public TextWriter Error => error;

    public static Terminal Standard()
    {
        TextWriter error = Inherited.IsOpen(Inherited.Error) ? Console.Error : TextWriter.Null;
        if (!Inherited.IsOpen(Inherited.Output))
            return new Terminal(TextWriter.Null, error, errorIsTerminal: !Console.IsErrorRedirected);
        // Spectre recognizes a terminal only by the console's own writer; into a file or pipe goes plain UTF-8.
        TextWriter output = Console.IsOutputRedirected
            ? new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16)
            : Console.Out;
        return new Terminal(output, error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
    }

    /// <summary>One line on standard error, behind what was written so far.</summary>
    public void Say(string line)
    {
        foreach (Action write in new[] { output.Flush, () => error.WriteLine($"weightless: {Printable(line)}") })
        {
            try
            {
                write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Nobody is listening; or the output is full, and the line is about that.
            }
        }
    }

    /// <summary>A table with borders on a terminal, aligned columns otherwise.</summary>
    public void Write(TextTable table)
    {
        if (outputIsTerminal)
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table.Bordered());
        else
            table.WritePlain(output);
    }

    /// <summary>How long work may take until a bar shows how far it is.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Does work that may take long: after <see cref="Patience"/> a bar shows how far it is, if anybody looks.</summary>
    public T Watch<T>(Func<Progress, T> work)
    {
        Progress progress = new();
        if (!errorIsTerminal)
            return work(progress);
        // A thread of its own: the pool's are for the work.
        Task<T> task = Task.Factory.StartNew(() => work(progress), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Patience))
            ShowUntil(task, progress);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Text out of a file or from the command line, without what could steer a terminal or break a line.</summary>
    public static string Printable(string text)
    {
        StringBuilder printable = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool steers = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            printable.Append(steers ? "?" : rune.ToString());
        }
        return printable.ToString();
    }

    private void ShowUntil(Task task, Progress progress)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn())
            .Start(context =>
            {
                ProgressTask bar = context.AddTask("working");
                while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(100)))
                {
                    bar.Value = 100 * progress.Share;
                    bar.Description = Markup.Escape(Printable(progress.Step));
                }
            });
    }
}
