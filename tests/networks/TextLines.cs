using SkiaSharp;

namespace Weightless.Networks;

/// <summary>A line of text as the recognition network reads it: 1 x 3 x 48 x width, (pixel / 127.5) - 1.</summary>
internal sealed record TextLine(string Text, float[] Pixels, int Width)
{
    public const int Height = 48;
}

/// <summary>Renders lines of two or three words: fonts at 24 to 38 pixels, slightly rotated, blurred and with noise.</summary>
internal static class TextLines
{
    private const int Margin = 8;
    private const int MultipleOfWidth = 8;

    private static readonly string[] Words =
    [
        "about", "account", "address", "after", "Albert", "amount", "answer", "April", "arrival", "August", "balance", "before", "Berlin", "between",
        "board", "bottle", "bridge", "camera", "Canada", "center", "change", "city", "clock", "coffee", "color", "common", "copper", "corner", "cotton",
        "daily", "danger", "date", "December", "delivery", "desk", "detail", "door", "double", "early", "east", "energy", "engine", "entry", "exit",
        "factory", "figure", "filter", "floor", "forest", "Friday", "garden", "glass", "gold", "Grand", "green", "ground", "harbor", "health", "hotel",
        "house", "index", "invoice", "Island", "July", "kernel", "kitchen", "label", "lamp", "large", "letter", "level", "light", "London", "lower", "machine",
        "market", "matter", "meeting", "memory", "metal", "minute", "model", "Monday", "morning", "motor", "museum", "name", "network", "never", "north",
        "number", "ocean", "office", "open", "orange", "order", "oxygen", "paper", "parcel", "Paris", "pencil", "phone", "platform", "police", "power",
        "price", "quality", "quantity", "queue", "quick", "radio", "receipt", "record", "river", "road", "round", "school", "season", "second", "serial",
        "service", "signal", "silver", "single", "small", "south", "square", "station", "street", "summer", "supply", "system", "table", "taxi", "ticket",
        "total", "tower", "track", "train", "travel", "Tuesday", "under", "unit", "valley", "value", "vector", "vehicle", "velvet", "village", "voltage",
        "water", "weather", "week", "weight", "west", "window", "winter", "wood", "world", "yellow", "Zurich", "zone",
    ];

    public static IEnumerable<TextLine> Render(int count, int seed, IReadOnlyList<string> fonts)
    {
        Random random = new(seed);
        // Disposing of a font disposes of its typeface: each is kept for all lines.
        SKFont[] faces = [.. fonts.Select(file => new SKFont(SKTypeface.FromFile(file)) { Edging = SKFontEdging.Antialias })];
        for (int line = 0; line < count; line++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(2, 4)).Select(_ => Word(random)));
            yield return Render(text, faces[random.Next(faces.Length)], random);
        }
    }

    private static string Word(Random random) => random.Next(5) == 0
        ? random.Next(10, 100_000).ToString(System.Globalization.CultureInfo.InvariantCulture)
        : Words[random.Next(Words.Length)];

    private static TextLine Render(string text, SKFont font, Random random)
    {
        font.Size = 24 + 14 * random.NextSingle();
        float length = font.MeasureText(text, out SKRect bounds);
        int width = ((int)length + 2 * Margin + MultipleOfWidth - 1) / MultipleOfWidth * MultipleOfWidth;
        using SKBitmap bitmap = new(new SKImageInfo(width, TextLine.Height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using SKCanvas canvas = new(bitmap);
        byte paper = (byte)random.Next(170, 256);
        byte ink = (byte)random.Next(0, 90);
        canvas.Clear(new SKColor(paper, paper, paper));
        canvas.RotateDegrees(3 * random.NextSingle() - 1.5f, width / 2f, TextLine.Height / 2f);
        using SKMaskFilter blur = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 0.2f + 1.0f * random.NextSingle());
        using SKPaint paint = new() { Color = new SKColor(ink, ink, ink), IsAntialias = true, MaskFilter = blur };
        canvas.DrawText(text, Margin, TextLine.Height / 2f - bounds.MidY, SKTextAlign.Left, font, paint);
        canvas.Flush();

        float noise = 58 * random.NextSingle();
        float[] pixels = new float[3 * TextLine.Height * width];
        ReadOnlySpan<byte> rows = bitmap.GetPixelSpan();
        for (int i = 0; i < width * TextLine.Height; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                float value = rows[i * 4 + channel] + noise * Normal(random);
                pixels[channel * width * TextLine.Height + i] = Math.Clamp(value, 0, 255) / 127.5f - 1;
            }
        }
        return new TextLine(text, pixels, width);
    }

    private static float Normal(Random random) =>
        MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());
}
