using System.Globalization;

namespace EmbeddedSecrets.FaultTests;

/// <summary>
/// A process that has a store open and does what its standard input says, one line for one line: <c>open</c>, <c>create name
/// value</c>, <c>put name value</c>, <c>get name</c>, <c>destroy name version</c>, <c>compact</c>, <c>close</c>. A failure is
/// answered by <c>failed</c> and its code.
/// </summary>
/// <remarks>The calls are made on the main thread, so that system calls that are to fail have one order there.</remarks>
internal static class ServingChild
{
    public static int Run(string directory, string keyFile)
    {
        var repository = new FileSecretRepository(directory, new SecretStoreOptions { PayloadCacheBytes = 0 });
        IRootKey key = File.Exists(keyFile) && File.ResolveLinkTarget(keyFile, returnFinalTarget: false) is not null ? RootKey.FromMountedFile(keyFile) : RootKey.FromFile(keyFile);
        SecretStore store = SecretStore.WithRing(repository, key, null, null);
        Program.Tell(string.Create(CultureInfo.InvariantCulture, $"ready {Environment.ProcessId}"));
        while (Console.In.ReadLine() is { } line)
        {
            try
            {
                Program.Tell(Answer(store, repository, line.Split(' ')));
            }
            catch (SecretStoreException exception)
            {
                Program.Tell($"failed {exception.Code}");
            }
        }

        return 0;
    }

    private static string Answer(SecretStore store, FileSecretRepository repository, string[] words)
    {
        switch (words)
        {
            case ["open"]:
                Wait(store.DescribeNothingAsync());
                return string.Create(CultureInfo.InvariantCulture, $"opened {store.Recovery!.DroppedBytes}");
            case ["create", string name, string text]:
                using (SecretValue value = SecretValue.FromText(text))
                {
                    Wait(store.CreateSecretAsync(name, value));
                }

                return $"created {name}";
            case ["put", string name, string text]:
                using (SecretValue value = SecretValue.FromText(text))
                {
                    return $"put {Wait(store.PutSecretValueAsync(name, value)).VersionId}";
                }

            case ["get", string name]:
                using (SecretValueResult result = store.GetSecretValue(name))
                {
                    return $"got {result.Value.RevealText()}";
                }

            case ["destroy", string name, string version]:
                store.DestroySecretVersionAsync(name, version).AsTask().GetAwaiter().GetResult();
                return $"destroyed {version}";
            case ["compact"]:
                store.Maintenance.CompactAsync().AsTask().GetAwaiter().GetResult();
                return "compacted";
            case ["removed"]:
                return string.Create(CultureInfo.InvariantCulture, $"removed {repository.RemovedUnfinished}");
            case ["close"]:
                store.Dispose();
                return "closed";
            default:
                return "unknown";
        }
    }

    private static async ValueTask<int> DescribeNothingAsync(this SecretStore store) => await store.ListSecretsAsync().CountAsync();

    private static T Wait<T>(ValueTask<T> call) => call.AsTask().GetAwaiter().GetResult();
}
