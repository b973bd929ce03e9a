using Spectre.Console;

namespace Weightless.Encoder.Cli;

/// <summary>Rows of text; a column whose header begins with '>' is one of numbers and stands to the right.</summary>
internal sealed class TextTable(params string[] headers)
{
    // A longer cell stands out of its row: with one name as long as a file allows, all others would be padded to it.
    private const int WidestColumn = 64;

    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Terminal.Printable)]);

    public Table Bordered()
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string header in headers)
        {
            TableColumn column = new(new Text(Title(header)));
            table.AddColumn(IsNumber(header) ? column.RightAligned() : column);
        }
        foreach (string[] row in _rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }

    public void WritePlain(TextWriter output)
    {
        int[] widths = new int[headers.Length];
        foreach (string[] row in _rows.Prepend([.. headers.Select(Title)]))
        {
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], Math.Min(row[i].Length, WidestColumn));
        }
        foreach (string[] row in _rows.Prepend([.. headers.Select(Title)]))
        {
            IEnumerable<string> cells = row.Select((cell, i) =>
                IsNumber(headers[i]) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static bool IsNumber(string header) => header.StartsWith('>');

    private static string Title(string header) => header.TrimStart('>');
}
