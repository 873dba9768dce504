using System.Runtime.CompilerServices;
using EmbeddedSecrets.Interop;

namespace EmbeddedSecrets.Files;

/// <summary>
/// The page of memory that all instances of a store map (DESIGN F6). It carries nothing that a store needs to be read again:
/// after a restart of the machine, or when it is gone, it is made anew from the log. Only who holds the commit lock writes.
/// </summary>
/// <remarks>
/// <code>
///   0  magic 8 | format version 8 | id of this boot of the kernel 16
///  64  where the log ends: generation modulo 2^24 in the upper 24 bits, offset / 8 in the lower 40
/// 128  intent: first offset 8, offset behind the last 8; both 0 for none
/// 192  the generation to which writing has stopped 8 | the process that holds the commit lock 8
/// 256  when ended recovery windows were last swept 8 | when the log was last compacted 8 (milliseconds since 1970, UTC)
/// 272  the generation that was replaced last and may still be open somewhere 8
/// </code>
/// Little endian or as the machine has it: no other machine reads it. The end is one word, since two would be seen apart.
/// </remarks>
internal sealed unsafe class SharedPage : IDisposable
{
    public const int Size = 4096;
    public const int CurrentVersion = 1;

    private const long Magic = 0x0145_4741_5053_5345;

    private readonly long* _words;
    private readonly object _memory;
    private Action? _letGo;

    /// <summary>Makes a page of memory that stays where it is as long as its owner lives.</summary>
    /// <param name="words">The memory, <see cref="Size"/> bytes.</param>
    /// <param name="memory">The owner of the memory. Only the garbage collector gives it back: a reader may be on its way, and memory that is not there any more would kill the process.</param>
    /// <param name="isReadOnly">Whether nothing may be written.</param>
    /// <param name="presence">Held shared by every instance that writes, from its opening to its closing.</param>
    /// <param name="isInPlace">Tells whether others would find the same page.</param>
    /// <param name="letGo">Parts the memory from its file; it stays readable.</param>
    public SharedPage(long* words, object memory, bool isReadOnly, ISharedLock presence, Func<bool> isInPlace, Action letGo)
    {
        _letGo = letGo;
        _words = words;
        _memory = memory;
        IsReadOnly = isReadOnly;
        Presence = presence;
        IsInPlace = isInPlace;
    }

    public bool IsReadOnly { get; }

    public ISharedLock Presence { get; }

    public Func<bool> IsInPlace { get; }

    /// <summary>Gets the word that moves with every commit and every compaction. What it says is believed only together with the log.</summary>
    public LogEnd End
    {
        get
        {
            var end = new LogEnd(Volatile.Read(ref Word(8)));
            GC.KeepAlive(_memory);
            return end;
        }
    }

    public long Version => Volatile.Read(ref Word(1));

    public bool HasMagic => Volatile.Read(ref Word(0)) == Magic;

    /// <summary>Gets or sets the range that a holder of the lock is about to write; what it leaves there must become zeros.</summary>
    public (long From, long To) Intent
    {
        get => (Volatile.Read(ref Word(16)), Volatile.Read(ref Word(17)));
        set
        {
            // A range is there when its end is: so the end is written last, and cleared first.
            Volatile.Write(ref Word(17), 0);
            Volatile.Write(ref Word(16), value.From);
            Volatile.Write(ref Word(17), value.To);
        }
    }

    /// <summary>Gets or sets the generation to which nobody may write any more after a failed flush; 0 for none.</summary>
    public long StoppedGeneration
    {
        get => Volatile.Read(ref Word(24));
        set => Volatile.Write(ref Word(24), value);
    }

    /// <summary>Gets or sets the process that holds the commit lock: only for messages.</summary>
    public long Holder
    {
        get => Volatile.Read(ref Word(25));
        set => Volatile.Write(ref Word(25), value);
    }

    public long SweptAt => Volatile.Read(ref Word(32));

    /// <summary>Gets or sets when a log last took the place of another, in milliseconds since 1970; 0 when nobody knows.</summary>
    public long CompactedAt
    {
        get => Volatile.Read(ref Word(33));
        set => Volatile.Write(ref Word(33), value);
    }

    /// <summary>Gets or sets the generation that was replaced and may still be open somewhere; 0 for none.</summary>
    public long RetiringGeneration
    {
        get => Volatile.Read(ref Word(34));
        set => Volatile.Write(ref Word(34), value);
    }

    public bool IsOfBoot(UniqueId boot) => Unsafe.ReadUnaligned<UniqueId>(_words + 2) == boot;

    /// <summary>Makes a page of anything that stands there. One that is good stays so throughout: readers may follow it, and whoever comes after a reset that was cut short does it again.</summary>
    public void Reset(UniqueId boot, LogEnd end)
    {
        if (!HasMagic || !IsOfBoot(boot) || Version != CurrentVersion)
        {
            Volatile.Write(ref Word(0), 0);
            Volatile.Write(ref Word(32), 0);
            CompactedAt = 0;
        }

        Volatile.Write(ref Word(1), CurrentVersion);
        Unsafe.WriteUnaligned(_words + 2, boot);
        Intent = default;
        StoppedGeneration = 0;
        Holder = 0;
        RetiringGeneration = 0;
        Publish(end);
        Volatile.Write(ref Word(0), Magic);
    }

    /// <summary>Lets everybody read up to an end that is on the disk.</summary>
    public void Publish(LogEnd end) => Volatile.Write(ref Word(8), end.Word);

    /// <summary>Whether the caller is the one who sweeps now: of all instances, one within each period.</summary>
    public bool TryClaimSweep(long now, long period)
    {
        long before = SweptAt;
        return (before > now || now - before >= period) && Interlocked.CompareExchange(ref Word(32), now, before) == before;
    }

    public void Dispose()
    {
        Presence.Dispose();
        Interlocked.Exchange(ref _letGo, null)?.Invoke();
    }

    private ref long Word(int index) => ref Unsafe.AsRef<long>(_words + index);
}
