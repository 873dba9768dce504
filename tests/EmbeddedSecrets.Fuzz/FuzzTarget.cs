namespace EmbeddedSecrets.Fuzz;

/// <summary>One parser, and what must hold for it whatever bytes it is given (DESIGN F11).</summary>
/// <param name="Name">As the command line and the folder of the corpus call it.</param>
/// <param name="Parse">Gives the bytes to the parser and checks what comes out.</param>
/// <param name="Seeds">Inputs from real output, by name.</param>
/// <param name="Allowed">The exceptions that are documented, exactly these types: an index out of range must not pass as an argument that is wrong.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Parse, Func<IEnumerable<(string Name, byte[] Bytes)>> Seeds, params Type[] Allowed)
{
    private const int BytesPerByte = 64;
    private const long FreeBytes = 4 << 20;

    /// <summary>Runs one input; throws whatever is a finding.</summary>
    public void Run(byte[] input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Parse(input);
        }
        catch (Exception exception) when (IsAllowed(exception))
        {
            // What the parser is documented to answer.
        }

        CheckAllocation(input.Length, before);
    }

    /// <summary>Fails where more was allocated since than the length of the input allows.</summary>
    public static void CheckAllocation(int length, long before)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > ((long)length * BytesPerByte) + FreeBytes)
        {
            throw new FuzzFindingException($"{allocated:N0} bytes were allocated for {length:N0} bytes of input.");
        }
    }

    /// <summary>Fails where a rule does not hold.</summary>
    public static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new FuzzFindingException(rule);
        }
    }

    private bool IsAllowed(Exception exception) =>
        Allowed.Contains(exception.GetType()) || (Allowed.Contains(typeof(SecretStoreException)) && exception is SecretStoreException);
}
