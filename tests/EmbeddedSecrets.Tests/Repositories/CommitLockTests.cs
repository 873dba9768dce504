using EmbeddedSecrets.Files;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Tests.Repositories;

[TestFixture]
public sealed class CommitLockTests
{
    [Test]
    public void TryEnter_WhileAnAbandonedWaitGivesTheLockBack_DoesNotTakeItOnTopOfThat()
    {
        using var held = new HandleLock();
        var subject = new CommitLock(null, held);
        held.IsHeldElsewhere = true;
        subject.TryEnter(TimeSpan.FromMilliseconds(20), CancellationToken.None).Should().BeFalse();
        bool tookIt = false;
        using var released = new ManualResetEventSlim();
        held.OnRelease = () =>
        {
            held.OnRelease = null;
            Task<bool> attempt = Task.Factory.StartNew(
                () => subject.TryEnter(TimeSpan.Zero, CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            tookIt = attempt.Wait(TimeSpan.FromMilliseconds(200)) && attempt.Result;
            released.Set();
        };

        held.LetGoElsewhere();

        released.Wait(TimeSpan.FromSeconds(10)).Should().BeTrue();
        tookIt.Should().BeFalse("the lock that is about to be given back would be the caller's");
        subject.Dispose();
    }

    /// <summary>A lock that belongs to a handle, as flock: who holds it already takes it again at once, and one release ends it.</summary>
    private sealed class HandleLock : ISharedLock
    {
        private readonly ManualResetEventSlim _free = new();

        public volatile bool IsHeldElsewhere;

        public Action? OnRelease { get; set; }

        public bool TryTake(bool exclusive = true) => !IsHeldElsewhere;

        public void Take()
        {
            if (IsHeldElsewhere)
            {
                _free.Wait();
            }
        }

        public void LetGoElsewhere()
        {
            IsHeldElsewhere = false;
            _free.Set();
        }

        public void Release() => OnRelease?.Invoke();

        public void Dispose()
        {
        }
    }
}
