using EmbeddedSecrets.Secrets;

namespace EmbeddedSecrets.Tests.Secrets;

public sealed class SecretVersionsTests
{
    [Test]
    public void Put_Default_MovesCurrentAndPreviousFollows()
    {
        Secret secret = TestSecret.Create().With().With();

        secret.At(SecretStages.Current).Should().Be("v3");
        secret.At(SecretStages.Previous).Should().Be("v2");
    }

    [Test]
    public void Put_CustomStageOnly_LeavesTheBuiltInStages()
    {
        Secret secret = TestSecret.Create().With().With("x", "pending");

        secret.At(SecretStages.Current).Should().Be("v2");
        secret.At(SecretStages.Previous).Should().Be("v1");
    }

    [Test]
    public void Put_PreviousOnly_MovesPrevious()
    {
        TestSecret.Create().With().With("x", SecretStages.Previous).At(SecretStages.Previous).Should().Be("x");
    }

    [Test]
    public void Put_IdsTakenByTheCaller_AreSkipped()
    {
        TestSecret.Create().With("v2").With("v3").With().Versions[^1].VersionId.Should().Be("v4");
    }

    [Test]
    public void Put_Replay_ChangesNothingWhateverIsExpected()
    {
        Secret secret = TestSecret.Create().With("x").With("y");
        SecretTransition replay = secret.Put("x", same: true, expected: default(SecretRevision));

        replay.IsUnchanged.Should().BeTrue();
        replay.Next.Should().BeSameAs(secret);
        replay.Version!.VersionId.Should().Be("x");
        replay.Evicted.IsDefault.Should().BeFalse();
    }

