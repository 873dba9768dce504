using System.Globalization;

namespace EmbeddedSecrets.Tests.Faults.Simulation;

/// <summary>
/// What a power cut can leave: the flushed bytes, and of the unsynced ones nothing, all, a prefix that ends at any byte, or
/// any subset of sectors (which is every order in which they may be written); the length ahead of the data, with zeros or
/// stale bytes in the gap; and any subset of the unsynced names.
/// </summary>
internal static class CrashImages
{
    private const int MaxEnumerated = 10;

    /// <summary>The extremes, and of each other kind as many as wanted; all subsets and all prefixes when it is the greatest number.</summary>
    public static IEnumerable<(string What, SimulatedDisk Disk)> Of(SimulatedDisk disk, Random random, int wanted)
    {
        SimulatedContent[] contents = [.. disk.Contents];
        int sectors = contents.Sum(static content => content.Unsynced.Count);
        int names = disk.UnsyncedNames.Count;
        yield return ("nothing", disk.AfterPowerCut());
        yield return ("everything", Make(disk, static _ => true, static _ => int.MaxValue, Gap.None, random));
        if (names > 0)
        {
            foreach (int mask in Drawn(1 << Math.Min(names, MaxEnumerated), wanted, random))
            {
                bool Keeps(int i) => (mask >> i & 1) != 0;
                yield return (Text($"names {mask:x}, all sectors"), Make(disk, Keeps, static _ => int.MaxValue, Gap.None, random));
                yield return (Text($"names {mask:x}, no sectors"), Make(disk, Keeps, static _ => 0, Gap.None, random));
            }
        }

        if (sectors == 0)
        {
            yield break;
        }

        yield return ("length ahead, zeros", Make(disk, Any(random), static _ => 0, Gap.Zeros, random));
        yield return ("length ahead, stale", Make(disk, Any(random), static _ => 0, Gap.Stale, random));
        foreach (int mask in sectors <= MaxEnumerated ? Drawn(1 << sectors, wanted, random) : [])
        {
            yield return (Text($"sectors {mask:x}"), Make(disk, Any(random), i => (mask >> i & 1) != 0 ? int.MaxValue : 0, (Gap)random.Next(3), random));
        }

        for (int i = 0; i < wanted && i < 50 && sectors > MaxEnumerated; i++)
        {
            int share = random.Next(1, 8);
            int seed = random.Next();
            yield return (Text($"sectors drawn, {share} of 8"), Make(disk, Any(random), Subset(sectors, share, seed), (Gap)random.Next(3), random));
        }

        int last = Math.Min(sectors, MaxEnumerated);
        foreach (int cut in Drawn(last * SimulatedContent.SectorLength, wanted, random))
        {
            int whole = cut / SimulatedContent.SectorLength;
            int rest = cut % SimulatedContent.SectorLength;
            int first = random.Next(2) == 0 ? sectors - last : 0;
            yield return (Text($"prefix of {first + whole} sectors and {rest} bytes"), Make(disk, Any(random), i => i < first + whole ? int.MaxValue : i == first + whole ? rest : 0, (Gap)random.Next(3), random));
        }
    }

    private static Func<int, bool> Any(Random random)
    {
        int mask = random.Next(2) == 0 ? -1 : random.Next();
        return i => (mask >> Math.Min(i, 30) & 1) != 0;
    }

    private static Func<int, int> Subset(int sectors, int share, int seed)
    {
        var random = new Random(seed);
        bool[] kept = [.. Enumerable.Range(0, sectors).Select(_ => random.Next(8) < share)];
        return i => kept[i] ? int.MaxValue : 0;
    }

    private static int[] Drawn(int count, int wanted, Random random)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        if (wanted < count)
        {
            random.Shuffle(all);
        }

        return all[..Math.Min(wanted, count)];
    }

    private static SimulatedDisk Make(SimulatedDisk disk, Func<int, bool> keepsName, Func<int, int> bytesOfSector, Gap gap, Random random)
    {
        Dictionary<SimulatedContent, byte[]> made = [];
        int sector = 0;
        foreach (SimulatedContent content in disk.Contents)
        {
            byte[] bytes = content.Durable.ToArray();
            if (gap != Gap.None && content.Seen.Length > bytes.Length)
            {
                int old = bytes.Length;
                Array.Resize(ref bytes, content.Seen.Length);
                if (gap == Gap.Stale)
                {
                    FillStale(bytes.AsSpan(old), content.Seen, random);
                }
            }

            (int Offset, byte[] Bytes)[] kept = [.. content.Unsynced.Select(part => (part.Offset, part.Bytes[..Math.Min(part.Bytes.Length, bytesOfSector(sector++))])).Where(static part => part.Item2.Length > 0)];
            SimulatedContent.Grow(ref bytes, kept);
            foreach ((int offset, byte[] part) in kept)
            {
                SimulatedContent.Put(ref bytes, offset, part);
            }

            made[content] = bytes;
        }

        return disk.AfterPowerCut(keepsName, content => made.TryGetValue(content, out byte[]? bytes) ? bytes : content.Durable.ToArray());
    }

    /// <summary>Old blocks: noise, or frames that stood elsewhere.</summary>
    private static void FillStale(Span<byte> gap, ReadOnlySpan<byte> frames, Random random)
    {
        random.NextBytes(gap);
        if (random.Next(2) == 0)
        {
            frames[..Math.Min(frames.Length, gap.Length)].CopyTo(gap);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private enum Gap
    {
        None,
        Zeros,
        Stale,
    }
}
