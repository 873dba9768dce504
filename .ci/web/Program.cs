// A web program with the package: it listens on a free loopback port, answers one request of its own and ends.
using System.Text;
using EmbeddedSecrets;

DirectoryInfo place = Directory.CreateTempSubdirectory("embeddedsecrets-web-");
try
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Services.AddSecretStore(store => store
        .UseDirectory(Path.Combine(place.FullName, "store"))
        .UseKeyFile(Path.Combine(place.FullName, "root.key")));

    await using WebApplication app = builder.Build();
    app.MapGet("/greeting", async (SecretStore store, CancellationToken cancellationToken) =>
    {
        using SecretValueResult read = await store.GetSecretValueAsync("web/greeting", cancellationToken: cancellationToken);
        return Results.Text(read.Value.RevealText());
    });

    await app.StartAsync();
    using (SecretValue greeting = SecretValue.FromText("hello from the secret"))
    {
        await app.Services.GetRequiredService<SecretStore>().CreateSecretAsync("web/greeting", greeting);
    }

    using HttpClient client = new() { BaseAddress = new Uri(app.Urls.Single()) };
    using HttpResponseMessage response = await client.GetAsync("/greeting");
    string text = await response.Content.ReadAsStringAsync();
    await app.StopAsync();

    Console.WriteLine($"The web program: {(int)response.StatusCode}, {Encoding.UTF8.GetByteCount(text)} bytes");
    return text == "hello from the secret" ? 0 : 1;
}
finally
{
    place.Delete(recursive: true);
}
