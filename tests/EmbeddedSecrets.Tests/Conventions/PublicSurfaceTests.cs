using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace EmbeddedSecrets.Tests.Conventions;

/// <summary>What every public type keeps to, whoever writes it.</summary>
[TestFixture]
public sealed class PublicSurfaceTests
{
    private static readonly Assembly Library = typeof(SecretStore).Assembly;

    private static IEnumerable<Type> PublicTypes => Library.GetExportedTypes();

    [TestCaseSource(nameof(PublicTypes))]
    public void PublicClass_Any_IsSealedOrStaticOrTheExceptionRoot(Type type)
    {
        if (type.IsClass && type != typeof(SecretStoreException))
        {
            type.IsSealed.Should().BeTrue("{0} is public, and extension goes through the interfaces", type.Name);
        }
    }

    [TestCaseSource(nameof(PublicTypes))]
    public void PublicType_Any_StandsInTheOneNamespace(Type type)
    {
        if (type.Name != "SecretStoreServiceCollectionExtensions")
        {
            type.Namespace.Should().Be("EmbeddedSecrets");
        }
    }

    [Test]
    public void Namespaces_All_HaveNoSegmentThatHidesTheFacade()
    {
        IEnumerable<string> segments = Library.GetTypes()
            .Concat(typeof(PublicSurfaceTests).Assembly.GetTypes())
            .SelectMany(type => (type.Namespace ?? string.Empty).Split('.'));
        segments.Should().NotContain("SecretStore", "such a segment makes 'SecretStore store' fail with CS0118");
    }

    [TestCaseSource(nameof(PublicTypes))]
    public void PublicType_Any_IsDocumentedWithItsMembers(Type type)
    {
        HashSet<string> documented = Documentation();
        var missing = new List<string>();
        if (!documented.Contains($"T:{type.FullName}"))
        {
            missing.Add(type.Name);
        }

        BindingFlags own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (PropertyInfo property in type.GetProperties(own))
        {
            if (!IsGenerated(property) && !documented.Any(name => name == $"P:{type.FullName}.{property.Name}" || (type.IsValueType || type.GetMethod("<Clone>$") is not null)))
            {
                missing.Add($"{type.Name}.{property.Name}");
            }
        }

        foreach (MethodInfo method in type.GetMethods(own).Where(m => !m.IsSpecialName && !IsGenerated(m)))
        {
            string prefix = $"M:{type.FullName}.{method.Name}";
            if (!documented.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                missing.Add($"{type.Name}.{method.Name}");
            }
        }

        foreach (FieldInfo field in type.GetFields(own).Where(f => !f.IsSpecialName))
        {
            if (!documented.Contains($"F:{type.FullName}.{field.Name}"))
            {
                missing.Add($"{type.Name}.{field.Name}");
            }
        }

        missing.Should().BeEmpty();
    }

    [Test]
    public void TypesThatHoldAValue_All_AreClassesThatPrintNothingOfIt()
    {
        const string marker = "marker-value-that-must-not-be-printed";
        using SecretStore store = SecretStore.CreateInMemory();
        using SecretValue value = SecretValue.FromText(marker);
        store.CreateSecretAsync("printed", value).AsTask().GetAwaiter().GetResult();
        using SecretValueResult result = store.GetSecretValue("printed");
        using SecretValueBatch batch = store.GetSecretValues(["printed"]);

        foreach (object holder in new object[] { value, result, batch, store })
        {
            holder.ToString().Should().NotContain(marker);
            $"{holder}".Should().NotContain(marker);
            string debugger = holder.GetType().GetCustomAttribute<DebuggerDisplayAttribute>()?.Value ?? string.Empty;
            debugger.Should().NotContain("Span").And.NotContain("Reveal");
            Serialised(holder).Should().NotContain(marker).And.NotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(marker)));
        }

        typeof(SecretValue).IsClass.Should().BeTrue();
        typeof(SecretValue).GetMethod("<Clone>$").Should().BeNull("a record prints its members");
        typeof(SecretValue).Should().NotBeAssignableTo<IFormattable>();
    }

    [Test]
    public void Assembly_References_AreTheFrameworkAndTwoPackages()
    {
        IEnumerable<string> others = Library.GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "System" && name != "netstandard" && name != "Microsoft.Win32.Primitives");
        others.Should().BeSubsetOf(["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Options"]);
    }

    private static string Serialised(object holder)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Serialize(holder, holder.GetType());
        }
        catch (NotSupportedException)
        {
            return string.Empty;
        }
    }

    private static bool IsGenerated(MemberInfo member)
    {
        return member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || member.Name is "Equals" or "GetHashCode" or "ToString" or "Deconstruct" or "PrintMembers" || member.Name.StartsWith('<');
    }

    private static HashSet<string> Documentation()
    {
        string path = Path.ChangeExtension(Library.Location, ".xml");
        return XDocument.Load(path).Descendants("member").Select(member => member.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);
    }
}
