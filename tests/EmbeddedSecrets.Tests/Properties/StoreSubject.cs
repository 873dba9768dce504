namespace EmbeddedSecrets.Tests.Properties;

/// <summary>A whole store behind its facade. When time passes, a store on the disk is closed and opened again.</summary>
internal sealed class StoreSubject : ISecretSubject, IDisposable
{
    private readonly Func<TimeProvider, SecretStore> _open;
    private readonly bool _reopens;
    private readonly MovableClock _clock;

    private SecretStore _store;

    public StoreSubject(DateTimeOffset start, bool reopens, Func<TimeProvider, SecretStore> open)
    {
        _clock = new MovableClock(start);
        _open = open;
        _reopens = reopens;
        _store = open(_clock);
    }

    public string Apply(Operation operation)
    {
        try
        {
            return PlayAsync(operation).AsTask().GetAwaiter().GetResult();
        }
        catch (ArgumentException)
        {
            return nameof(ArgumentException);
        }
        catch (SecretStoreException exception)
        {
            exception.RequestId.Should().NotBeEmpty();
            return exception.Code;
        }
    }

    public SecretState? Observe(string name)
    {
        return Describe(name) is not { } secret ? null : new SecretState(
            secret.Description, secret.CreateTime, secret.UpdateTime, secret.PlannedDeleteTime, secret.Tags, secret.Annotations,
            _store.ListSecretVersionIdsAsync(name, includeDeprecated: true).AsTask().GetAwaiter().GetResult()
                .Select(version => new VersionState(version.VersionId, version.Stages, version.State, version.CreateTime, version.Validity.ExpiresAt)),
            secret.Revision.Number);
    }

    public void Dispose()
    {
        _store.Dispose();
    }

    private async ValueTask<string> PlayAsync(Operation operation)
    {
        string name = operation.Name;
        switch (operation)
        {
            case Operation.Wait o:
                _clock.WaitUntilSweptFrom();
                _clock.Now = _clock.Now.AddDays(o.Days);
                if (_reopens)
                {
                    _store.Dispose();
                    _store = _open(_clock);
                }

                return "ok";
            case Operation.Read o:
                using (SecretValueResult result = await _store.GetSecretValueAsync(name, OperationArguments.Selector(o)))
                {
                    return result.Value.RevealText();
                }

            case Operation.Create o:
                using (SecretValue value = SecretValue.FromText(o.Value))
                {
                    return await CreateAsync(o, value);
                }

            case Operation.Put o:
                using (SecretValue value = SecretValue.FromText(o.Value))
                {
                    var put = new PutSecretValueOptions { VersionId = o.VersionId, Stages = o.Stages, ExpectedRevision = Revision(name, o.Expected) };
                    return (await _store.PutSecretValueAsync(name, value, put)).VersionId;
                }

            default:
                await ChangeAsync(operation);
                return "ok";
        }
    }

    /// <summary>The facade answers with the secret, the model with the version: the one that is new in the list, or the one asked for.</summary>
    private async ValueTask<string> CreateAsync(Operation.Create o, SecretValue value)
    {
        string[] before = Describe(o.Name) is null ? [] : await VersionIdsAsync(o.Name);
        var options = new CreateSecretOptions
        {
            VersionId = o.VersionId,
            Description = o.Description,
            Tags = o.Tags?.ToDictionary(),
            IfScheduledForDeletion = o.RestoreScheduled ? ScheduledDeletionBehavior.Restore : ScheduledDeletionBehavior.Fail,
        };
        await _store.CreateSecretAsync(o.Name, value, options);
        return (await VersionIdsAsync(o.Name)).Except(before).SingleOrDefault() ?? o.VersionId!;
    }

    private async ValueTask ChangeAsync(Operation operation)
    {
        string name = operation.Name;
        switch (operation)
        {
            case Operation.MoveStage o:
                await _store.UpdateSecretVersionStageAsync(name, o.Stage, OperationArguments.Move(o), new UpdateStageOptions { ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.Describe o:
                await _store.UpdateSecretAsync(name, new UpdateSecretOptions { Description = o.Description, Annotations = o.Annotations?.ToDictionary(), ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.UpdateVersion o:
                await _store.UpdateSecretVersionAsync(name, o.VersionId, new UpdateSecretVersionOptions { Enabled = o.Enabled, Validity = Validity(o.ExpiresInDays), ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.Destroy o:
                await _store.DestroySecretVersionAsync(name, o.VersionId, new DestroyVersionOptions { ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.Delete o:
                SecretDeletion deletion = o.Days is { } days ? SecretDeletion.After(TimeSpan.FromDays(days)) : SecretDeletion.Immediately;
                await _store.DeleteSecretAsync(name, deletion, new DeleteSecretOptions { ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.Restore o:
                await _store.RestoreSecretAsync(name, new RestoreSecretOptions { ExpectedRevision = Revision(name, o.Expected) });
                break;
            case Operation.ChangeTags o:
                TagOptions? options = Revision(name, o.Expected) is { } revision ? new TagOptions { ExpectedRevisions = new Dictionary<string, SecretRevision> { [name] = revision } } : null;
                await _store.UpdateTagsAsync([name], o.Set.ToDictionary(), o.Remove, options);
                break;
            default:
                throw new NotSupportedException(operation.ToString());
        }
    }

    private SecretDescription? Describe(string name)
    {
        try
        {
            return _store.DescribeSecretAsync(name).AsTask().GetAwaiter().GetResult();
        }
        catch (SecretNotFoundException)
        {
            return null;
        }
    }

    private async ValueTask<string[]> VersionIdsAsync(string name)
    {
        return [.. (await _store.ListSecretVersionIdsAsync(name, includeDeprecated: true)).Select(version => version.VersionId)];
    }

    private SecretRevision? Revision(string name, Expectation expected) => expected switch
    {
        Expectation.None => null,
        Expectation.Present => Describe(name)?.Revision ?? default(SecretRevision),
        _ => default(SecretRevision),
    };

    private SecretVersionValidity? Validity(int? days) => days switch
    {
        null => null,
        0 => SecretVersionValidity.Always,
        { } some => new SecretVersionValidity(expiresAt: _clock.Now.AddDays(some)),
    };

    /// <summary>
    /// A clock that is moved by hand. A store sweeps when it is opened, on another thread and at the time that it reads there:
    /// were the clock moved before, the sweep would remove for good what has ended by then, and moving back would not bring it again.
    /// </summary>
    private sealed class MovableClock(DateTimeOffset now) : TimeProvider
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly int _player = Environment.CurrentManagedThreadId;
        private readonly TaskCompletionSource _readElsewhere = new();

        public DateTimeOffset Now { get; set; } = now;

        public void WaitUntilSweptFrom() => _readElsewhere.Task.Wait(Patience).Should().BeTrue("a store sweeps when it is opened");

        public override DateTimeOffset GetUtcNow()
        {
            DateTimeOffset read = Now;
            if (Environment.CurrentManagedThreadId != _player)
            {
                _readElsewhere.TrySetResult();
            }

            return read;
        }
    }
}
