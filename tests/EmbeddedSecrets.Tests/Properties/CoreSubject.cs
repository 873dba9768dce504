using EmbeddedSecrets.Secrets;
using EmbeddedSecrets.Tests.Secrets;

namespace EmbeddedSecrets.Tests.Properties;

/// <summary>The functional core with a dictionary in place of a repository. It checks I1 to I8 after every step.</summary>
internal sealed class CoreSubject(DateTimeOffset start, IVersionLog versionLog) : ISecretSubject
{
    private readonly Dictionary<string, Secret> _secrets = [];
    private readonly Dictionary<UniqueId, string> _values = [];

    private DateTimeOffset _now = start;
    private ulong _lastRandom;

    private TransitionContext Context => new(_now, versionLog, TestSecret.Hash);

    public string Apply(Operation operation)
    {
        try
        {
            CheckArguments(operation);
            return Play(operation);
        }
        catch (ArgumentException)
        {
            return nameof(ArgumentException);
        }
        catch (SecretStoreException e)
        {
            return e.Code;
        }
    }

    public SecretState? Observe(string name)
    {
        return SecretLife.Existing(_secrets.GetValueOrDefault(name), _now) is not { } secret ? null : new SecretState(
            secret.Description, secret.CreateTime, secret.UpdateTime, secret.PlannedDeleteTime, secret.Tags, secret.Annotations,
            secret.Versions.Select(version => new VersionState(version.VersionId, version.Stages, version.State, version.CreateTime, version.Validity.ExpiresAt)),
            secret.RevisionNumber);
    }

    /// <summary>What stands at the public door: the core behind it takes arguments that keep their rules.</summary>
    private void CheckArguments(Operation operation)
    {
        switch (operation)
        {
            case Operation.Create o:
                OptionRules.Check(Options(o), nameof(operation));
                break;
            case Operation.Put o:
                OptionRules.Check(Options(o), nameof(operation));
                break;
            case Operation.MoveStage o:
                OptionRules.Check(o.Stage, OperationArguments.Move(o), nameof(operation));
                break;
            case Operation.Describe o:
                OptionRules.Check(Options(o), nameof(operation));
                break;
            case Operation.UpdateVersion o:
                OptionRules.Check(Options(o), nameof(operation));
                break;
            case Operation.Delete { Days: { } days }:
                SecretRules.CheckRecoveryWindow(TimeSpan.FromDays(days), nameof(operation));
                break;
            case Operation.ChangeTags o:
                OptionRules.Check(o.Set.ToDictionary(), o.Remove, nameof(operation), nameof(operation));
                break;
            default:
                break;
        }
    }

    private string Play(Operation operation)
    {
        string name = operation.Name;
        Secret? stored = _secrets.GetValueOrDefault(name);
        switch (operation)
        {
            case Operation.Wait o:
                _now = _now.AddDays(o.Days);
                return "ok";
            case Operation.Read o:
                return _values[SecretVersions.Select(name, stored, OperationArguments.Selector(o), _now).Content!.PayloadId];
            case Operation.Create o:
                var request = new CreateRequest(name, new UniqueId(0, (ulong)++_lastRandom), TestSecret.Text, "default", Options(o));
                return Commit(name, stored, SecretLife.Create(stored, request, IsSame(stored, o.VersionId, o.Value, whenScheduled: true), Context), o.Value);
            case Operation.Put o:
                return Commit(name, stored, SecretVersions.Put(name, stored, TestSecret.Text, Options(o), IsSame(stored, o.VersionId, o.Value, whenScheduled: false), Context), o.Value);
            default:
                Commit(name, stored, Change(operation, stored), null);
                return "ok";
        }
    }

    private SecretTransition Change(Operation operation, Secret? stored)
    {
        string name = operation.Name;
        return operation switch
        {
            Operation.MoveStage o => SecretVersions.MoveStage(name, stored, o.Stage, OperationArguments.Move(o), Revision(stored, o.Expected), Context),
            Operation.Describe o => SecretLife.Update(name, stored, Options(o), Context),
            Operation.UpdateVersion o => SecretVersions.Update(name, stored, o.VersionId, Options(o), Context),
            Operation.Destroy o => SecretVersions.Destroy(name, stored, o.VersionId, Revision(stored, o.Expected), Context),
            Operation.Delete o => SecretLife.Delete(
                name, stored, o.Days is { } days ? TimeSpan.FromDays(days) : null, purgeProtection: false, Revision(stored, o.Expected), Context),
            Operation.Restore o => SecretLife.Restore(name, stored, Revision(stored, o.Expected), Context),
            Operation.ChangeTags o => SecretTags.Change(name, stored, o.Set.ToDictionary(), o.Remove, Revision(stored, o.Expected), Context),
            _ => throw new NotSupportedException(operation.ToString()),
        };
    }

