namespace Weightless.Encoder.Cli;

/// <summary>How far a command is: written by the thread that works, read by the one that shows it.</summary>
internal sealed class Progress
{
    private long _total;
    private long _done;
    private long _current;
    private volatile string _step = "";

    public string Step => _step;

    /// <summary>0 to 1.</summary>
    public double Share
    {
        get
        {
            long total = Interlocked.Read(ref _total);
            return total > 0 ? Math.Min(1, (double)Interlocked.Read(ref _done) / total) : 0;
        }
    }

    /// <summary>Says how much there is to do, in any unit.</summary>
    public void Expect(long amount) => Interlocked.Add(ref _total, amount);

    /// <summary>Begins a step that is so much of it; the step before is done.</summary>
    public void Begin(string step, long amount)
    {
        Interlocked.Add(ref _done, _current);
        _current = amount;
        _step = step;
    }

    /// <summary>A part of the step is done.</summary>
    public void Advance(long amount)
    {
        amount = Math.Min(amount, _current);
        Interlocked.Add(ref _done, amount);
        _current -= amount;
    }
}
