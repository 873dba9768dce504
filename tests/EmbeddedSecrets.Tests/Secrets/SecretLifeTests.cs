using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretLifeTests
{
    private static readonly CreateSecretOptions Restoring = new() { IfScheduledForDeletion = ScheduledDeletionBehavior.Restore };

    [Test]
    public void Create_NoVersionId_ChoosesV1()
    {
        Secret secret = TestSecret.Create();

        secret.At(SecretStages.Current).Should().Be("v1");
        secret.LastChosenVersionId.Should().Be(1);
        secret.RevisionNumber.Should().Be(1);
    }

    [Test]
    public void Create_Active_IsResourceExistEvenWhenItMayRestore()
    {
        FluentActions.Invoking(() => { Create(TestSecret.Create(), Restoring); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
    }

    [Test]
    public void Create_Scheduled_IsResourceInDeleteWindow()
    {
        FluentActions.Invoking(() => { Create(TestSecret.Create().Scheduled(), new CreateSecretOptions()); }).ShouldFail(SecretStoreErrorCodes.ResourceInDeleteWindow);
    }

    [Test]
    public void Create_OverAnExpiredSecret_MakesAFreshOne()
    {
        Secret stored = TestSecret.Create().With().Scheduled();
        Secret fresh = Create(stored, new CreateSecretOptions(), now: TestSecret.Now.AddDays(7)).Next!;

        fresh.Incarnation.Should().NotBe(stored.Incarnation);
        fresh.Versions.Should().ContainSingle().Which.VersionId.Should().Be("v1");
        fresh.RevisionNumber.Should().Be(1);
    }

    [Test]
    public void Create_Restoring_PutsTheValueInOneChange()
    {
        Secret stored = TestSecret.Create(new CreateSecretOptions { Description = "old", Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" } }).Scheduled();
        var options = new CreateSecretOptions
        {
            Description = "new",
            Tags = new Dictionary<string, string> { ["b"] = "2" },
            IfScheduledForDeletion = ScheduledDeletionBehavior.Restore,
        };
        Secret next = Create(stored, options).Next!;

        next.PlannedDeleteTime.Should().BeNull();
        next.At(SecretStages.Current).Should().Be("v2");
        next.At(SecretStages.Previous).Should().Be("v1");
        next.Description.Should().Be("new");
        next.Tags.Should().Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        next.RevisionNumber.Should().Be(stored.RevisionNumber + 1);
        next.Incarnation.Should().Be(stored.Incarnation);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Create_RestoringWithAStoredId_RestoresOnlyForTheSameValue(bool same)
    {
        Secret stored = TestSecret.Create().Scheduled();
        var options = new CreateSecretOptions { VersionId = "v1", IfScheduledForDeletion = ScheduledDeletionBehavior.Restore };
        if (same)
        {
            SecretTransition transition = Create(stored, options, same);
            transition.IsUnchanged.Should().BeFalse();
            transition.Next!.PlannedDeleteTime.Should().BeNull();
            transition.Next.Versions.Should().Equal(stored.Versions);
        }
        else
        {
            FluentActions.Invoking(() => { Create(stored, options, same); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
        }
    }

    [Test]
    public void Create_RestoringUnderAnotherKey_IsInvalidParameter()
    {
        var options = new CreateSecretOptions { EncryptionKeyId = "other", IfScheduledForDeletion = ScheduledDeletionBehavior.Restore };

        FluentActions.Invoking(() => { Create(TestSecret.Create().Scheduled(), options); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
    }

    [Test]
    public void Create_CallersDictionaryChangesLater_SecretDoesNot()
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["b"] = "1", ["A"] = "1" };
        Secret secret = TestSecret.Create(new CreateSecretOptions { Tags = tags });
        tags.Clear();

        secret.Tags.Keys.Should().Equal("A", "b");
        secret.Tags.ContainsKey("a").Should().BeFalse();
    }

    [TestCase(-1, true)]
    [TestCase(0, false)]
    public void Existing_AtPlannedDeleteTime_IsAbsent(int seconds, bool exists)
    {
        DateTimeOffset end = TestSecret.Now.AddDays(7);

        (SecretLife.Existing(TestSecret.Create().Scheduled(), end.AddSeconds(seconds)) is not null).Should().Be(exists);
    }

    [Test]
    public void Update_SameText_IsUnchanged()
    {
        Secret secret = TestSecret.Create(new CreateSecretOptions { Description = "d" });

        SecretLife.Update("name", secret, new UpdateSecretOptions { Description = "d", Annotations = new Dictionary<string, string>() }, TestSecret.Context())
            .IsUnchanged.Should().BeTrue();
    }

    [Test]
    public void Update_OtherText_CountsOneRevisionAndSetsTheTime()
    {
        DateTimeOffset later = TestSecret.Now.AddHours(1);
        Secret next = SecretLife.Update("name", TestSecret.Create(), new UpdateSecretOptions { Description = "d" }, TestSecret.Context(later)).Next!;

        next.RevisionNumber.Should().Be(2);
        next.UpdateTime.Should().Be(later);
        next.CreateTime.Should().Be(TestSecret.Now);
    }

    [Test]
    public void Delete_ScheduledAgain_IsResourceInDeleteWindow()
    {
        FluentActions.Invoking(() => { TestSecret.Create().Scheduled().Scheduled(); }).ShouldFail(SecretStoreErrorCodes.ResourceInDeleteWindow);
    }

    [TestCase(29)]
    [TestCase(31)]
    public void Delete_NearTheEndOfTheCalendar_EndsThereAtTheLatest(int daysBefore)
    {
        DateTimeOffset now = DateTimeOffset.MaxValue.AddDays(-daysBefore);
        var window = TimeSpan.FromDays(30);

        Secret deleted = SecretLife.Delete("name", TestSecret.Create(), window, false, null, TestSecret.Context(now)).Next!;

        deleted.PlannedDeleteTime.Should().Be(daysBefore > 30 ? now + window : DateTimeOffset.MaxValue);
    }

    [Test]
    public void Delete_AtOnce_RemovesActiveAndScheduled()
    {
        Delete(TestSecret.Create()).Next.Should().BeNull();
        Delete(TestSecret.Create().Scheduled()).Next.Should().BeNull();
    }

    [Test]
    public void Delete_AtOnceUnderPurgeProtection_IsRefused()
    {
        FluentActions.Invoking(() => { Delete(TestSecret.Create(), purgeProtection: true); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
        FluentActions.Invoking(() => { Delete(TestSecret.Create().Scheduled(), purgeProtection: true); }).ShouldFail(SecretStoreErrorCodes.ResourceInDeleteWindow);
    }

    [Test]
    public void Delete_AbsentWithARevision_IsNotFound()
    {
        FluentActions.Invoking(() => { SecretLife.Delete("name", null, null, false, default(SecretRevision), TestSecret.Context()); })
            .ShouldFail(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public void Restore_Active_IsResourceInUse()
    {
        FluentActions.Invoking(() => { SecretLife.Restore("name", TestSecret.Create(), null, TestSecret.Context()); }).ShouldFail(SecretStoreErrorCodes.ResourceInUse);
    }

    [Test]
    public void Restore_Scheduled_BringsEverythingBack()
    {
        Secret before = TestSecret.Create().With();
        Secret after = SecretLife.Restore("name", before.Scheduled(), null, TestSecret.Context()).Next!;

        after.Should().Be(before with { RevisionNumber = before.RevisionNumber + 2, UpdateTime = after.UpdateTime });
    }

    [Test]
    public void Create_RestoringWithTheIdOfAnOlderVersion_IsResourceExist()
    {
        Secret stored = TestSecret.Create().With("v2").Scheduled();

        FluentActions.Invoking(() => { Create(stored, new CreateSecretOptions { VersionId = "v1", IfScheduledForDeletion = ScheduledDeletionBehavior.Restore }, same: true); })
            .ShouldFail(SecretStoreErrorCodes.ResourceExist);
    }

    [Test]
    public void Create_ExpectedRevision_RestoresOnlyThatState()
    {
        Secret stored = TestSecret.Create().Scheduled();
        CreateSecretOptions Expecting(SecretRevision revision) => new() { ExpectedRevision = revision, IfScheduledForDeletion = ScheduledDeletionBehavior.Restore };

        Create(stored, Expecting(stored.Revision)).Next!.PlannedDeleteTime.Should().BeNull();
        FluentActions.Invoking(() => { Create(stored, Expecting(TestSecret.Create().Revision)); }).ShouldFail(SecretStoreErrorCodes.RevisionConflict);
        FluentActions.Invoking(() => { Create(stored, Expecting(stored.Revision), now: TestSecret.Now.AddDays(8)); }).ShouldFail(SecretStoreErrorCodes.RevisionConflict);
    }

    private static SecretTransition Create(Secret stored, CreateSecretOptions options, bool? same = null, DateTimeOffset? now = null)
    {
        return SecretLife.Create(stored, new CreateRequest("name", new UniqueId(0, 8), TestSecret.Text, "store-default", options), same, TestSecret.Context(now));
    }

    private static SecretTransition Delete(Secret stored, bool purgeProtection = false)
    {
        return SecretLife.Delete("name", stored, null, purgeProtection, null, TestSecret.Context());
    }

    [TestCase(0, 1.0, 0, false)]
    [TestCase(1, 1.0, 0, true)]
    [TestCase(1, 1.0, 1, false)]
    [TestCase(1, 0.1, 0, true)]
    [TestCase(1, 0.1, 1, false)]
    [TestCase(1, 3.0, 2, true)]
    [TestCase(1, 3.0, 3, false)]
    public void RequireUnread_ReadDaysAgo_IsRefusedWithinTheTimeOnly(int wasRead, double withinDays, int daysAgo, bool isRefused)
    {
        int today = DateOnly.FromDateTime(TestSecret.Now.UtcDateTime).DayNumber;

        Action require = () => SecretLife.RequireUnread(TestSecret.Create(), TimeSpan.FromDays(withinDays), wasRead == 0 ? 0 : today - daysAgo, TestSecret.Now);

        if (isRefused)
        {
            require.Should().Throw<SecretStoreException>().WithMessage("*name*");
        }
        else
        {
            require.Should().NotThrow();
        }
    }

    [Test]
    public void RequireUnread_NoTimeOrNoSecret_Passes()
    {
        int today = DateOnly.FromDateTime(TestSecret.Now.UtcDateTime).DayNumber;

        FluentActions.Invoking(() => SecretLife.RequireUnread(TestSecret.Create(), null, today, TestSecret.Now)).Should().NotThrow();
        FluentActions.Invoking(() => SecretLife.RequireUnread(null, TimeSpan.FromDays(1), today, TestSecret.Now)).Should().NotThrow();
    }

    [Test]
    public void DeleteAndRestore_OtherRevision_AreRefused()
    {
        Secret secret = TestSecret.Create();
        Secret scheduled = secret.Scheduled();

        FluentActions.Invoking(() => SecretLife.Delete("name", secret, null, false, scheduled.Revision, TestSecret.Context())).Should().Throw<SecretStoreException>();
        FluentActions.Invoking(() => SecretLife.Restore("name", scheduled, secret.Revision, TestSecret.Context())).Should().Throw<SecretStoreException>();
        SecretLife.Restore("name", scheduled, scheduled.Revision, TestSecret.Context()).Next!.PlannedDeleteTime.Should().BeNull();
    }

    [TestCase(6)]
    [TestCase(31)]
    public void Delete_WindowOutOfRange_IsRefused(int days)
    {
        FluentActions.Invoking(() => TestSecret.Create().Scheduled(days)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Update_AnnotationsOrKey_ChangesThoseOnly()
    {
        Secret secret = TestSecret.Create(new CreateSecretOptions { Annotations = new Dictionary<string, string> { ["a"] = "b" } });

        Secret annotated = SecretLife.Update("name", secret, new UpdateSecretOptions { Annotations = new Dictionary<string, string> { ["c"] = "d" } }, TestSecret.Context()).Next!;
        Secret moved = SecretLife.Update("name", secret, new UpdateSecretOptions { EncryptionKeyId = "other" }, TestSecret.Context()).Next!;

        annotated.Annotations.Should().Equal(new Dictionary<string, string> { ["c"] = "d" });
        annotated.EncryptionKeyId.Should().Be("default");
        moved.Annotations.Should().Equal(new Dictionary<string, string> { ["a"] = "b" });
        moved.EncryptionKeyId.Should().Be("other");
    }
}
