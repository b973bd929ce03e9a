using Weightless.Encoder.Quantization.Grid;

namespace Weightless.Encoder.Calibration;

/// <summary>Sums x x^T over many x, in panels that fit a cache, the upper triangle alone.</summary>
internal sealed class HessianSum
{
    private const int Samples = 128;
    private const int Panel = VectorKernels.PanelWidth;

    private readonly int _groups;
    private readonly int _columns;
    private readonly int _panels;
    private readonly int _stride;
    private readonly float[] _sums;
    private readonly float[] _samples;
    private int _pending;

    public HessianSum(int groups, int columns)
    {
        _groups = groups;
        _columns = columns;
        _panels = columns / Panel + 1;
        _stride = _panels * Panel;
        _sums = new float[checked(groups * _stride * _stride)];
        _samples = new float[groups * _panels * Samples * Panel];
    }

    public long Images { get; set; }

    /// <summary>Begins a sample: its numbers are then set, and are zero until then.</summary>
    public void Begin()
    {
        if (_pending == Samples)
            Flush();
        for (int panel = 0; panel < _groups * _panels; panel++)
            _samples.AsSpan((panel * Samples + _pending) * Panel, Panel).Clear();
        _pending++;
        for (int group = 0; group < _groups; group++)
            Set(group, _columns, 1);
    }

    /// <summary>Sets a number of the sample that was begun last.</summary>
    public void Set(int group, int column, float value) =>
        _samples[((group * _panels + column / Panel) * Samples + _pending - 1) * Panel + column % Panel] = value;

    public Hessian ToHessian()
    {
        Flush();
        Hessian hessian = new(_groups, _columns) { Images = Images };
        for (int group = 0; group < _groups; group++)
        {
            Span<float> target = hessian.Group(group);
            ReadOnlySpan<float> source = _sums.AsSpan(group * _stride * _stride, _stride * _stride);
            for (int i = 0; i < hessian.Order; i++)
            {
                for (int j = i; j < hessian.Order; j++)
                    target[i * hessian.Order + j] = target[j * hessian.Order + i] = source[i * _stride + j];
            }
        }
        return hessian;
    }

    private void Flush()
    {
        int length = _pending * Panel;
        for (int group = 0; group < _groups; group++)
        {
            Span<float> sums = _sums.AsSpan(group * _stride * _stride, _stride * _stride);
            for (int i = 0; i < _panels; i++)
            {
                ReadOnlySpan<float> rows = _samples.AsSpan((group * _panels + i) * Samples * Panel, length);
                for (int j = i; j < _panels; j++)
                {
                    ReadOnlySpan<float> columns = _samples.AsSpan((group * _panels + j) * Samples * Panel, length);
                    for (int part = 0; part < Panel; part += VectorKernels.TileRows)
                    {
                        VectorKernels.AddProducts(sums[((i * Panel + part) * _stride + j * Panel)..], _stride,
                            rows[Math.Min(part, length)..], columns, _pending);
                    }
                }
            }
        }
        _pending = 0;
    }
}
