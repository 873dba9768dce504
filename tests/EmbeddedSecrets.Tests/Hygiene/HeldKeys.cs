using System.Collections;
using System.Reflection;
using EmbeddedSecrets.Buffers;

namespace EmbeddedSecrets.Tests.Hygiene;

/// <summary>
/// Every pinned key that hangs on an object, found by walking its fields: a key that somebody adds tomorrow is looked at as
/// well, without a list that has to know of it.
/// </summary>
internal static class HeldKeys
{
    public static IReadOnlyList<PinnedBytes> Of(object root)
    {
        var keys = new List<PinnedBytes>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Stack<object>([root]);
        while (left.TryPop(out object? next))
        {
            if (next is PinnedBytes key)
            {
                keys.Add(key);
            }

            foreach (object held in HeldBy(next).Where(seen.Add))
            {
                left.Push(held);
            }
        }

        return keys;
    }

    public static bool IsZero(this PinnedBytes key) => !key.Span.ContainsAnyExcept((byte)0);

    private static IEnumerable<object> HeldBy(object holder)
    {
        Type type = holder.GetType();
        if (type.IsArray)
        {
            return type.GetElementType()!.IsPrimitive ? [] : ((IEnumerable)holder).Cast<object?>().OfType<object>();
        }

        return FieldsOf(type).Select(field => field.GetValue(holder)).OfType<object>();
    }

    /// <summary>Of this library and of collections; what the runtime holds inside is none of our business.</summary>
    private static IEnumerable<FieldInfo> FieldsOf(Type? type)
    {
        for (; type is not null && (type.Assembly == typeof(SecretStore).Assembly || type.Namespace == typeof(List<>).Namespace); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.FieldType.IsPrimitive && !field.FieldType.IsPointer)
                {
                    yield return field;
                }
            }
        }
    }
}
