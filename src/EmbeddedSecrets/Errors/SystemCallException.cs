namespace EmbeddedSecrets.Errors;

/// <summary>A system call failed. The error number decides what the failure means; the message names call and path.</summary>
internal sealed class SystemCallException : IOException
{
    public SystemCallException(string call, string path, int errorNumber)
        : base($"{call} failed on '{path}': {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errorNumber)} (errno {errorNumber}).")
    {
        ErrorNumber = errorNumber;
    }

    public int ErrorNumber { get; }
}
