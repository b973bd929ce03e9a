using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Weightless.Encoder.Models;

/// <summary>Reads the few Python literals that a .npy header is made of, and no other.</summary>
internal ref struct NpyLiteral(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    public bool IsAt(char symbol)
    {
        SkipSpace();
        return _position < _text.Length && _text[_position] == symbol;
    }

    public bool TryTake(char symbol)
    {
        bool found = IsAt(symbol);
        if (found)
            _position++;
        return found;
    }

    public void Expect(char symbol)
    {
        if (!TryTake(symbol))
            Fail();
    }

    /// <summary>A string in either kind of quotes, without escapes: no key and no type needs one.</summary>
    public string ReadString()
    {
        char quote = IsAt('"') ? '"' : '\'';
        Expect(quote);
        int length = _text[_position..].IndexOf((byte)quote);
        if (length < 0)
            Fail();
        ReadOnlySpan<byte> content = _text.Slice(_position, length);
        if (content.ContainsAnyExceptInRange((byte)' ', (byte)'~') || content.Contains((byte)'\\'))
            Fail();
        _position += length + 1;
        return Encoding.ASCII.GetString(content);
    }

    public bool ReadBoolean()
    {
        bool value = IsAt('T');
        ReadOnlySpan<byte> word = value ? "True"u8 : "False"u8;
        if (!_text[_position..].StartsWith(word))
            Fail();
        _position += word.Length;
        return value;
    }

    /// <summary>A tuple of whole numbers; one of a single number ends in a comma, or it would be no tuple in Python.</summary>
    public List<long> ReadTuple(int most)
    {
        var values = new List<long>();
        bool comma = true;
        Expect('(');
        while (!TryTake(')'))
        {
            if (!comma)
                Fail();
            if (values.Count == most)
                throw new ModelFormatException($"the array has more than {most} dimensions");
            values.Add(ReadInteger());
            comma = TryTake(',');
        }

        if (values.Count == 1 && !comma)
            Fail();
        return values;
    }

    public void ExpectEnd()
    {
        SkipSpace();
        if (_position != _text.Length)
            Fail();
    }

    [DoesNotReturn]
    public readonly void Fail() =>
        throw new ModelFormatException($"the .npy header is not the dictionary it should be near its byte {_position}");

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            _position++;
    }

    private long ReadInteger()
    {
        SkipSpace();
        int start = _position;
        Int128 value = 0;
        while (_position < _text.Length && char.IsAsciiDigit((char)_text[_position]))
        {
            value = (value * 10) + (_text[_position++] - '0');
            if (value > long.MaxValue)
                throw new ModelFormatException("the array has a dimension that overflows");
        }

        if (_position == start)
            Fail();

        // Python 2 on some machines wrote its long integers so.
        if (_position < _text.Length && _text[_position] == 'L')
            _position++;
        return (long)value;
    }
}
