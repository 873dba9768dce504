using System.Text.RegularExpressions;
using EmbeddedSecrets.Tests.SamplePrograms;

namespace EmbeddedSecrets.Tests.Conventions;

/// <summary>What a folder of the library uses, never uses it: read from the source, by the names of types.</summary>
[TestFixture]
public sealed partial class FolderTests
{
    private static readonly string Root = Path.Combine(SampleProgram.RepositoryRoot, "src/EmbeddedSecrets");

    /// <summary>The functional core and what it is made of: nothing of it may come to a folder that reads or writes.</summary>
    private static readonly string[] Core = ["Secrets", "Versions", "Policies"];

    private static readonly string[] Outside = ["Interop", "Files", "Repositories", "Repositories/Log", "Auditing", "Anchors", "Pipeline", "Exchange", "Verification", "DependencyInjection", string.Empty];

    [Test]
    public void Folders_OfTheLibrary_HaveNoCircle()
    {
        string.Join(Environment.NewLine, FindCircle(Uses(Sources()))).Should().BeEmpty();
    }

    [Test]
    public void FunctionalCore_OfTheLibrary_ComesToNothingThatReadsOrWrites()
    {
        ILookup<string, Use> uses = Uses(Sources()).ToLookup(static use => use.From);
        var reached = new HashSet<string>(Core);
        var next = new Queue<string>(Core);
        while (next.TryDequeue(out string? folder))
        {
            foreach (Use use in uses[folder].Where(use => reached.Add(use.To)))
            {
                next.Enqueue(use.To);
            }
        }

        reached.Should().NotIntersectWith(Outside);
        Core.Should().OnlyContain(folder => uses.Contains(folder), "a folder that is not there would pass for one that uses nothing");
    }

    [TestCase("class A { B? _b; }", "class B;", false)]
    [TestCase("class A { B? _b; }", "class B { List<A> _a; }", true)]
    [TestCase("class A { B? _b; }", "class B { string A => string.Empty; }", false)]
    [TestCase("class A { B? _b; }", "class B { object Make() => new A(); }", true)]
    [TestCase("class A { B? _b; }", "class B { /* A */ string C => \"A\"; } // A", false)]
    [TestCase("class A { B? _b; }", "class B { int C => x.A; }", false)]
    [TestCase("class A { B? _b; }", "class B { string C => $\"at most {A.Limit} of them\"; }", true)]
    [TestCase("class A { B? _b; }", "class B { string C => $\"see {nameof(A)}\"; }", false)]
    public void FindCircle_TwoFolders_SeesTypesOnly(string one, string other, bool expected)
    {
        var sources = new Dictionary<string, string> { ["One/A.cs"] = one, ["Other/B.cs"] = other };

        FindCircle(Uses(sources)).Length.Should().Be(expected ? 3 : 0);
    }

    private static Dictionary<string, string> Sources()
    {
        if (!Directory.Exists(Root))
        {
            Assert.Ignore($"The source of the library is not in {Root}.");
        }

        var sources = Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(Root, path).Replace('\\', '/')))
            .Where(static file => !file.Name.StartsWith("obj/", StringComparison.Ordinal) && !file.Name.StartsWith("bin/", StringComparison.Ordinal))
            .ToDictionary(static file => file.Name, static file => File.ReadAllText(file.Path));
        sources.Should().HaveCountGreaterThan(300);
        return sources;
    }

    private static Use[] Uses(Dictionary<string, string> sources)
    {
        var code = sources.ToDictionary(static source => source.Key, static source => NoCode().Replace(source.Value, HolesOf));
        var places = code.SelectMany(static source => Declaration().Matches(source.Value).Select(match => (Type: match.Groups[1].Value, Folder: FolderOf(source.Key))))
            .ToLookup(static place => place.Type, static place => place.Folder);
        return
        [
            .. from source in code
               from name in TypeName().Matches(source.Value).Select(static match => match.Value).Distinct()
               from folder in places[name].Distinct()
               where !places[name].Contains(FolderOf(source.Key))
               select new Use(FolderOf(source.Key), folder, $"{source.Key}: {name}"),
        ];
    }

    /// <summary>The folders of one circle, the first again at the end, each with a place where it uses the next; empty where there is none.</summary>
    private static string[] FindCircle(Use[] uses)
    {
        ILookup<string, Use> from = uses.ToLookup(static use => use.From);
        var done = new HashSet<string>();
        foreach (string start in from.Select(static group => group.Key))
        {
            if (Visit(start, []) is { Length: > 0 } circle)
            {
                return circle;
            }
        }

        return [];

        string[] Visit(string folder, List<Use> path)
        {
            int first = path.FindIndex(use => use.From == folder);
            if (first >= 0)
            {
                return [.. path[first..].Select(static use => $"{use.From} uses {use.To} ({use.Place})"), folder];
            }

            if (done.Contains(folder))
            {
                return [];
            }

            foreach (Use use in from[folder].DistinctBy(static use => use.To))
            {
                path.Add(use);
                if (Visit(use.To, path) is { Length: > 0 } circle)
                {
                    return circle;
                }

                path.RemoveAt(path.Count - 1);
            }

            done.Add(folder);
            return [];
        }
    }

    /// <summary>What stands in the holes of an interpolated text, the names that it only tells left out; of comments and other texts nothing.</summary>
    private static string HolesOf(Match match)
    {
        return match.Value.StartsWith('$')
            ? string.Concat(Hole().Matches(match.Value).Select(static hole => $";{NameOf().Replace(hole.Groups[1].Value, " ")};"))
            : " ";
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!.Replace('\\', '/');

    /// <summary>Comments and texts.</summary>
    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$?@?"(\\.|[^"\\\n])*"|"{3}.*?"{3}""", RegexOptions.Singleline)]
    private static partial Regex NoCode();

    [GeneratedRegex("""\{([^{}"]*)\}""")]
    private static partial Regex Hole();

    [GeneratedRegex(@"nameof\([^)]*\)")]
    private static partial Regex NameOf();

    /// <summary>Types that are not nested: those begin a line.</summary>
    [GeneratedRegex(@"^(?:(?:public|internal|sealed|static|abstract|partial|readonly|file|ref) )*(?:class|struct|interface|enum|record(?: struct| class)?|delegate \S+) ([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    /// <summary>A name that is not a member of something and not declared here: before it stands a sign, or a word after which a type comes.</summary>
    [GeneratedRegex(@"(?<=(?:^|[(\[<,{;=:!~&|+*/-]|[^=]>\s*\n|\b(?:new|return|is|as|in|out|ref|case|not|or|and|throw|static|readonly|required|params|public|internal|private|protected|sealed|override|abstract|virtual|async|await|const|event|this|using|where|default|extern|scoped|init|fixed|when|typeof|partial|unsafe|else|yield))\s*)[A-Z]\w*", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    private sealed record Use(string From, string To, string Place);
}
