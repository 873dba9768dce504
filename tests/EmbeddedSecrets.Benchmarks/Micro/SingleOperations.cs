using BenchmarkDotNet.Attributes;
using EmbeddedSecrets.Benchmarks.Fixtures;

namespace EmbeddedSecrets.Benchmarks.Micro;

/// <summary>Single operations of a store in memory, beside the limit, with what they allocate.</summary>
[MemoryDiagnoser]
public class SingleOperations : IDisposable
{
    private const string Name = "service-000000/database-password";

    private SecretStore _store = null!;
    private ReferenceEnvelope _envelope = null!;
    private byte[] _value = [];
    private byte[] _message = [];

    /// <summary>Gets or sets how long the value is.</summary>
    [Params(64, 1024, 30_720)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _store = SecretStore.CreateInMemory();
        _envelope = new ReferenceEnvelope();
        _value = Corpus.Value(Size);
        _message = _envelope.Seal(_value);
        Corpus.Fill(_store, [Name], _value);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _store.Dispose();
        _envelope.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Limit() => _envelope.Open(_message, _value);

    [Benchmark]
    public void Read() => _store.GetSecretValue(Name).Dispose();

    [Benchmark]
    public void Describe() => _ = _store.DescribeSecretAsync(Name).AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public void Put() => Corpus.Put(_store, Name, _value);
}