    private string Commit(string name, Secret? stored, SecretTransition transition, string? value)
    {
        transition.Evicted.IsDefault.Should().BeFalse();
        if (transition.Next is not { } next)
        {
            _secrets.Remove(name);
            return "ok";
        }

        if (transition.IsUnchanged)
        {
            next.Should().BeSameAs(stored);
        }
        else
        {
            CheckStep(SecretLife.Existing(stored, _now), transition);
            _secrets[name] = value is null || transition.Version!.Content is not null ? next : Seal(next, value);
        }

        return transition.Version?.VersionId ?? "ok";
    }

    private void CheckStep(Secret? stored, SecretTransition transition)
    {
        Secret next = transition.Next!;
        SecretInvariants.FindViolation(next).Should().BeNull();
        next.RevisionNumber.Should().Be((stored?.RevisionNumber ?? 0) + 1);
        next.UpdateTime.Should().Be(_now);
        foreach (SecretVersion before in stored?.Versions ?? [])
        {
            SecretVersion? after = next.Versions.FirstOrDefault(version => version.Sequence == before.Sequence);
            bool isEvicted = transition.Evicted.Any(evicted => evicted.Sequence == before.Sequence);
            isEvicted.Should().Be(after is null, "a version stays or is named as evicted");
            if (after is not null && after.State != SecretVersionState.Destroyed)
            {
                after.Content.Should().BeSameAs(before.Content, "a stored value never changes (I7)");
            }
        }

        foreach (SecretVersion evicted in transition.Evicted)
        {
            // I8: no stage, and none older without a stage stays.
            evicted.Stages.Should().BeEmpty();
            next.Versions.Where(version => version.Sequence < evicted.Sequence).Should().NotContain(version => version.Stages.Count == 0);
        }
    }

    private Secret Seal(Secret next, string value)
    {
        UniqueId id = new UniqueId(0, (ulong)++_lastRandom);
        _values[id] = value;
        SecretVersion version = next.Versions[^1] with { Content = TestSecret.Content(id) };
        return next with { Versions = next.Versions.SetItem(next.Versions.Length - 1, version) };
    }

    private bool? IsSame(Secret? stored, string? versionId, string value, bool whenScheduled)
    {
        return SecretVersions.FindReplayed(stored, versionId, whenScheduled, _now) is { } version ? _values[version.Content!.PayloadId] == value : null;
    }

    private static CreateSecretOptions Options(Operation.Create o) => new()
    {
        VersionId = o.VersionId,
        Description = o.Description,
        Tags = o.Tags?.ToDictionary(),
        IfScheduledForDeletion = o.RestoreScheduled ? ScheduledDeletionBehavior.Restore : ScheduledDeletionBehavior.Fail,
    };

    private PutSecretValueOptions Options(Operation.Put o) => new()
    {
        VersionId = o.VersionId,
        Stages = o.Stages,
        ExpectedRevision = Revision(_secrets.GetValueOrDefault(o.Name), o.Expected),
    };

    private UpdateSecretOptions Options(Operation.Describe o) => new()
    {
        Description = o.Description,
        Annotations = o.Annotations?.ToDictionary(),
        ExpectedRevision = Revision(_secrets.GetValueOrDefault(o.Name), o.Expected),
    };

    private UpdateSecretVersionOptions Options(Operation.UpdateVersion o) => new()
    {
        Enabled = o.Enabled,
        Validity = Validity(o.ExpiresInDays),
        ExpectedRevision = Revision(_secrets.GetValueOrDefault(o.Name), o.Expected),
    };

    private SecretVersionValidity? Validity(int? days) => days switch
    {
        null => null,
        0 => SecretVersionValidity.Always,
        { } some => new SecretVersionValidity(expiresAt: _now.AddDays(some)),
    };

    private static SecretRevision? Revision(Secret? stored, Expectation expected) => expected switch
    {
        Expectation.None => null,
        Expectation.Present => stored?.Revision ?? default(SecretRevision),
        _ => default(SecretRevision),
    };
}
