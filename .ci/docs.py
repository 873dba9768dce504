"""Extracts the fenced blocks of the documents, compiles those in C# as one program, and runs all of them in order."""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.getcwd()
DOCUMENTS = ["README.md", "samples/**/README.md", "src/EmbeddedSecrets/README.md", "src/EmbeddedSecrets/docs/**/*.md", ".github/*.md"]
SHELLS = ("bash", "sh", "shell")
LEFT = ("", "text", "json", "yaml", "xml", "diff")
MARKERS = ("not run", "compile", "first", "in")
SECONDS = 600

# What a reader has at hand where a block does not say where it comes from: declared only if the block uses the name.
GIVEN = {
    "store": 'await using SecretStore store = await SecretStore.OpenAsync("data/secrets", RootKey.FromFile("keys/root.key"));',
    "other": 'await using SecretStore other = await SecretStore.OpenAsync("other/secrets", RootKey.FromFile("keys/other.key"));',
    "services": "var services = new ServiceCollection();",
    "cancellationToken": "CancellationToken cancellationToken = CancellationToken.None;",
    "passphrase": 'string passphrase = "a passphrase of seven words, for instance this";',
}
TYPE = re.compile(r"^(\[|///|((public|internal|file|sealed|static|abstract|partial) )*(class|record|struct|interface|enum) )")
USING = re.compile(r"^using (static )?[\w.]+( = [\w.<>]+)?;")


class Block:
    def __init__(self, document, line, language, markers):
        self.document, self.line, self.language, self.markers = document, line, language, markers
        self.lines = []

    def __str__(self):
        return f"{self.document}:{self.line}"


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


def read_markers(comments, place):
    markers = {}
    for comment in comments:
        name, _, rest = comment.partition(":")
        name, rest = name.strip(), rest.strip()
        if name not in MARKERS:
            continue
        if not rest:
            fail(f"{place}: the marker \"{name}\" needs a word after the colon: " + ("the reason" if name in ("not run", "compile") else "what is meant"))
        markers[name] = rest
    return markers


