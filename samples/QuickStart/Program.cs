Console.WriteLine("EmbeddedSecrets");