    [Test]
    public void Put_SameIdOtherValue_IsResourceExist()
    {
        FluentActions.Invoking(() => { TestSecret.Create().Put("v1", same: false); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
    }

    [Test]
    public void Put_IdOfADestroyedVersion_IsResourceExist()
    {
        Secret secret = TestSecret.Create().With().Destroyed("v1");

        SecretVersions.FindReplayed(secret, "v1", whenScheduled: false, TestSecret.Now).Should().BeNull();
        FluentActions.Invoking(() => { secret.Put("v1"); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
    }

    [Test]
    public void Put_EvictedId_IsResourceExistAndChosenIdsGoOn()
    {
        Secret secret = TestSecret.Create();
        for (int i = 0; i < 11; i++)
        {
            secret = secret.With();
        }

        secret.Versions.Should().HaveCount(10);
        secret.RetiredVersionIds.Should().HaveCount(2);
        FluentActions.Invoking(() => { secret.Put("v2"); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
        secret.With().Versions[^1].VersionId.Should().Be("v13");
    }

    [Test]
    public void Put_RetiredIdThatACallerNamed_IsNeverChosen()
    {
        // v20 falls out long before the store's own numbers come to it, and it remains remembered.
        Secret secret = TestSecret.Create().With("v20");
        for (int i = 0; i < 18; i++)
        {
            secret = secret.With();
        }

        secret.Versions.Should().NotContain(version => version.VersionId == "v20");
        secret.Versions[^1].VersionId.Should().Be("v19");
        secret.With().Versions[^1].VersionId.Should().Be("v21");
        secret.With().With().Versions[^1].VersionId.Should().Be("v22");
    }

    [Test]
    public void Put_ManyEvictions_RemembersTheNewestHundredIds()
    {
        Secret secret = TestSecret.Create();
        for (int i = 0; i < 115; i++)
        {
            secret = secret.With($"x{i}");
        }

        // 116 versions were written and 106 fell out: v1 and x0 to x104.
        secret.RetiredVersionIds.Should().HaveCount(100);
        FluentActions.Invoking(() => { secret.Put("x5"); }).ShouldFail(SecretStoreErrorCodes.ResourceExist);
        secret.With("x4").Versions[^1].VersionId.Should().Be("x4");
    }

    [Test]
    public void Put_NinthStage_IsLimitExceeded()
    {
        Secret secret = TestSecret.Create().With(null, "1", "2", "3", "4", "5", "6", "7");

        FluentActions.Invoking(() => { secret.Put(null, ["8"]); }).ShouldFail(SecretStoreErrorCodes.LimitExceeded);
    }

    [Test]
    public void Put_PreviousWouldBeTheNinthStage_IsLimitExceeded()
    {
        Secret secret = TestSecret.Create().With(null, "1", "2", "3", "4", "5", "6", "7");

        FluentActions.Invoking(() => { secret.Put(); }).ShouldFail(SecretStoreErrorCodes.LimitExceeded);
    }

    [Test]
    public void Put_StaleRevision_IsRevisionConflict()
    {
        Secret secret = TestSecret.Create();
        SecretRevision old = secret.Revision;

        FluentActions.Invoking(() => { secret.With().Put(expected: old); })
            .Should().Throw<SecretConflictException>().Which.HttpStatus.Should().Be(412);
    }

    [TestCase("nothing", "I1")]
    [TestCase("labelled", "I8")]
    [TestCase("newest", "I8")]
    [TestCase("younger", "I8")]
    [TestCase("twice", "I8")]
    [TestCase("unknown", "does not exist")]
    [TestCase("null", "null")]
    public void Put_VersionLogBreaksARule_ThrowsAndNamesIt(string fault, string text)
    {
        Secret secret = TestSecret.Create();
        for (int i = 0; i < 9; i++)
        {
            secret = secret.With();
        }

        FluentActions.Invoking(() => { secret.Put(log: new FaultyLog(fault)); }).Should().Throw<InvalidOperationException>().WithMessage($"*{text}*");
    }

    [Test]
    public void Select_Default_IsCurrent()
    {
        SecretVersions.Select("name", TestSecret.Create().With(), default, TestSecret.Now).VersionId.Should().Be("v2");
    }

    [Test]
    public void Select_IdWithoutTheStage_IsInvalidParameter()
    {
        FluentActions.Invoking(() => { Select(TestSecret.Create().With(), SecretVersionSelector.VersionWithStage("v1", SecretStages.Current)); })
            .ShouldFail(SecretStoreErrorCodes.InvalidParameter);
    }

    [Test]
    public void Select_UnknownIdOrStageAlone_IsNotFound()
    {
        FluentActions.Invoking(() => { Select(TestSecret.Create(), SecretVersionSelector.Version("x")); }).ShouldFail(SecretStoreErrorCodes.ResourceNotFound);
        FluentActions.Invoking(() => { Select(TestSecret.Create(), SecretVersionSelector.Previous); }).ShouldFail(SecretStoreErrorCodes.ResourceNotFound);
    }

    [Test]
    public void Select_ScheduledForDeletion_SaysUntilWhen()
    {
        FluentActions.Invoking(() => Select(TestSecret.Create().Scheduled(), default))
            .Should().Throw<SecretConflictException>().WithMessage("*2026-01-08T12:00:00Z*RestoreSecretAsync*IfScheduledForDeletion*");
    }

    [Test]
    public void Select_DisabledOrDestroyed_SaysWhich()
    {
        Secret secret = TestSecret.Create().With().With().Disabled("v2").Destroyed("v1");

        Reason(secret, "v1", TestSecret.Now).Should().Be(UnavailabilityReason.VersionDestroyed);
        Reason(secret, "v2", TestSecret.Now).Should().Be(UnavailabilityReason.VersionDisabled);
    }

    [TestCase(-1, false, UnavailabilityReason.VersionNotYetValid)]
    [TestCase(0, false, null)]
    [TestCase(59, false, null)]
    [TestCase(60, false, UnavailabilityReason.VersionExpired)]
    [TestCase(-1, true, null)]
    [TestCase(60, true, null)]
    public void Select_Validity_HoldsFromNotBeforeUntilExpiry(int seconds, bool advisory, UnavailabilityReason? reason)
    {
        var validity = new SecretVersionValidity(TestSecret.Now, TestSecret.Now.AddMinutes(1), advisory);
        Secret secret = TestSecret.Create(new CreateSecretOptions { Validity = validity });

        Reason(secret, "v1", TestSecret.Now.AddSeconds(seconds)).Should().Be(reason);
    }

    [Test]
    public void MoveStage_CurrentToPrevious_Swaps()
    {
        Secret secret = TestSecret.Create().With().Move(SecretStages.Current, VersionStageMove.To("v1")).Next!;

        secret.At(SecretStages.Current).Should().Be("v1");
        secret.At(SecretStages.Previous).Should().Be("v2");
    }

    [Test]
    public void MoveStage_NotOnTheFromVersion_IsInvalidParameter()
    {
        Secret secret = TestSecret.Create().With();

        FluentActions.Invoking(() => { secret.Move(SecretStages.Current, VersionStageMove.FromTo("v1", "v2")); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
        FluentActions.Invoking(() => { secret.Move("x", VersionStageMove.RemoveFrom("v1")); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
    }

    [Test]
    public void MoveStage_RemoveBuiltIn_IsAnArgumentException()
    {
        FluentActions.Invoking(() => OptionRules.Check(SecretStages.Current, VersionStageMove.RemoveFrom("v1"), "move")).Should().Throw<ArgumentException>();
    }

    [Test]
    public void MoveStage_AlreadyThere_IsUnchanged()
    {
        TestSecret.Create().Move(SecretStages.Current, VersionStageMove.To("v1")).IsUnchanged.Should().BeTrue();
        TestSecret.Create().Move(SecretStages.Current, VersionStageMove.FromTo("v1", "v1")).IsUnchanged.Should().BeTrue();
    }

    [Test]
    public void MoveStage_CurrentToADestroyedOrDisabledVersion_IsInvalidParameter()
    {
        Secret secret = TestSecret.Create().With().With().Disabled("v2").Destroyed("v1");

        FluentActions.Invoking(() => { secret.Move(SecretStages.Current, VersionStageMove.To("v1")); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
        FluentActions.Invoking(() => { secret.Move(SecretStages.Current, VersionStageMove.To("v2")); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
        secret.Move("mine", VersionStageMove.To("v1")).Next!.At("mine").Should().Be("v1");
    }

    [Test]
    public void Update_CurrentVersion_CannotBeDisabledOrDestroyed()
    {
        FluentActions.Invoking(() => { TestSecret.Create().Disabled("v1"); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
        FluentActions.Invoking(() => { TestSecret.Create().Destroyed("v1"); }).ShouldFail(SecretStoreErrorCodes.InvalidParameter);
    }

    [Test]
    public void Update_CurrentVersion_SaysWhatItCannotBe()
    {
        Secret secret = TestSecret.Create();

        FluentActions.Invoking(() => secret.Disabled("v1")).Should().Throw<SecretRequestException>().WithMessage("*cannot be disabled*");
        FluentActions.Invoking(() => secret.Destroyed("v1")).Should().Throw<SecretRequestException>().WithMessage("*cannot be destroyed*");
    }

    [Test]
    public void MoveStage_CurrentToAVersionThatIsNotEnabled_SaysWhatItIs()
    {
        Secret secret = TestSecret.Create().With("b").With("c").Disabled("v1");

        FluentActions.Invoking(() => secret.Move(SecretStages.Current, VersionStageMove.To("v1"))).Should().Throw<SecretRequestException>().WithMessage("*it is disabled*");
        FluentActions.Invoking(() => secret.Destroyed("v1").Move(SecretStages.Current, VersionStageMove.To("v1"))).Should().Throw<SecretRequestException>().WithMessage("*it is destroyed*");
    }

    [TestCase("not before")]
    [TestCase("expires")]
    [TestCase("advisory")]
    public void Update_ValidityThatDiffersInOnePart_ChangesIt(string part)
    {
        var before = new SecretVersionValidity(TestSecret.Now, TestSecret.Now.AddDays(2));
        SecretVersionValidity after = part switch
        {
            "not before" => new SecretVersionValidity(TestSecret.Now.AddDays(1), TestSecret.Now.AddDays(2)),
            "expires" => new SecretVersionValidity(TestSecret.Now, TestSecret.Now.AddDays(3)),
            _ => new SecretVersionValidity(TestSecret.Now, TestSecret.Now.AddDays(2), isAdvisory: true),
        };
        Secret secret = Update(TestSecret.Create(), before).Next!;

        SecretTransition changed = Update(secret, after);

        changed.IsUnchanged.Should().BeFalse();
        changed.Next!.Versions[0].Validity.Should().BeSameAs(after);
        Update(secret, new SecretVersionValidity(TestSecret.Now, TestSecret.Now.AddDays(2))).IsUnchanged.Should().BeTrue();

        static SecretTransition Update(Secret secret, SecretVersionValidity validity) =>
            SecretVersions.Update("name", secret, "v1", new UpdateSecretVersionOptions { Validity = validity }, TestSecret.Context());
    }

    [Test]
    public void Update_NoOptionsOrAWrongId_IsRefused()
    {
        Secret secret = TestSecret.Create();

        FluentActions.Invoking(() => SecretVersions.Update("name", secret, "v1", null!, TestSecret.Context())).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => SecretVersions.Update("name", secret, "a b", new UpdateSecretVersionOptions(), TestSecret.Context())).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => secret.Destroyed("a b")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => secret.Move("a b", VersionStageMove.To("v1"))).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Update_EnableDestroyed_IsUnavailable()
    {
        Secret secret = TestSecret.Create().With().Destroyed("v1");

        FluentActions.Invoking(() => SecretVersions.Update("name", secret, "v1", new UpdateSecretVersionOptions { Enabled = true }, TestSecret.Context()))
            .Should().Throw<SecretUnavailableException>().Which.Reason.Should().Be(UnavailabilityReason.VersionDestroyed);
    }

    [Test]
    public void Destroy_Twice_IsUnchanged()
    {
        Secret secret = TestSecret.Create().With().Destroyed("v1");

        secret.Versions[0].Content.Should().BeNull();
        secret.At(SecretStages.Previous).Should().Be("v1");
        SecretVersions.Destroy("name", secret, "v1", null, TestSecret.Context()).IsUnchanged.Should().BeTrue();
    }

    private static SecretVersion Select(Secret secret, SecretVersionSelector which) => SecretVersions.Select("name", secret, which, TestSecret.Now);

    private static UnavailabilityReason? Reason(Secret secret, string versionId, DateTimeOffset now)
    {
        try
        {
            SecretVersions.Select("name", secret, SecretVersionSelector.Version(versionId), now);
            return null;
        }
        catch (SecretUnavailableException e)
        {
            return e.Reason;
        }
    }

    /// <summary>Gets eleven versions: v10 carries ACSPrevious and v11, just written, ACSCurrent.</summary>
    private sealed class FaultyLog(string fault) : IVersionLog
    {
        public IReadOnlyList<string> Evict(IReadOnlyList<SecretVersion> versions) => fault switch
        {
            "nothing" => [],
            "labelled" => ["v10"],
            "newest" => ["v11"],
            "younger" => ["v2"],
            "twice" => ["v1", "v1"],
            "unknown" => ["x"],
            _ => null!,
        };
    }
}