def blocks_of(document):
    found, block, comments, indent = [], None, [], ""
    with open(document, encoding="utf-8") as file:
        lines = file.read().split("\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if block is not None:
            if line.strip() == "```":
                found.append(block)
                block, comments = None, []
            else:
                block.lines.append(line.removeprefix(indent))
        elif match := re.match(r"^( *)```(\w*)\s*$", line):
            indent = match[1]
            block = Block(document, number + 1, match[2], read_markers(comments, f"{document}:{number}"))
        elif line.lstrip().startswith("<!--"):
            comment = line
            while "-->" not in comment and number < len(lines):
                comment += "\n" + lines[number]
                number += 1
            comments.append(comment.strip().removeprefix("<!--").split("-->")[0].strip())
        elif line.strip():
            comments = []
    if block is not None:
        fail(f"{block}: the block does not end")
    return found


def check(block):
    if block.language not in SHELLS + LEFT + ("csharp",):
        fail(f"{block}: a block in \"{block.language}\" is neither run nor known to be left")
    if block.language == "" and re.match(r"(dotnet|\.ci/|bash|cd|export) ?", "".join(block.lines[:1])):
        fail(f"{block}: a block of commands needs its language: bash")
    if block.markers.get("in", "checkout") != "checkout":
        fail(f"{block}: \"in\" knows only: checkout")


def source_of(block, index, namespace):
    """One file: using directives, a method with the statements, the types. Absolute paths begin at the working directory."""
    usings, statements, types = [], [], []
    target, before = statements, None
    for number, line in enumerate(block.lines, block.line):
        if target is statements and TYPE.match(line):
            target = types
        here = usings if target is statements and USING.match(line) else target
        if here is not before:
            # Not before every line: a raw string would take the directive as text.
            here.append(f'#line {number} "{block.document}"')
            before = here
        here.append(re.sub(r'(?<![\w"])"/(?=[a-z]+[/"])', '"./', line))
    code = "\n".join(block.lines)
    first = re.sub(r'(?<![\w"])"/(?=[a-z]+[/"])', '"./', block.markers.get("first", ""))
    given = [
        text for name, text in GIVEN.items()
        if re.search(rf"(?<![\w.]){name}\b(?!\s*=>)", code + first) and not re.search(rf"[\w>?\]] {name}( =|;| in )", code)
    ] if statements else []
    declared = "\n".join([f'#line 1 "prelude of {block}"', *given, f'#line {block.line} "{block.document}"', first])
    body = "\n".join(statements)
    return "\n".join([
        *usings, "#line hidden", "#pragma warning disable", f"namespace Documents.{namespace}", "{",
        f"internal static class Block{index}", "{", "public static async System.Threading.Tasks.Task<int> RunAsync()", "{",
        declared, body, "#line hidden", "return 0;", "}", "}", "\n".join(types), "#line hidden", "}", "",
    ])


def compile_blocks(blocks, work):
    project = os.path.join(work, "program")
    os.mkdir(project)
    cases = []
    for index, block in enumerate(blocks):
        namespace = "In_" + re.sub(r"\W", "_", block.document)
        with open(os.path.join(project, f"Block{index}.cs"), "w", encoding="utf-8") as file:
            file.write(source_of(block, index, namespace))
        cases.append(f'    "{block}" => await Documents.{namespace}.Block{index}.RunAsync(),')
    with open(os.path.join(project, "Program.cs"), "w", encoding="utf-8") as file:
        file.write("return args[0] switch\n{\n" + "\n".join(cases) + "\n    _ => 2,\n};\n")
    with open(os.path.join(project, "Documents.csproj"), "w", encoding="utf-8") as file:
        file.write(f"""<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <RootNamespace>Documents</RootNamespace>
  </PropertyGroup>
  <ItemGroup>
    <Using Include="EmbeddedSecrets" />
    <Using Include="Microsoft.Extensions.DependencyInjection" />
    <ProjectReference Include="{ROOT}/src/EmbeddedSecrets/EmbeddedSecrets.csproj" />
    <PackageReference Include="Microsoft.Extensions.DependencyInjection" Version="10.0.*" />
  </ItemGroup>
</Project>
""")
    built = subprocess.run(["dotnet", "build", project, "-v", "q", "-o", os.path.join(work, "built")], capture_output=True, text=True)
    if built.returncode != 0:
        errors = sorted({re.sub(r" \[[^\]]*\]$", "", line).replace(project + "/", "") for line in built.stdout.splitlines() if " error " in line})
        fail("The blocks do not compile:\n" + ("\n".join(errors) or built.stdout + built.stderr))
    return os.path.join(work, "built", "Documents.dll")


def run(block, program, directory, ran, environment):
    if block.language == "csharp":
        command, place = ["dotnet", program, str(block)], directory
    else:
        lines = []
        for line in block.lines:
            known = re.sub(r"\s+#.*$", "", line).strip() in ran
            lines.append(f"echo '   run before:' {line.split('#')[0].strip()}" if known else line)
        text = "\n".join(lines).replace("/path/to/the/checkout", ROOT).replace("/path/to", directory)
        command, place = ["bash", "-euo", "pipefail", "-c", text], ROOT if "in" in block.markers else directory
    # Into a file, not a pipe: a build server that a command leaves behind would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            done = subprocess.run(command, cwd=place, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            fail(f"{block}: not done after {SECONDS} seconds")
        output.seek(0)
        printed = output.read()
    if done.returncode != 0:
        fail(f"{block}: the block ended with {done.returncode}\n{printed}")
    for line in printed.splitlines():
        if line.startswith("   run before:"):
            print(line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ran", action="append", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("documents", nargs="*")
    given = parser.parse_args()

    documents = given.documents or sorted({path for pattern in DOCUMENTS for path in glob.glob(pattern, recursive=True)})
    blocks = [block for document in documents for block in blocks_of(document)]
    for block in blocks:
        check(block)
    blocks = [block for block in blocks if block.language not in LEFT]
    work = tempfile.mkdtemp(prefix="documents-")
    try:
        environment = dict(os.environ, MSBUILDDISABLENODEREUSE="1", TMPDIR=os.path.join(work, "temporary"))
        os.mkdir(environment["TMPDIR"])
        # A package that a block adds is taken from the checkout, and never stays among the packages of the user.
        cache = os.environ.get("NUGET_PACKAGES") or os.path.expanduser("~/.nuget/packages")
        environment.update(NUGET_PACKAGES=os.path.join(work, "packages"), NUGET_FALLBACK_PACKAGES=cache)
        code = [block for block in blocks if block.language == "csharp" and "not run" not in block.markers]
        program = "" if given.list or not code else compile_blocks(code, work)
        counts = {"run": 0, "only compiled": 0, "not run": 0}
        for block in blocks:
            outcome = "not run" if "not run" in block.markers else "only compiled" if "compile" in block.markers else "run"
            counts[outcome] += 1
            print(f"{block} ({block.language}): {outcome}" + (f", {block.markers.get('not run') or block.markers.get('compile')}" if outcome != "run" else ""), flush=True)
            if outcome == "run" and not given.list:
                # The blocks of one document share a working directory: what one has made, the next one finds.
                directory = os.path.join(work, re.sub(r"\W", "_", block.document))
                os.makedirs(directory, exist_ok=True)
                run(block, program, directory, given.ran, environment)
        print(", ".join(f"{count} {what}" for what, count in counts.items()))
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
