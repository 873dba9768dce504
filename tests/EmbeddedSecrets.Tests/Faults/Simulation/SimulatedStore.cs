using System.Diagnostics.CodeAnalysis;
using System.Text;
using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>A file repository on a simulated disk, which tells the oracle what it promised.</summary>
[SuppressMessage("Design", "CA1001", Justification = "After a power cut nobody closes anything.")]
internal sealed class SimulatedStore(SimulatedDisk disk, StoreOracle oracle, int seed)
{
    private readonly CommitGenerator _generator = new(new Random(seed));
    private readonly FileSecretRepository _repository = new(SimulatedDisk.Location, OptionsFor(oracle), disk.OpenDirectory, compactsByItself: false);

    public FileSecretRepository Repository => _repository;

    /// <summary>Opens or makes the store. After a failure it may be called again.</summary>
    public async Task<RecoveryReport> OpenAsync()
    {
        RecoveryReport report = await OpenUncheckedAsync();
        oracle.Decide(await ShowAsync());
        return report;
    }

    public async Task<RecoveryReport> OpenUncheckedAsync()
    {
        RepositoryHeader? header = await _repository.ReadHeaderAsync();
        if (header is null && oracle.Acknowledged is not null)
        {
            throw new LostWriteException("The whole store is gone.");
        }

        return await _repository.StartAsync(header ?? Samples.Header(), new FixedKeyProtector());
    }

    public RepositoryCommit Draw() => _generator.Next(oracle.Acknowledged!);

    /// <summary>Commits, and returns the failure that the store answered, or null.</summary>
    public async Task<SecretStoreException?> CommitAsync(RepositoryCommit? commit = null)
    {
        commit ??= Draw();
        oracle.Begin(commit);
        try
        {
            oracle.Acknowledge(commit, await _repository.CommitAsync(commit));
            return null;
        }
        catch (SecretStoreUnavailableException exception)
        {
            if (exception.Code != SecretStoreErrorCodes.OutcomeUnknown)
            {
                oracle.Reject(commit);
            }

            return exception;
        }
    }

    /// <summary>Compacts, with commits at its first reports; these come while it copies, outside its turn of the queue.</summary>
    /// <returns>The failure that the store answered, or null.</returns>
    public async Task<SecretStoreException?> CompactAsync(int commitsMeanwhile = 0)
    {
        try
        {
            await _repository.CompactAsync(new CommitAtReport(this, commitsMeanwhile));
            oracle.Compacted();
            return null;
        }
        catch (SecretStoreUnavailableException exception)
        {
            return exception;
        }
    }

    public async Task CommitAllAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            (await CommitAsync()).Should().BeNull();
        }
    }

    /// <summary>What the open store shows must be what was acknowledged.</summary>
    public async Task CheckAsync() => oracle.Check(await ShowAsync());

    public async Task CloseAsync()
    {
        await _repository.DisposeAsync();
        disk.OpenFiles.Should().Be(0);
        disk.Held.Should().BeFalse();
    }

    /// <summary>Everything that the open store shows, in the form of <see cref="StoreModel.Describe"/>.</summary>
    public Task<string> ShowAsync() => disk.QuietlyAsync(async () =>
    {
        var text = new StringBuilder($"sequence {await _repository.WaitForChangeAsync(-1)}, header {_repository.CurrentHeader.Revision}");
        await foreach (RepositoryRecord record in _repository.EnumerateAsync(null))
        {
            text.Append(StoreModel.DescribeRecord(record.Name, record.Stamp, record.Sealed));
        }

        foreach ((UniqueId id, int length) in oracle.Payloads.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            var payload = new byte[length];
            if (await _repository.ReadPayloadAsync(id, payload))
            {
                text.Append(StoreModel.DescribePayload(id, payload));
            }
        }

        return text.ToString();
    });

    private static SecretStoreOptions OptionsFor(StoreOracle oracle) => new()
    {
        RollbackAnchor = oracle.IsAnchored ? RollbackAnchor.FromCallbacks(() => oracle.Head, head => oracle.Head = head) : null,
        TimeProvider = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch),
    };

    /// <summary>Each commit touches something, so that the next report comes before the last turn.</summary>
    private sealed class CommitAtReport(SimulatedStore store, int commits) : IProgress<CopyProgress>
    {
        private int _left = commits;

        public void Report(CopyProgress value)
        {
            if (_left-- > 0)
            {
                // On a simulated disk nothing is waited for.
                Task<SecretStoreException?> commit = store.CommitAsync();
                commit.IsCompleted.Should().BeTrue();
                commit.GetAwaiter().GetResult();
            }
        }
    }
}
