using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>Tags of one or several secrets, all or nothing.</content>
public sealed partial class SecretStore
{
    private static readonly Dictionary<string, string> NoTags = [];

    /// <summary>Sets tags on several secrets in one commit; a key that exists gets the new value.</summary>
    /// <param name="names">1 to 50 different names.</param>
    /// <param name="tags">1 to 20 tags.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>When all secrets carry the tags.</returns>
    /// <exception cref="ArgumentException">A name or a tag breaks its rule (SPEC section 2.2), or there is none.</exception>
    /// <exception cref="SecretNotFoundException">A secret does not exist; the message names it. Nothing was changed.</exception>
    /// <exception cref="SecretConflictException">A secret is scheduled for deletion, or a revision is not the expected one. Nothing was changed.</exception>
    /// <exception cref="SecretRequestException">A secret would have more than 20 tags. Nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask TagSecretsAsync(IReadOnlyCollection<string> names, IReadOnlyDictionary<string, string> tags, TagOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return ChangeTagsAsync(names, tags, [], nameof(tags), nameof(tags), options, cancellationToken);
    }

    /// <summary>Removes tags from several secrets in one commit; a key that a secret does not have is passed over.</summary>
    /// <param name="names">1 to 50 different names.</param>
    /// <param name="keys">1 to 20 tag keys.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>When no secret carries the tags any more.</returns>
    /// <exception cref="ArgumentException">A name or a key breaks its rule (SPEC section 2.2), or there is none.</exception>
    /// <exception cref="SecretNotFoundException">A secret does not exist; the message names it. Nothing was changed.</exception>
    /// <exception cref="SecretConflictException">A secret is scheduled for deletion, or a revision is not the expected one. Nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask UntagSecretsAsync(IReadOnlyCollection<string> names, IReadOnlyCollection<string> keys, TagOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return ChangeTagsAsync(names, NoTags, keys, nameof(keys), nameof(keys), options, cancellationToken);
    }

    /// <summary>Sets and removes tags of several secrets in one commit; what is removed is removed before the limit of 20 is checked.</summary>
    /// <param name="names">1 to 50 different names.</param>
    /// <param name="set">The tags to set, at most 20.</param>
    /// <param name="remove">The tag keys to remove, at most 20, none of them in <paramref name="set"/>.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>When all secrets were changed.</returns>
    /// <exception cref="ArgumentException">A name, a tag or a key breaks its rule (SPEC section 2.2), there is nothing to do, or a key is both set and removed.</exception>
    /// <exception cref="SecretNotFoundException">A secret does not exist; the message names it. Nothing was changed.</exception>
    /// <exception cref="SecretConflictException">A secret is scheduled for deletion, or a revision is not the expected one. Nothing was changed.</exception>
    /// <exception cref="SecretRequestException">A secret would have more than 20 tags. Nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public ValueTask UpdateTagsAsync(IReadOnlyCollection<string> names, IReadOnlyDictionary<string, string> set, IReadOnlyCollection<string> remove, TagOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(remove);
        return ChangeTagsAsync(names, set, remove, nameof(set), nameof(remove), options, cancellationToken);
    }

    /// <summary>The parameter names are those of the operation that was called.</summary>
    private async ValueTask ChangeTagsAsync(
        IReadOnlyCollection<string> names,
        IReadOnlyDictionary<string, string> set,
        IReadOnlyCollection<string> remove,
        string setParameter,
        string removeParameter,
        TagOptions? options,
        CancellationToken cancellationToken)
    {
        string[] changed = SecretRules.CheckedNames(names, nameof(names));
        Dictionary<string, string> tags = new(set, StringComparer.Ordinal);
        string[] removed = [.. remove];
        OptionRules.Check(tags, removed, setParameter, removeParameter);
        Dictionary<string, SecretRevision> expected = OptionCopies.Checked(options, changed);

        // What does both needs both rights, and what only removes is no tagging, whatever the member is called.
        Request request = NewRequest(tags.Count == 0 ? SecretAction.UntagResources : SecretAction.TagResources) with
        {
            Also = tags.Count > 0 && removed.Length > 0 ? [SecretAction.UntagResources] : null,
        };
        await ChangeAllAsync(
            changed,
            (name, stored, _, context) => SecretTags.Change(name, stored, tags, removed, expected.TryGetValue(name, out SecretRevision revision) ? revision : null, context),
            request,
            cancellationToken).ConfigureAwait(false);
    }
}
