using EmbeddedSecrets.Tests.Repositories;

namespace EmbeddedSecrets.Tests.Contracts;

/// <summary>What every <see cref="ISecretRepository"/> must do. Derive from it to test your own.</summary>
public abstract class SecretRepositoryContract
{
    /// <summary>Returns a new repository, not started, over an empty store; the fixture disposes it.</summary>
    protected abstract Task<ISecretRepository> CreateAsync();

    protected ISecretRepository Repository { get; private set; } = null!;

    [SetUp]
    public async Task StartRepository()
    {
        Repository = await CreateAsync();
        (await Repository.ReadHeaderAsync()).Should().BeNull();
        await Repository.StartAsync(Samples.Header(), new FixedKeyProtector());
    }

    [TearDown]
    public async Task DisposeRepository() => await Repository.DisposeAsync();

    [Test]
    public void CurrentHeader_OfNewStore_IsTheOneItWasStartedWith()
    {
        Repository.CurrentHeader.Revision.Should().Be(1);
        Repository.CurrentHeader.StoreId.Should().Be(Samples.StoreId);
        Repository.CurrentHeader.Content.ToArray().Should().Equal(Samples.Header().Content.ToArray());
    }

    [Test]
    public async Task FindAsync_AbsentName_ReturnsNull() => (await Repository.FindAsync("absent")).Should().BeNull();

    [Test]
    public async Task FindAsync_AfterCommit_ReturnsRecord()
    {
        byte[] content = Samples.Bytes();
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", content)));

        RepositoryRecord? record = await Repository.FindAsync("a");

        record!.Value.Stamp.Should().Be(Samples.Stamp(1));
        record.Value.Sealed.ToArray().Should().Equal(content);
    }

