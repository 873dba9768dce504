using System.Text.Json;
using CsCheck;

namespace EmbeddedSecrets.Tests.Properties;

/// <summary>Random histories over few names, ids, stages and values, so that they meet each other often.</summary>
public static class OperationGenerator
{
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

    private static readonly Gen<string> Names = OneOf("a", "a", "a", "b");
    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Int[1, 14].Select(n => "v" + n),
        OneOf("x", "y", "z"));

    private static readonly Gen<string?> SomeIds = Gen.OneOf(Gen.Const((string?)null), Gen.Const((string?)null), Ids.Select(id => (string?)id));
    private static readonly Gen<string> Values = OneOf("p", "q");
    private static readonly Gen<string> Stages = OneOf("ACSCurrent", "ACSCurrent", "ACSPrevious", "s1", "s2", "s3", "s4", "s5", "s6", "s7");
    private static readonly Gen<string[]?> SomeStages = Gen.OneOf(Gen.Const((string[]?)null), Stages.Array[0, 3].Select(stages => (string[]?)stages), Stages.Array[1].Select(stages => (string[]?)stages));
    private static readonly Gen<Expectation> Expected = OneOf(Expectation.None, Expectation.None, Expectation.Present, Expectation.Present, Expectation.Stale);

    private static readonly Gen<(string Key, string Value)[]> Tags =
        Gen.Select(Gen.Int[1, 24].Select(n => "t" + n), Values).Array[0, 12].Select(tags => tags.DistinctBy(tag => tag.Item1).ToArray());

    private static readonly Gen<bool?> Enabled = OneOf<bool?>(null, true, false, false);

    private static readonly Gen<Operation> Create = Gen.Select(Names, SomeIds, Values, Values, Tags, Gen.Bool,
        (name, id, value, description, tags, restore) => (Operation)new Operation.Create(name, id, value, value == "p" ? null : description, tags, restore));

    private static readonly Gen<Operation> Put = Gen.Select(Names, SomeIds, Values, SomeStages, Expected,
        (name, id, value, stages, expected) => (Operation)new Operation.Put(name, id, value, stages, expected));

    private static readonly Gen<Operation> Get = Gen.Select(Names, SomeIds, Gen.Bool, Stages,
        (name, id, byStage, stage) => (Operation)new Operation.Read(name, id, byStage ? stage : null));

    private static readonly Gen<Operation> MoveStage = Gen.Select(Names, Stages, SomeIds, SomeIds, Ids, Expected,
        (name, stage, from, to, id, expected) => (Operation)new Operation.MoveStage(name, stage, from, from is null ? to ?? id : to, expected));

    private static readonly Gen<Operation> Describe = Gen.Select(Names, Values, Tags, Gen.Int[0, 2], Expected,
        (name, text, pairs, what, expected) => (Operation)new Operation.Describe(name, what == 0 ? null : text, what == 1 ? null : pairs, expected));

    private static readonly Gen<Operation> UpdateVersion = Gen.Select(Names, Ids, Enabled, Gen.Int[-1, 3], Expected,
        (name, id, enabled, days, expected) => (Operation)new Operation.UpdateVersion(name, id, enabled, days < 0 ? null : days, expected));

    private static readonly Gen<Operation> Destroy = Gen.Select(Names, Ids, Expected,
        (name, id, expected) => (Operation)new Operation.Destroy(name, id, expected));

    private static readonly Gen<Operation> Delete = Gen.Select(Names, Gen.Int[5, 32], Gen.Bool, Expected,
        (name, days, atOnce, expected) => (Operation)new Operation.Delete(name, atOnce && days > 24 ? null : days, expected));

    private static readonly Gen<Operation> Restore = Gen.Select(Names, Expected,
        (name, expected) => (Operation)new Operation.Restore(name, expected));

    private static readonly Gen<Operation> ChangeTags = Gen.Select(Names, Tags, Tags, Expected,
        (name, set, remove, expected) => (Operation)new Operation.ChangeTags(name, set, [.. remove.Select(tag => tag.Key)], expected));

    /// <summary>
    /// Makes the generator of one step. A subject that sweeps cannot bring a secret back when the clock goes back past the end
    /// of its recovery window; one that only hides must (SPEC D-20).
    /// </summary>
    public static Gen<Operation> Step(bool clockMayGoBack) => Gen.Frequency(
        (3, Create), (12, Put), (5, Get), (5, MoveStage), (2, Describe), (3, UpdateVersion), (2, Destroy), (1, Delete), (2, Restore), (2, ChangeTags), (2, Wait(clockMayGoBack)));

    /// <summary>Makes the generator of histories that begin with a secret.</summary>
    public static Gen<Operation[]> History(bool clockMayGoBack = false) => Step(clockMayGoBack).Array[1, 80].Select(
        steps => (Operation[])[new Operation.Create("a", null, "p", null, null, false), .. steps]);

    /// <summary>Plays a history on two subjects and compares every answer and every state.</summary>
    public static void Compare(ISecretSubject model, ISecretSubject subject, Operation[] history)
    {
        for (int i = 0; i < history.Length; i++)
        {
            string expected = model.Apply(history[i]);
            subject.Apply(history[i]).Should().Be(expected, "step {0} is {1}", i, Print(history[i]));
            foreach (string name in (string[])["a", "b"])
            {
                $"{subject.Observe(name)}".Should().Be($"{model.Observe(name)}", "that is '{0}' after step {1}, {2}", name, i, Print(history[i]));
            }
        }
    }

    /// <summary>Prints a step with its lists.</summary>
    public static string Print(Operation step) => $"{step.GetType().Name} {JsonSerializer.Serialize(step, step.GetType(), WithFields)}";

    private static Gen<Operation> Wait(bool mayGoBack) => Gen.Int[mayGoBack ? -2 : 0, 9].Select(days => (Operation)new Operation.Wait(days));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
