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

    [Test]
    public void TryRun_Free_IsDoneHereAndGivenBack()
    {
        using var held = new HandleLock();
        using var subject = new CommitLock(null, held);
        var work = new Work(held);

        subject.TryRun(work, TimeSpan.Zero, CancellationToken.None).Should().BeTrue();

        work.Steps.Should().Equal("run", "released", "finish");
        work.Thread.Should().Be(Environment.CurrentManagedThreadId);
    }

    [Test]
    public void TryRun_HeldElsewhere_IsApproachedMeanwhileAndDoneOnTheThreadThatGetsIt()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        var work = new Work(held) { OnApproach = held.LetGoElsewhere };

        subject.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None).Should().BeTrue();

        work.IsFinished.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
        work.Steps.Should().Equal("approach", "run", "released", "finish");
        work.Thread.Should().NotBe(Environment.CurrentManagedThreadId);
    }

    [Test]
    public void TryRun_GivenUp_NothingIsDoneAndTheLockIsFreeAfterwards([Values] bool isCancelled)
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        var work = new Work(held);
        using var released = new ManualResetEventSlim();

        if (isCancelled)
        {
            subject.Invoking(s => s.TryRun(work, TimeSpan.FromSeconds(20), cancellation.Token)).Should().Throw<OperationCanceledException>();
        }
        else
        {
            subject.TryRun(work, TimeSpan.FromMilliseconds(20), CancellationToken.None).Should().BeFalse();
        }

        held.OnRelease = released.Set;
        held.LetGoElsewhere();
        released.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue("nobody wants it any more");
        work.Steps.Should().NotContain("run").And.NotContain("finish");
        SpinWait.SpinUntil(() => subject.TryRun(new Work(held), TimeSpan.Zero, CancellationToken.None), TimeSpan.FromSeconds(20)).Should().BeTrue();
    }

    /// <summary>The end of one piece of work is where the next one comes from, also before the caller of the first has woken up.</summary>
    [Test]
    public void TryRun_NextComesFromTheEndOfTheOneBefore_EachIsDoneBeforeItsCallerIsAnswered()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        var answers = new List<Task<bool>>();
        int left = 300;
        Task<bool> RunAsync(Work work) => Task.Factory.StartNew(
            () =>
            {
                bool isDone = subject.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None);
                return isDone && work.IsFinished.IsSet;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Work Next() => new(held)
        {
            OnApproach = held.LetGoElsewhere,
            OnRun = held.TakeElsewhere,
            OnFinish = () =>
            {
                if (--left > 0)
                {
                    answers.Add(RunAsync(Next()));
                }
            },
        };

        answers.Add(RunAsync(Next()));

        SpinWait.SpinUntil(() => left == 0, TimeSpan.FromSeconds(60)).Should().BeTrue();
        Task.WhenAll(answers).Wait(TimeSpan.FromSeconds(60)).Should().BeTrue();
        answers.Should().OnlyContain(static answer => answer.Result);
    }

    [Test]
    public void TryRun_InterruptedWhileItWaits_NothingIsDoneAndTheLockIsGivenBack()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        using var approached = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var work = new Work(held) { OnApproach = approached.Set };
        Exception? told = null;
        Thread caller = Start(() => subject.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None), exception => told = exception);
        approached.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();

        caller.Interrupt();

        caller.Join(TimeSpan.FromSeconds(20)).Should().BeTrue();
        told.Should().BeOfType<ThreadInterruptedException>();
        held.OnRelease = released.Set;
        held.LetGoElsewhere();
        released.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
        work.Steps.Should().Equal("approach");
    }

    [Test]
    public void TryRun_InterruptedWhileItIsDone_IsAnsweredWhenItIsAndToldAfterwards()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        using var running = new ManualResetEventSlim();
        using var interrupted = new ManualResetEventSlim();
        var work = new Work(held)
        {
            OnApproach = held.LetGoElsewhere,
            OnRun = () =>
            {
                running.Set();
                interrupted.Wait(TimeSpan.FromSeconds(20));
            },
        };
        bool isDone = false;
        Exception? told = null;
        Thread caller = Start(
            () =>
            {
                isDone = subject.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None) && work.IsFinished.IsSet;
                Thread.Sleep(1);
            },
            exception => told = exception);
        running.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();

        caller.Interrupt();
        interrupted.Set();

        caller.Join(TimeSpan.FromSeconds(20)).Should().BeTrue();
        isDone.Should().BeTrue();
        told.Should().BeOfType<ThreadInterruptedException>("the wait after it is told");
    }

    [Test]
    public void TryEnter_InterruptedWhileItWaits_TheLockIsGivenBack()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        using var subject = new CommitLock(null, held);
        using var released = new ManualResetEventSlim();
        held.OnRelease = released.Set;
        Exception? told = null;
        Thread caller = Start(() => subject.TryEnter(TimeSpan.FromSeconds(20), CancellationToken.None), exception => told = exception);

        caller.Interrupt();

        caller.Join(TimeSpan.FromSeconds(20)).Should().BeTrue();
        told.Should().BeOfType<ThreadInterruptedException>();
        held.LetGoElsewhere();
        released.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();
    }

    [Test]
    public void TryRun_LockCannotBeTaken_FailsAndNothingIsDone()
    {
        using var held = new HandleLock { IsHeldElsewhere = true, Failure = new IOException("broken") };
        using var subject = new CommitLock(null, held);
        var work = new Work(held);

        subject.Invoking(s => s.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None)).Should().Throw<IOException>().WithMessage("broken");

        work.Steps.Should().Equal("approach");
    }

    [Test]
    public void Dispose_WhileSomethingIsDone_ClosesTheLockAfterwards()
    {
        using var held = new HandleLock { IsHeldElsewhere = true };
        var subject = new CommitLock(null, held);
        bool wasOpen = false;
        var work = new Work(held)
        {
            OnApproach = held.LetGoElsewhere,
            OnRun = () =>
            {
                subject.Dispose();
                wasOpen = !held.IsClosed;
            },
        };

        subject.TryRun(work, TimeSpan.FromSeconds(20), CancellationToken.None).Should().BeTrue("it has the lock");

        wasOpen.Should().BeTrue();
        held.IsClosed.Should().BeTrue();
    }

    private static Thread Start(Action action, Action<Exception> onFailure)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (ThreadInterruptedException exception)
            {
                onFailure(exception);
            }
        });
        thread.Start();
        return thread;
    }

    /// <summary>Writes down what is done.</summary>
    private sealed class Work : ILockedWork
    {
        public Work(HandleLock held)
        {
            held.OnRelease = () => Steps.Enqueue("released");
        }

        public System.Collections.Concurrent.ConcurrentQueue<string> Steps { get; } = new();

        public ManualResetEventSlim IsFinished { get; } = new();

        public Action? OnApproach { get; init; }

        public Action? OnRun { get; init; }

        public Action? OnFinish { get; init; }

        public int Thread { get; private set; }

        public void Approach()
        {
            Steps.Enqueue("approach");
            OnApproach?.Invoke();
        }

        public void Run()
        {
            Thread = Environment.CurrentManagedThreadId;
            OnRun?.Invoke();
            Steps.Enqueue("run");
        }

        public void Finish()
        {
            Steps.Enqueue("finish");
            OnFinish?.Invoke();
            IsFinished.Set();
        }
    }

    /// <summary>A lock that belongs to a handle, as flock: who holds it already takes it again at once, and one release ends it.</summary>
    private sealed class HandleLock : ISharedLock
    {
        private readonly ManualResetEventSlim _free = new();

        public volatile bool IsHeldElsewhere;

        public Action? OnRelease { get; set; }

        public Exception? Failure { get; init; }

        public bool IsClosed { get; private set; }

        public bool TryTake(bool exclusive = true) => !IsHeldElsewhere;

        public void Take()
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            if (IsHeldElsewhere)
            {
                _free.Wait();
            }
        }

        public void TakeElsewhere()
        {
            _free.Reset();
            IsHeldElsewhere = true;
        }

        public void LetGoElsewhere()
        {
            IsHeldElsewhere = false;
            _free.Set();
        }

        public void Release() => OnRelease?.Invoke();

        public void Dispose()
        {
            IsClosed = true;
        }
    }
}
