using EmbeddedSecrets.Buffers;
using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>The life of a secret: create, describe, update, delete, restore.</content>
public sealed partial class SecretStore
{
    /// <summary>Creates a secret with its first version, which carries <c>ACSCurrent</c>. One commit, one flush.</summary>
    /// <param name="name">1 to 192 characters of <c>A-Z a-z 0-9 _ / + = . @ -</c>, not beginning with <c>acs/</c>; case-sensitive.</param>
    /// <param name="value">The value of the first version. It is copied before the call returns; the caller keeps its own.</param>
    /// <param name="options">What else is said about the secret; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The new secret.</returns>
    /// <exception cref="ArgumentException">The name, the value or an option breaks its rule (SPEC section 2.2).</exception>
    /// <exception cref="ObjectDisposedException">The value, or the store, was disposed.</exception>
    /// <exception cref="SecretConflictException">The name is taken (<c>Rejected.ResourceExist</c>) or scheduled for deletion (<c>Rejected.ResourceInDeleteWindow</c>); or, when one is restored, the version id is or was used by another value.</exception>
    /// <exception cref="SecretRequestException">A secret that is restored would have more than 20 tags or 8 stages, or has another encryption key.</exception>
    /// <exception cref="SecretStoreException">The encryption key cannot be used, or the store cannot be read or written.</exception>
    public async ValueTask<SecretDescription> CreateSecretAsync(string name, SecretValue value, CreateSecretOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        SecretRules.CheckName(name, nameof(name));
        CreateSecretOptions given = OptionCopies.Checked(options);
        given.CreatedBy = _principal ?? given.CreatedBy;
        string keyId = given.EncryptionKeyId ?? _options.DefaultEncryptionKeyId;
        using SecretValue own = value.Copy();
        Request request = NewRequest(SecretAction.CreateSecret) with { Also = _principal is null ? null : DoneByRestoring(given) };
        var creation = new CreateRequest(name, PublicRandom.NextId(), own.Kind, keyId, given);
        var appended = new NewValue(own, given.IfScheduledForDeletion == ScheduledDeletionBehavior.Restore ? given.VersionId : null, WhenScheduled: true);
        SecretTransition done = await ChangeAsync(
            name, (stored, same, context) => SecretLife.Create(stored, creation, same, context), request, cancellationToken, appended).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, request.Id);
    }

    /// <summary>Describes a secret, also one that is scheduled for deletion. Never decrypts a value.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What is known of the secret.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public async ValueTask<SecretDescription> DescribeSecretAsync(string name, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        Request request = NewRequest(SecretAction.DescribeSecret);
        Secret secret = await LoadAsync(name, request, cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(secret, request.Id, LastAccess(secret));
    }

    /// <summary>Changes the description or the annotations of a secret, or moves it to another encryption key.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="options">What to change; at least one of them.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The secret afterwards.</returns>
    /// <exception cref="ArgumentException">The name or an option breaks its rule, or there is nothing to change.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretUnavailableException">The encryption key of the secret, or the one that it is to move to, does not exist or cannot be used now.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask<SecretDescription> UpdateSecretAsync(string name, UpdateSecretOptions options, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        UpdateSecretOptions given = OptionCopies.Checked(options);
        Request request = NewRequest(SecretAction.UpdateSecret);
        SecretTransition done = await ChangeAsync(
            name, (stored, _, context) => SecretLife.Update(name, stored, given, context), request, cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, request.Id);
    }

    /// <summary>Deletes a secret: after a recovery window, in which its values cannot be read and it can be restored, or at once and for good.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="deletion">How; null for the window of <see cref="SecretStoreOptions.RecoveryWindow"/>.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The secret afterwards; its <see cref="SecretDescription.PlannedDeleteTime"/> is now when it was deleted at once.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion already, its revision is not the expected one, or it was read lately and the options say to refuse that (<c>Rejected.ResourceInUse</c>).</exception>
    /// <exception cref="SecretStoreException">Purge protection forbids it, or the store cannot be read or written.</exception>
    public async ValueTask<SecretDescription> DeleteSecretAsync(string name, SecretDeletion? deletion = null, DeleteSecretOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        TimeSpan? window = (deletion ?? SecretDeletion.After(_options.RecoveryWindow)).RecoveryWindow;
        SecretRevision? expected = options?.ExpectedRevision;
        TimeSpan? unread = options?.RefuseIfReadWithin;
        OptionRules.CheckUnread(unread, nameof(options));
        Request request = NewRequest(SecretAction.DeleteSecret);
        Secret? removed = null;
        DateTimeOffset removedAt = default;
        SecretTransition done = await ChangeAsync(
            name,
            (stored, _, context) =>
            {
                (removed, removedAt) = (stored, context.Now);
                SecretLife.RequireUnread(stored, unread, LastAccess(stored), context.Now);
                return SecretLife.Delete(name, stored, window, _options.PurgeProtection, expected, context);
            },
            request,
            cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(done.Next ?? removed! with { PlannedDeleteTime = removedAt }, request.Id, LastAccess(removed));
    }

    /// <summary>Takes a scheduled deletion back: versions, stages and tags are as they were.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The secret afterwards.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret, or its window has ended.</exception>
    /// <exception cref="SecretConflictException">The secret is not scheduled for deletion (<c>Rejected.ResourceInUse</c>), or its revision is not the expected one.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask<SecretDescription> RestoreSecretAsync(string name, RestoreSecretOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        SecretRevision? expected = options?.ExpectedRevision;
        Request request = NewRequest(SecretAction.RestoreSecret);
        SecretTransition done = await ChangeAsync(
            name, (stored, _, context) => SecretLife.Restore(name, stored, expected, context), request, cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, request.Id);
    }

    /// <summary>Creating over a secret that is there may restore it, put a value and change its metadata: no way around its policy.</summary>
    private static SecretAction[] DoneByRestoring(CreateSecretOptions options)
    {
        List<SecretAction> done = [SecretAction.RestoreSecret, SecretAction.PutSecretValue];
        if (options.Policy is not null)
        {
            done.Add(SecretAction.SetSecretPolicy);
        }

        if (options.Tags is not null)
        {
            done.Add(SecretAction.TagResources);
        }

        if (options.Description is not null || options.Annotations is not null)
        {
            done.Add(SecretAction.UpdateSecret);
        }

        return [.. done];
    }

    /// <summary>The number of the last day on which the secret was read, as far as it is known here; 0 for never.</summary>
    private int LastAccess(Secret? secret)
    {
        return secret is null ? 0 : _session.Accesses?.LastOf(secret) ?? secret.LastAccessDay;
    }
}
