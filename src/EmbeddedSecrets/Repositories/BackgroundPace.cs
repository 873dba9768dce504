namespace EmbeddedSecrets.Repositories;

/// <summary>
/// The pace of work that goes through everything in a store while others use it: again and again it gives its processor away.
/// A reader that woke up there would wait for the end of a time slice otherwise, and that is some milliseconds.
/// </summary>
internal struct BackgroundPace
{
    /// <summary>Some tens of microseconds of copying or decoding.</summary>
    private const int Stride = 16;

    private int _steps;

    /// <summary>One record or payload more.</summary>
    public void Step()
    {
        _steps++;
        if (_steps == Stride)
        {
            _steps = 0;
            Thread.Yield();
        }
    }
}
