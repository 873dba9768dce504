using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace EmbeddedSecrets.Benchmarks.Peers;

/// <summary>SQLite with a write-ahead log that is flushed at every commit. It stores sealed bytes: no versions, no authentication of its own.</summary>
internal sealed class SqlitePeer : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _write;
    private readonly Lock _gate = new();

    public SqlitePeer(string directory)
    {
        Text = new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "secrets.db") }.ToString();
        _connection = Connect(Text);
        _read = Command(_connection, "SELECT sealed FROM secrets WHERE name = $name");
        _read.Parameters.Add("$name", SqliteType.Text);
        _read.Prepare();
        _write = Command(_connection, "INSERT INTO secrets (name, sealed) VALUES ($name, $sealed) ON CONFLICT (name) DO UPDATE SET sealed = $sealed");
        _write.Parameters.Add("$name", SqliteType.Text);
        _write.Parameters.Add("$sealed", SqliteType.Blob);
        _write.Prepare();
    }

    public string Text { get; }

    /// <summary>One statement prepared once.</summary>
    public byte[] Read(string name)
    {
        _read.Parameters[0].Value = name;
        return (byte[])_read.ExecuteScalar()!;
    }

    /// <summary>As most programs do it: a connection of the pool and a new command for each read.</summary>
    public byte[] ReadPooled(string name)
    {
        using var connection = new SqliteConnection(Text);
        connection.Open();
        using SqliteCommand command = Command(connection, "SELECT sealed FROM secrets WHERE name = $name");
        command.Parameters.AddWithValue("$name", name);
        return (byte[])command.ExecuteScalar()!;
    }

    /// <summary>A durable put; several threads take turns.</summary>
    public void Write(string name, byte[] message)
    {
        lock (_gate)
        {
            _write.Parameters[0].Value = name;
            _write.Parameters[1].Value = message;
            _write.ExecuteNonQuery();
        }
    }

    /// <summary>Many puts in one transaction.</summary>
    public void WriteAll(IEnumerable<(string Name, byte[] Message)> puts)
    {
        lock (_gate)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _write.Transaction = transaction;
            foreach ((string name, byte[] message) in puts)
            {
                _write.Parameters[0].Value = name;
                _write.Parameters[1].Value = message;
                _write.ExecuteNonQuery();
            }

            transaction.Commit();
            _write.Transaction = null;
        }
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
        _connection.Dispose();
        SqliteConnection.ClearAllPools();
    }

    private static SqliteConnection Connect(string text)
    {
        var connection = new SqliteConnection(text);
        connection.Open();
        foreach (string statement in (ReadOnlySpan<string>)
        [
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS secrets (name TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)",
        ])
        {
            using SqliteCommand command = Command(connection, statement);
            command.ExecuteNonQuery();
        }

        return connection;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The statements are constants of this file.")]
    private static SqliteCommand Command(SqliteConnection connection, string text)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command;
    }
}
