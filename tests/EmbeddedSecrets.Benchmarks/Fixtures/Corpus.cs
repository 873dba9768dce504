using System.Globalization;
using System.Security.Cryptography;
using EmbeddedSecrets.Benchmarks.Measuring;

namespace EmbeddedSecrets.Benchmarks.Fixtures;

/// <summary>Names, values, and the order in which they are asked for.</summary>
internal static class Corpus
{
    private const int FillingWriters = 64;

    public static string[] Names(int count) =>
        [.. Enumerable.Range(0, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"service-{i:000000}/database-password"))];

    /// <summary>Random positions, the same for all sides of a comparison.</summary>
    public static int[] Order(int count)
    {
        var random = new Random(20_261_124);
        return [.. Enumerable.Range(0, 1 << 16).Select(_ => random.Next(count))];
    }

    public static byte[] Value(int length) => RandomNumberGenerator.GetBytes(length);

    /// <summary>Creates a secret of each name.</summary>
    public static void Fill(SecretStore store, string[] names, byte[] value, CreateSecretOptions? options = null, int writers = FillingWriters)
    {
        int next = -1;
        _ = Clock.Tasks(writers, 1, async (_, _) =>
        {
            for (int i = Interlocked.Increment(ref next); i < names.Length; i = Interlocked.Increment(ref next))
            {
                using SecretValue secret = SecretValue.FromBinary(value);
                await store.CreateSecretAsync(names[i], secret, options);
            }
        });
    }

    public static void Put(SecretStore store, string name, byte[] value)
    {
        ValueTask put = PutAsync(store, name, value);
        put.AsTask().GetAwaiter().GetResult();
    }

    public static async ValueTask PutAsync(SecretStore store, string name, byte[] value)
    {
        using SecretValue secret = SecretValue.FromBinary(value);
        await store.PutSecretValueAsync(name, secret);
    }
}
