using EmbeddedSecrets.Benchmarks.Measuring;
using Microsoft.Data.Sqlite;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>Writers to one SQLite database, each with a connection of its own; SQLite itself waits where it is busy.</summary>
internal static class SqliteWriters
{
    public static double Run(string text, int writers, int putsEach, Func<int, int, (string Name, byte[] Message)> put)
    {
        SqliteCommand[] commands = [.. Enumerable.Range(0, writers).Select(_ => Prepare(text))];
        try
        {
            return Clock.Threads(writers, putsEach, (worker, i) =>
            {
                (string name, byte[] message) = put(worker, i);
                commands[worker].Parameters[0].Value = name;
                commands[worker].Parameters[1].Value = message;
                commands[worker].ExecuteNonQuery();
            });
        }
        finally
        {
            foreach (SqliteCommand command in commands)
            {
                command.Connection!.Dispose();
                command.Dispose();
            }
        }
    }

    private static SqliteCommand Prepare(string text)
    {
        var connection = new SqliteConnection(text);
        connection.Open();
        using (SqliteCommand settings = connection.CreateCommand())
        {
            settings.CommandText = "PRAGMA busy_timeout = 30000; PRAGMA synchronous = FULL";
            settings.ExecuteNonQuery();
        }

        SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT INTO secrets (name, sealed) VALUES ($name, $sealed) ON CONFLICT (name) DO UPDATE SET sealed = $sealed";
        command.Parameters.Add("$name", SqliteType.Text);
        command.Parameters.Add("$sealed", SqliteType.Blob);
        command.Prepare();
        return command;
    }
}
