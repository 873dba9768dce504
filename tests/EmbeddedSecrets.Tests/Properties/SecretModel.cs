namespace EmbeddedSecrets.Tests.Properties;

/// <summary>
/// A deliberately naive store, written from the specification with lists and dictionaries. It knows nothing of the library
/// but its public enumeration of states and its error codes.
/// </summary>
public sealed partial class SecretModel(DateTimeOffset start, int capacity = 10) : ISecretSubject
{
    private const string Current = "ACSCurrent";
    private const string Previous = "ACSPrevious";

    private readonly Dictionary<string, ModelSecret> _secrets = [];

    private DateTimeOffset _now = start;

    public string Apply(Operation operation)
    {
        try
        {
            return operation switch
            {
                Operation.Create o => Create(o),
                Operation.Put o => Put(o),
                Operation.Read o => Get(o),
                Operation.MoveStage o => MoveStage(o),
                Operation.Describe o => Describe(o),
                Operation.UpdateVersion o => UpdateVersion(o),
                Operation.Destroy o => Destroy(o),
                Operation.Delete o => Delete(o),
                Operation.Restore o => Restore(o),
                Operation.ChangeTags o => ChangeTags(o),
                Operation.Wait o => Wait(o),
                _ => throw new NotSupportedException(),
            };
        }
        catch (Refused refused)
        {
            return refused.Message;
        }
    }

    public SecretState? Observe(string name)
    {
        return Existing(name)?.Observe();
    }

    private string Wait(Operation.Wait o)
    {
        _now = _now.AddDays(o.Days);
        return "ok";
    }

    /// <summary>From PlannedDeleteTime on the secret behaves as absent; it is only hidden, since the clock may go back.</summary>
    private ModelSecret? Existing(string name)
    {
        return _secrets.TryGetValue(name, out ModelSecret? s) && !(s.PlannedDeleteTime <= _now) ? s : null;
    }

    private ModelSecret Find(string name) => Existing(name) ?? throw new Refused("Forbidden.ResourceNotFound");

    private ModelSecret FindActive(string name, Expectation expected)
    {
        ModelSecret s = Find(name);
        if (s.PlannedDeleteTime != null)
        {
            throw new Refused("Rejected.ResourceInDeleteWindow");
        }

        Expect(expected);
        return s;
    }

    private static void Expect(Expectation expected)
    {
        if (expected == Expectation.Stale)
        {
            throw new Refused("Conflict.Revision");
        }
    }

    private string Create(Operation.Create o)
    {
        if (o.Tags is { Length: > 20 })
        {
            return "ArgumentException";
        }

        ModelSecret? s = Existing(o.Name);
        if (s == null)
        {
            s = new ModelSecret { Description = o.Description ?? "", Created = _now, Changed = _now, Revision = 1 };
            string id = o.VersionId ?? "v1";
            s.LastV = o.VersionId == null ? 1 : 0;
            s.Versions.Add(new ModelVersion { Id = id, Value = o.Value, Created = _now });
            s.Stages[Current] = id;
            SetAll(s.Tags, o.Tags ?? []);
            _secrets[o.Name] = s;
            return id;
        }

        if (s.PlannedDeleteTime == null)
        {
            throw new Refused("Rejected.ResourceExist");
        }

        if (!o.RestoreScheduled)
        {
            throw new Refused("Rejected.ResourceInDeleteWindow");
        }

        return RestoreAndPut(s, o);
    }

    private string RestoreAndPut(ModelSecret s, Operation.Create o)
    {
        string? replay = FindReplay(s, o.VersionId, o.Value);
        if (replay != null && s.Stages[Current] != replay)
        {
            throw new Refused("Rejected.ResourceExist");
        }

        var tags = new SortedDictionary<string, string>(s.Tags, StringComparer.Ordinal);
        SetAll(tags, o.Tags ?? []);
        if (tags.Count > 20)
        {
            throw new Refused("Rejected.LimitExceeded");
        }

        string id = replay ?? AppendVersion(s, o.VersionId, o.Value, [Current]);
        s.Tags = tags;
        s.Description = o.Description ?? s.Description;
        s.PlannedDeleteTime = null;
        Touch(s);
        return id;
    }

    private string Describe(Operation.Describe o)
    {
        if (o.Description == null && o.Annotations == null)
        {
            return "ArgumentException";
        }

        ModelSecret s = FindActive(o.Name, o.Expected);
        var annotations = s.Annotations;
        if (o.Annotations != null)
        {
            annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
            SetAll(annotations, o.Annotations);
        }

        if ((o.Description ?? s.Description) != s.Description || !annotations.SequenceEqual(s.Annotations))
        {
            s.Description = o.Description ?? s.Description;
            s.Annotations = annotations;
            Touch(s);
        }

        return "ok";
    }

    private string Delete(Operation.Delete o)
    {
        if (o.Days is < 7 or > 30)
        {
            return "ArgumentException";
        }

        ModelSecret s = Find(o.Name);
        if (o.Days == null)
        {
            Expect(o.Expected);
            _secrets.Remove(o.Name);
            return "ok";
        }

        FindActive(o.Name, o.Expected);
        s.PlannedDeleteTime = _now.AddDays(o.Days.Value);
        Touch(s);
        return "ok";
    }

    private string Restore(Operation.Restore o)
    {
        ModelSecret s = Find(o.Name);
        if (s.PlannedDeleteTime == null)
        {
            throw new Refused("Rejected.ResourceInUse");
        }

        Expect(o.Expected);
        s.PlannedDeleteTime = null;
        Touch(s);
        return "ok";
    }

    private string ChangeTags(Operation.ChangeTags o)
    {
        if (o.Set.Length + o.Remove.Length == 0 || o.Set.Any(tag => o.Remove.Contains(tag.Key)))
        {
            return "ArgumentException";
        }

        ModelSecret s = FindActive(o.Name, o.Expected);
        var tags = new SortedDictionary<string, string>(s.Tags, StringComparer.Ordinal);
        foreach (string key in o.Remove)
        {
            tags.Remove(key);
        }

        SetAll(tags, o.Set);
        if (tags.Count > 20)
        {
            throw new Refused("Rejected.LimitExceeded");
        }

        if (!tags.SequenceEqual(s.Tags))
        {
            s.Tags = tags;
            Touch(s);
        }

        return "ok";
    }

    private void Touch(ModelSecret s)
    {
        s.Changed = _now;
        s.Revision++;
    }

    private static void SetAll(SortedDictionary<string, string> pairs, (string Key, string Value)[] set)
    {
        foreach ((string key, string value) in set)
        {
            pairs[key] = value;
        }
    }
}
