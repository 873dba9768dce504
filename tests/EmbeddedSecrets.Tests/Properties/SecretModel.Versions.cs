namespace EmbeddedSecrets.Tests.Properties;

/// <summary>Versions and stages.</summary>
public sealed partial class SecretModel
{
    private string Put(Operation.Put o)
    {
        string[] stages = o.Stages ?? [Current];
        if (stages.Length is 0 or > 8 || stages.Distinct().Count() != stages.Length || (stages.Contains(Current) && stages.Contains(Previous)))
        {
            return "ArgumentException";
        }

        ModelSecret s = FindActive(o.Name, Expectation.None);
        if (FindReplay(s, o.VersionId, o.Value) is { } replay)
        {
            return replay;
        }

        Expect(o.Expected);
        string id = AppendVersion(s, o.VersionId, o.Value, stages);
        Touch(s);
        return id;
    }

    private static string? FindReplay(ModelSecret s, string? id, string value)
    {
        ModelVersion? v = s.Versions.Find(v => v.Id == id);
        if (v == null)
        {
            return null;
        }

        return v.State != SecretVersionState.Destroyed && v.Value == value ? v.Id : throw new Refused("Rejected.ResourceExist");
    }

    private string AppendVersion(ModelSecret s, string? id, string value, string[] stages)
    {
        if (id != null && s.Retired.Contains(id))
        {
            throw new Refused("Rejected.ResourceExist");
        }

        long lastV = s.LastV;
        while (id == null)
        {
            lastV++;
            string candidate = "v" + lastV;
            id = s.Versions.Exists(v => v.Id == candidate) || s.Retired.Contains(candidate) ? null : candidate;
        }

        Dictionary<string, string> moved = MoveStages(s, stages, id);
        s.LastV = lastV;
        s.Stages = moved;
        s.Versions.Add(new ModelVersion { Id = id, Value = value, Created = _now });
        while (s.Versions.Count > capacity && s.Versions.Find(v => v.Id != id && !moved.ContainsValue(v.Id)) is { } oldest)
        {
            s.Versions.Remove(oldest);
            s.Retired.Add(oldest.Id);
            if (s.Retired.Count > 100)
            {
                s.Retired.RemoveAt(0);
            }
        }

        return id;
    }

    private static Dictionary<string, string> MoveStages(ModelSecret s, string[] stages, string target)
    {
        var moved = new Dictionary<string, string>(s.Stages);
        foreach (string stage in stages)
        {
            moved[stage] = target;
        }

        if (moved[Current] != s.Stages[Current])
        {
            moved[Previous] = s.Stages[Current];
        }

        return moved.Count > 8 ? throw new Refused("Rejected.LimitExceeded") : moved;
    }

    private string Get(Operation.Read o)
    {
        ModelSecret s = FindActive(o.Name, Expectation.None);
        ModelVersion? v;
        if (o.VersionId != null && o.Stage != null)
        {
            v = s.Versions.Find(v => v.Id == o.VersionId && s.Stages.GetValueOrDefault(o.Stage) == v.Id) ?? throw new Refused("InvalidParameter");
        }
        else
        {
            string? id = o.VersionId ?? s.Stages.GetValueOrDefault(o.Stage ?? Current);
            v = s.Versions.Find(v => v.Id == id) ?? throw new Refused("Forbidden.ResourceNotFound");
        }

        return v.State == SecretVersionState.Enabled && !(v.Expires <= _now) ? v.Value : throw new Refused("Rejected.Unavailable");
    }

    private string MoveStage(Operation.MoveStage o)
    {
        if (o.To == null && (o.Stage == Current || o.Stage == Previous))
        {
            return "ArgumentException";
        }

        ModelSecret s = FindActive(o.Name, o.Expected);
        ModelVersion? from = o.From == null ? null : s.Find(o.From);
        ModelVersion? to = o.To == null ? null : s.Find(o.To);
        string? at = s.Stages.GetValueOrDefault(o.Stage);
        if (from != null && at != from.Id)
        {
            throw new Refused("InvalidParameter");
        }

        if (to == null)
        {
            s.Stages.Remove(o.Stage);
            Touch(s);
            return "ok";
        }

        if (at == to.Id)
        {
            return "ok";
        }

        if (o.Stage == Current && to.State != SecretVersionState.Enabled)
        {
            throw new Refused("InvalidParameter");
        }

        s.Stages = MoveStages(s, [o.Stage], to.Id);
        Touch(s);
        return "ok";
    }

    private string UpdateVersion(Operation.UpdateVersion o)
    {
        if (o.Enabled == null && o.ExpiresInDays == null)
        {
            return "ArgumentException";
        }

        ModelSecret s = FindActive(o.Name, o.Expected);
        ModelVersion v = s.Find(o.VersionId);
        if (v.State == SecretVersionState.Destroyed && (o.Enabled != null || o.ExpiresInDays != null))
        {
            throw new Refused("Rejected.Unavailable");
        }

        if (o.Enabled == false && s.Stages[Current] == v.Id)
        {
            throw new Refused("InvalidParameter");
        }

        SecretVersionState state = o.Enabled == null ? v.State : o.Enabled.Value ? SecretVersionState.Enabled : SecretVersionState.Disabled;
        DateTimeOffset? expires = o.ExpiresInDays == null ? v.Expires : o.ExpiresInDays == 0 ? null : _now.AddDays(o.ExpiresInDays.Value);
        if (state != v.State || expires != v.Expires)
        {
            v.State = state;
            v.Expires = expires;
            Touch(s);
        }

        return "ok";
    }

    private string Destroy(Operation.Destroy o)
    {
        ModelSecret s = FindActive(o.Name, o.Expected);
        ModelVersion v = s.Find(o.VersionId);
        if (s.Stages[Current] == v.Id)
        {
            throw new Refused("InvalidParameter");
        }

        if (v.State != SecretVersionState.Destroyed)
        {
            v.State = SecretVersionState.Destroyed;
            Touch(s);
        }

        return "ok";
    }
}
