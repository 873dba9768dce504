namespace EmbeddedSecrets.Tests.Verification;

/// <summary>A kind of fault; the secret that it concerns has its name.</summary>
public enum PlantedFault
{
    FrameHeader,
    FrameBody,
    Record,
    Payload,
    Policy,
    WrappedKey,
    OtherPayload,
    MissingPayload,
}