    [Test]
    public async Task FindAsync_KnownStamp_ReturnsThatStamp()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        (await Repository.FindAsync("a", Samples.Stamp(1)))!.Value.Stamp.Should().Be(Samples.Stamp(1));
    }

    [Test]
    public async Task CommitAsync_CreateOverExisting_ConflictsOnRecord()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        await ExpectConflictAsync(Samples.Commit(Samples.Create("a")), RepositoryConflict.Record);
    }

    [Test]
    public async Task CommitAsync_OtherIncarnation_ConflictsOnRecord()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        await ExpectConflictAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1, incarnation: 8), Samples.Stamp(2))), RepositoryConflict.Record);
    }

    [Test]
    public async Task CommitAsync_OneConditionFails_ChangesNothing()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await ExpectConflictAsync(Samples.Commit(Samples.Create("b"), Samples.Create("a")), RepositoryConflict.Record);

        (await Repository.FindAsync("b")).Should().BeNull();
        (await Samples.NamesAsync(Repository)).Should().Equal("a");
    }

    [Test]
    public async Task CommitAsync_Remove_MakesAbsent()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await Repository.CommitAsync(Samples.Commit(Samples.Remove("a", Samples.Stamp(1))));

        (await Repository.FindAsync("a")).Should().BeNull();
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
    }

    [Test]
    public async Task CommitAsync_NewHeader_TakesThePlaceOfTheOld()
    {
        await Repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, NewHeader = Samples.Header(2), Changes = [] });

        Repository.CurrentHeader.Revision.Should().Be(2);
        Repository.CurrentHeader.Content.ToArray().Should().Equal(Samples.Header(2).Content.ToArray());
    }

    [Test]
    public async Task CommitAsync_SealedUnderReplacedHeader_ConflictsOnHeader()
    {
        await Repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, NewHeader = Samples.Header(2), Changes = [] });

        await ExpectConflictAsync(Samples.Commit(Samples.Create("a")), RepositoryConflict.Header);
        (await Repository.FindAsync("a")).Should().BeNull();
    }

    [Test]
    public async Task CommitAsync_SomethingCommittedAfterExpectedSequence_ConflictsOnSequence()
    {
        long sequence = await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await Repository.CommitAsync(Samples.Commit(Samples.Create("b")));

        await ExpectConflictAsync(
            new RepositoryCommit { HeaderRevision = 1, NewHeader = Samples.Header(2), ExpectedSequence = sequence, Changes = [] },
            RepositoryConflict.Sequence);
        Repository.CurrentHeader.Revision.Should().Be(1);
    }

    [Test]
    public async Task CommitAsync_NothingCommittedAfterExpectedSequence_Succeeds()
    {
        long sequence = await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        long next = await Repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, ExpectedSequence = sequence, Changes = [Samples.Create("b")] });

        next.Should().BeGreaterThan(sequence);
    }

    [Test]
    public async Task ReadPayloadAsync_Added_ReturnsItsBytes()
    {
        byte[] payload = Samples.Bytes(100);
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 77), payload))));

        var destination = new byte[100];
        for (int i = 0; i < 2; i++)
        {
            (await Repository.ReadPayloadAsync(new UniqueId(0, 77), destination)).Should().BeTrue();
            destination.Should().Equal(payload);
        }
    }

    [Test]
    public async Task ReadPayloadAsync_AbsentOrOtherLength_ReturnsFalse()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 77), Samples.Bytes(100)))));

        (await Repository.ReadPayloadAsync(new UniqueId(0, 78), new byte[100])).Should().BeFalse();
        (await Repository.ReadPayloadAsync(new UniqueId(0, 77), new byte[99])).Should().BeFalse();
    }

    [Test]
    public async Task ReadPayloadAsync_Dropped_ReturnsFalse()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 77), Samples.Bytes(100)))));
        await Repository.ReadPayloadAsync(new UniqueId(0, 77), new byte[100]);
        await Repository.CommitAsync(Samples.Commit(Samples.Remove("a", Samples.Stamp(1), new UniqueId(0, 77))));

        (await Repository.ReadPayloadAsync(new UniqueId(0, 77), new byte[100])).Should().BeFalse();
    }

    [Test]
    public async Task CommitAsync_CallerReusesItsBytes_KeepsWhatWasCommitted()
    {
        byte[] content = Samples.Bytes();
        byte[] original = [.. content];
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", content)));
        Array.Clear(content);

        (await Repository.FindAsync("a"))!.Value.Sealed.ToArray().Should().Equal(original);
    }

    [Test]
    public async Task CommitAsync_CallerReusesItsOtherBytes_KeepsWhatWasCommitted()
    {
        byte[] payload = Samples.Bytes(100);
        byte[] header = Samples.Bytes(20);
        byte[][] originals = [[.. payload], [.. header]];
        await Repository.CommitAsync(new RepositoryCommit
        {
            HeaderRevision = 1,
            NewHeader = new RepositoryHeader(Samples.StoreId, 2, header),
            Changes = [Samples.Create("a", null, (new UniqueId(0, 77), payload))],
        });
        Array.Clear(payload);
        Array.Clear(header);

        var destination = new byte[100];
        (await Repository.ReadPayloadAsync(new UniqueId(0, 77), destination)).Should().BeTrue();
        destination.Should().Equal(originals[0]);
        Repository.CurrentHeader.Content.ToArray().Should().Equal(originals[1]);
    }

    [Test]
    public async Task FindAsync_RecordMovedSinceKnownStamp_ReturnsTheNewRecord()
    {
        byte[] content = Samples.Bytes();
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await Repository.CommitAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1), Samples.Stamp(2), content)));

        RepositoryRecord? record = await Repository.FindAsync("a", Samples.Stamp(1));

        record!.Value.Stamp.Should().Be(Samples.Stamp(2));
        record.Value.Sealed.ToArray().Should().Equal(content);
    }

    [Test]
    public async Task CommitAsync_ConditionFails_MovesNoPayloadHeaderOrSequence()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 77), Samples.Bytes(100)))));
        long before = await Repository.WaitForChangeAsync(-1);

        await ExpectConflictAsync(
            new RepositoryCommit
            {
                HeaderRevision = 1,
                NewHeader = Samples.Header(2),
                Changes = [Samples.Create("b", null, (new UniqueId(0, 78), Samples.Bytes(100))), Samples.Remove("a", Samples.Stamp(2), new UniqueId(0, 77))],
            },
            RepositoryConflict.Record);

        (await Repository.ReadPayloadAsync(new UniqueId(0, 77), new byte[100])).Should().BeTrue();
        (await Repository.ReadPayloadAsync(new UniqueId(0, 78), new byte[100])).Should().BeFalse();
        Repository.CurrentHeader.Revision.Should().Be(1);
        (await Repository.WaitForChangeAsync(-1)).Should().Be(before);
    }

    [Test]
    public async Task CommitAsync_RemoveOfAbsentOrOlderRecord_ConflictsOnRecord()
    {
        await ExpectConflictAsync(Samples.Commit(Samples.Remove("a", Samples.Stamp(1))), RepositoryConflict.Record);
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        await Repository.CommitAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1), Samples.Stamp(2))));

        await ExpectConflictAsync(Samples.Commit(Samples.Remove("a", Samples.Stamp(1))), RepositoryConflict.Record);
        (await Repository.FindAsync("a")).Should().NotBeNull();
    }

    [Test]
    public async Task FindAsync_NamesThatDifferByCase_AreDifferentRecords()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a"), Samples.Create("A")));
        await Repository.CommitAsync(Samples.Commit(Samples.Remove("A", Samples.Stamp(1))));

        (await Repository.FindAsync("a")).Should().NotBeNull();
        (await Repository.FindAsync("A")).Should().BeNull();
    }

    [Test]
    public async Task ReadPayloadAsync_IdAddedAgain_ReturnsTheNewBytes()
    {
        byte[] payload = Samples.Bytes(100);
        var destination = new byte[100];
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 77), Samples.Bytes(100)))));
        await Repository.ReadPayloadAsync(new UniqueId(0, 77), destination);
        await Repository.CommitAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1), Samples.Stamp(2), null, (new UniqueId(0, 77), payload))));

        (await Repository.ReadPayloadAsync(new UniqueId(0, 77), destination)).Should().BeTrue();
        destination.Should().Equal(payload);
    }

    [Test]
    public async Task CommitAsync_HeaderOfAnotherStoreOrRevision_IsRefused()
    {
        RepositoryHeader[] headers = [new(new UniqueId(7, 7), 2, default), new(Samples.StoreId, 1, default), new(Samples.StoreId, 3, default)];
        foreach (RepositoryHeader header in headers)
        {
            Func<Task> act = async () => await Repository.CommitAsync(new RepositoryCommit { HeaderRevision = 1, NewHeader = header, Changes = [] });
            await act.Should().ThrowAsync<ArgumentException>();
        }
    }

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("é")]
    public async Task CommitAsync_BadName_IsRefused(string name)
    {
        Func<Task> act = async () => await Repository.CommitAsync(Samples.Commit(Samples.Create(name)));
        await act.Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task CommitAsync_NameTwiceOrTooLarge_IsRefused()
    {
        RepositoryCommit[] bad =
        [
            Samples.Commit(Samples.Create("a"), Samples.Create("a")),
            Samples.Commit(Samples.Create("a", new byte[(1 << 20) + 1])),
            Samples.Commit(Samples.Create("a", null, (new UniqueId(0, 1), new byte[(64 << 10) + 1]))),
            Samples.Commit(Enumerable.Range(0, 1001).Select(i => Samples.Create("n" + i)).ToArray()),
        ];
        foreach (RepositoryCommit commit in bad)
        {
            Func<Task> act = async () => await Repository.CommitAsync(commit);
            await act.Should().ThrowAsync<ArgumentException>();
        }
    }

    [Test]
    public async Task EnumerateAsync_ManyNames_OrdinalOrderFromCursor()
    {
        string[] names = Enumerable.Range(0, 400).Select(i => "k" + i).Append("Z").ToArray();
        await Repository.CommitAsync(Samples.Commit(names.Select(name => Samples.Create(name)).ToArray()));
        Array.Sort(names, StringComparer.Ordinal);

        (await Samples.NamesAsync(Repository)).Should().Equal(names);
        (await Samples.NamesAsync(Repository, "k2")).Should().Equal(names.Where(n => string.CompareOrdinal(n, "k2") > 0));
        (await Samples.NamesAsync(Repository, "k20000")).Should().Equal(names.Where(n => string.CompareOrdinal(n, "k20000") > 0));
    }

    [Test]
    public async Task EnumerateAsync_AfterLaterChanges_SeesThem()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a"), Samples.Create("b")));
        await Samples.NamesAsync(Repository);
        await Repository.CommitAsync(Samples.Commit(Samples.Create("aa"), Samples.Remove("b", Samples.Stamp(1))));

        (await Samples.NamesAsync(Repository)).Should().Equal("a", "aa");
    }

    [Test]
    public async Task EnumerateAsync_AfterNamesWereReplacedRemovedAndMadeAgain_SeesEachOnce()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a"), Samples.Create("b")));
        await Samples.NamesAsync(Repository);
        await Repository.CommitAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1), Samples.Stamp(2)), Samples.Create("c")));
        await Repository.CommitAsync(Samples.Commit(Samples.Remove("b", Samples.Stamp(1)), Samples.Put("c", Samples.Stamp(1), Samples.Stamp(2))));
        await Repository.CommitAsync(Samples.Commit(Samples.Create("b")));

        (await Samples.NamesAsync(Repository)).Should().Equal("a", "b", "c");
    }

    [Test]
    public async Task EnumerateAsync_FirstWhileAllNamesAreBeingReplaced_MissesNone()
    {
        string[] names = Enumerable.Range(0, 900).Select(i => $"n{i:000}").ToArray();
        await Repository.CommitAsync(Samples.Commit(names.Select(name => Samples.Create(name)).ToArray()));
        Task replacing = Task.Run(async () =>
        {
            for (int round = 1; round <= 20; round++)
            {
                await Repository.CommitAsync(Samples.Commit(names.Select(name => Samples.Put(name, Samples.Stamp(round), Samples.Stamp(round + 1))).ToArray()));
            }
        });

        (await Samples.NamesAsync(Repository)).Should().Equal(names);
        await replacing;
        (await Samples.NamesAsync(Repository)).Should().Equal(names);
    }

    [Test]
    public async Task EnumerateAsync_ChangesMeanwhile_UnchangedNamesAreSeenOnce()
    {
        string[] names = Enumerable.Range(0, 300).Select(i => $"n{i:000}").ToArray();
        await Repository.CommitAsync(Samples.Commit(names.Select(name => Samples.Create(name)).ToArray()));
        List<string> seen = [];
        await foreach (RepositoryRecord record in Repository.EnumerateAsync(null))
        {
            if (seen.Count == 10)
            {
                await Repository.CommitAsync(Samples.Commit(Samples.Remove("n200", Samples.Stamp(1)), Samples.Create("n000x")));
            }

            seen.Add(record.Name);
        }

        seen.Should().Equal(names.Where(name => name != "n200"));
    }

    [Test]
    public async Task WaitForChangeAsync_NegativeNumber_ReturnsCurrentAtOnce()
    {
        long sequence = await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        (await Repository.WaitForChangeAsync(-1)).Should().Be(sequence);
    }

    [Test]
    public async Task WaitForChangeAsync_UntilCommit_CompletesWithItsSequence()
    {
        long before = await Repository.WaitForChangeAsync(-1);
        Task<long> wait = Repository.WaitForChangeAsync(before).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        wait.IsCompleted.Should().BeFalse();

        long sequence = await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));

        (await wait).Should().Be(sequence);
    }

    [Test]
    public async Task WaitForChangeAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        Task<long> wait = Repository.WaitForChangeAsync(1000, source.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await source.CancelAsync();

        await wait.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task CommitAsync_CancelledBefore_ChangesNothing()
    {
        Func<Task> act = async () => await Repository.CommitAsync(Samples.Commit(Samples.Create("a")), new CancellationToken(canceled: true));

        await act.Should().ThrowAsync<OperationCanceledException>();
        (await Repository.FindAsync("a")).Should().BeNull();
    }

    [Test]
    public async Task CommitAsync_ManyTasks_EachAcknowledgedCommitIsVisible()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                byte[] content = Samples.Bytes();
                await Repository.CommitAsync(Samples.Commit(Samples.Create($"t{task}-{i}", content)));
                (await Repository.FindAsync($"t{task}-{i}"))!.Value.Sealed.ToArray().Should().Equal(content);
            }
        })));

        (await Samples.NamesAsync(Repository)).Should().HaveCount(160);
    }

    [Test]
    public async Task CommitAsync_RaceOnOneStamp_HasOneWinner()
    {
        await Repository.CommitAsync(Samples.Commit(Samples.Create("a")));
        int winners = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            try
            {
                await Repository.CommitAsync(Samples.Commit(Samples.Put("a", Samples.Stamp(1), Samples.Stamp(2))));
                Interlocked.Increment(ref winners);
            }
            catch (RepositoryConflictException conflict)
            {
                conflict.Conflict.Should().Be(RepositoryConflict.Record);
            }
        })));

        winners.Should().Be(1);
    }

    [Test]
    public async Task DisposeAsync_Twice_ThenCallsAreRefused()
    {
        Task<long> wait = Repository.WaitForChangeAsync(1000).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await Repository.DisposeAsync();
        await Repository.DisposeAsync();

        Func<Task>[] calls =
        [
            () => wait,
            async () => await Repository.FindAsync("a"),
            async () => await Repository.ReadPayloadAsync(new UniqueId(0, 1), new byte[16]),
            async () => await Repository.CommitAsync(Samples.Commit(Samples.Create("a"))),
            async () => await Repository.WaitForChangeAsync(-1),
            async () => await Samples.NamesAsync(Repository),
        ];
        foreach (Func<Task> call in calls)
        {
            await call.Should().ThrowAsync<ObjectDisposedException>();
        }
    }

    protected async Task ExpectConflictAsync(RepositoryCommit commit, RepositoryConflict conflict)
    {
        Func<Task> act = async () => await Repository.CommitAsync(commit);
        (await act.Should().ThrowAsync<RepositoryConflictException>()).Which.Conflict.Should().Be(conflict);
    }
}
