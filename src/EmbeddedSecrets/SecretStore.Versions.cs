using EmbeddedSecrets.Pipeline;
using EmbeddedSecrets.Policies;
using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets;

/// <content>Versions and their stages.</content>
public sealed partial class SecretStore
{
    /// <summary>
    /// Puts a new version. By default it becomes <c>ACSCurrent</c> and the version that was current becomes <c>ACSPrevious</c>.
    /// When a secret has more than ten versions, the oldest one without a stage falls out. One commit, one flush.
    /// </summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="value">The value, at most 30,720 bytes. It is copied before the call returns; the caller keeps its own.</param>
    /// <param name="options">What else is said about the version; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The new version; for a replay of an existing version id with the same value, that version as it is.</returns>
    /// <exception cref="ArgumentException">The name, the value or an option breaks its rule (SPEC section 2.2).</exception>
    /// <exception cref="ObjectDisposedException">The value, or the store, was disposed.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretConflictException">The version id is or was used by another value, the secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretRequestException">The secret would have more than 8 stages (<c>Rejected.LimitExceeded</c>).</exception>
    /// <exception cref="SecretStoreException">The encryption key cannot be used, or the store cannot be read or written.</exception>
    public async ValueTask<SecretVersionDescription> PutSecretValueAsync(string name, SecretValue value, PutSecretValueOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        SecretRules.CheckName(name, nameof(name));
        PutSecretValueOptions given = OptionCopies.Checked(options);
        given.CreatedBy = _principal ?? given.CreatedBy;
        using SecretValue own = value.Copy();
        Request request = NewRequest(SecretAction.PutSecretValue);
        SecretTransition done = await ChangeAsync(
            name, (stored, same, context) => SecretVersions.Put(name, stored, own.Kind, given, same, context), request, cancellationToken, new NewValue(own, given.VersionId, WhenScheduled: false)).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, done.Version!, request.Id);
    }

    /// <summary>Lists the versions of a secret, the oldest first, without values.</summary>
    /// <param name="name">The name of the secret, also one that is scheduled for deletion.</param>
    /// <param name="includeDeprecated">Whether versions without a stage are listed too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>At most ten versions.</returns>
    /// <exception cref="ArgumentException">The name breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read.</exception>
    public async ValueTask<IReadOnlyList<SecretVersionDescription>> ListSecretVersionIdsAsync(string name, bool includeDeprecated = false, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        Request request = NewRequest(SecretAction.ListSecretVersionIds);
        Secret secret = await LoadAsync(name, request, cancellationToken).ConfigureAwait(false);
        return [.. secret.Versions.Where(v => includeDeprecated || v.Stages.Count > 0).Select(v => Descriptions.Of(secret, v, request.Id))];
    }

    /// <summary>
    /// Puts a stage on a version, moves it, or removes it. When <c>ACSCurrent</c> moves, <c>ACSPrevious</c> goes to the version
    /// that it left: moving it to the version of <c>ACSPrevious</c> is a rollback in one call.
    /// </summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="stage">The stage, 1 to 64 characters of <c>A-Z a-z 0-9 _ . -</c>.</param>
    /// <param name="move">From which version to which.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The secret afterwards.</returns>
    /// <exception cref="ArgumentException">An argument breaks its rule, or a built-in stage would be removed.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret or version.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretRequestException">The stage is not on the version that it should leave, the secret would have more than 8 stages, or <c>ACSCurrent</c> would go to a version that is disabled or destroyed.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask<SecretDescription> UpdateSecretVersionStageAsync(string name, string stage, VersionStageMove move, UpdateStageOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        SecretRules.CheckStage(stage, nameof(stage));
        OptionRules.Check(stage, move, nameof(move));
        SecretRevision? expected = options?.ExpectedRevision;
        Request request = NewRequest(SecretAction.UpdateSecretVersionStage);
        SecretTransition done = await ChangeAsync(
            name, (stored, _, context) => SecretVersions.MoveStage(name, stored, stage, move, expected, context), request, cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, request.Id);
    }

    /// <summary>Enables or disables a version, or changes from when until when it may be read.</summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="versionId">The version.</param>
    /// <param name="options">What to change; at least one of them.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>The version afterwards.</returns>
    /// <exception cref="ArgumentException">An argument breaks its rule, or there is nothing to change.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret or version.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretRequestException">The version carries <c>ACSCurrent</c> and would be disabled.</exception>
    /// <exception cref="SecretUnavailableException">The version was destroyed.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask<SecretVersionDescription> UpdateSecretVersionAsync(string name, string versionId, UpdateSecretVersionOptions options, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        SecretRules.CheckVersionId(versionId, nameof(versionId));
        UpdateSecretVersionOptions given = OptionCopies.Checked(options);
        Request request = NewRequest(SecretAction.UpdateSecretVersion);
        SecretTransition done = await ChangeAsync(
            name, (stored, _, context) => SecretVersions.Update(name, stored, versionId, given, context), request, cancellationToken).ConfigureAwait(false);
        return Descriptions.Of(done.Next!, done.Version!, request.Id);
    }

    /// <summary>
    /// Destroys the value of a version for good. The version keeps its id and its place among the ten. The encrypted bytes stay
    /// in the log until it is compacted.
    /// </summary>
    /// <param name="name">The name of the secret.</param>
    /// <param name="versionId">The version; not the one that carries <c>ACSCurrent</c>.</param>
    /// <param name="options">What else is asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait; before the commit is part of a write nothing was changed.</param>
    /// <returns>When the version is destroyed; destroying it twice is harmless.</returns>
    /// <exception cref="ArgumentException">An argument breaks its rule.</exception>
    /// <exception cref="SecretNotFoundException">There is no such secret or version.</exception>
    /// <exception cref="SecretConflictException">The secret is scheduled for deletion, or its revision is not the expected one.</exception>
    /// <exception cref="SecretRequestException">The version carries <c>ACSCurrent</c>.</exception>
    /// <exception cref="SecretStoreException">The store cannot be read or written.</exception>
    public async ValueTask DestroySecretVersionAsync(string name, string versionId, DestroyVersionOptions? options = null, CancellationToken cancellationToken = default)
    {
        SecretRules.CheckName(name, nameof(name));
        SecretRules.CheckVersionId(versionId, nameof(versionId));
        SecretRevision? expected = options?.ExpectedRevision;
        await ChangeAsync(
            name, (stored, _, context) => SecretVersions.Destroy(name, stored, versionId, expected, context), NewRequest(SecretAction.DestroySecretVersion), cancellationToken).ConfigureAwait(false);
    }
}
