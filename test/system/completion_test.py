"""What shells and man are given: bash, zsh and fish really complete, and every command and option stands in the manual page."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

# A line as it is typed, and what it becomes when Tab completes its last word: the only word that goes on so.
TYPED = [
    ("sea", "search"),
    ("search --mo", "search --mode"),
    ("search --kind ma", "search --kind mail"),
    ("ask --side ext", "ask --side external"),
    ("deals --warning gho", "deals --warning ghosted"),
    ("config pr", "config print"),
    ("users add a@b.example --roles rep,man", "users add a@b.example --roles rep,manager"),
    ("keys create x --scopes interactions.wr", "keys create x --scopes interactions.write"),
    ("serve --set log.lev", "serve --set log.level="),
    ("ingest inb", "ingest inbox/"),
    ("help comple", "help completion"),
]
BASH = r"""
source "$1"
shift
COMP_WORDS=(harken "$@") COMP_CWORD=$#
_harken 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
"""


def listing():
    """{command: [option]} as --help tells them."""
    out = {}
    top = harken.command("/nowhere", "--help").out
    for name in re.findall(r"(?m)^  ([a-z]+) +\S", top.partition("commands:\n")[2].partition("\n\n")[0]):
        out[name] = re.findall(r"(?m)^  (--[a-z-]+)", harken.command("/nowhere", name, "--help").out)
    return out


class Terminal:
    """A shell in a terminal of its own, typed into as a person does."""

    def __init__(self, argv, folder, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, env)
        self.seen = b""

    def wait(self, pattern, timeout_s=60):
        end = time.monotonic() + timeout_s
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > end:
                raise harken.Failure(f"waited for {pattern} in {self.seen[-2000:]}")
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += os.read(self.fd, 65536)
        self.seen = self.seen[found.end():]
        return found

    def type(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="harken-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        (cls.folder / "inbox").mkdir()
        cls.commands = listing()
        for shell in ("bash", "zsh", "fish"):
            done = harken.command("/nowhere", "completion", shell)
            assert done.code == 0 and not done.err, done
            (cls.folder / f"harken.{shell}").write_text(done.out)

    def bash(self, *words):
        done = subprocess.run(["bash", "-c", BASH, "bash", str(self.folder / "harken.bash"), *words], capture_output=True, text=True,
                              cwd=self.folder, timeout=60, check=True)
        return done.stdout.split()

    def fish(self, line):
        done = subprocess.run(["fish", "--no-config", "-c", f"source {self.folder}/harken.fish; complete -C 'harken {line}'"], capture_output=True, text=True,
                              cwd=self.folder, timeout=60, check=True, env=os.environ | {"HOME": str(self.folder)})
        return [row.split("\t")[0] for row in done.stdout.splitlines()]

    def needs(self, program):
        if not shutil.which(program):
            self.skipTest(f"no {program} here")

    def test_there_is_something_to_complete(self):
        self.assertGreater(len(self.commands), 18)
        self.assertIn("--batch", self.commands["search"])

    def test_bash_completes_commands_options_and_values(self):
        self.assertEqual(set(self.bash("")) - {"--help", "--version"}, set(self.commands))
        for name, options in self.commands.items():
            self.assertEqual(set(self.bash(name, "--")), set(options), name)
        self.assertEqual(self.bash("search", "--kind", ""), ["call", "mail", "note", "document"])
        self.assertEqual(self.bash("search", "--kind", "=", "no"), ["note"])  # --kind=no, as bash splits it
        self.assertEqual(self.bash("search", "--kind", "="), ["call", "mail", "note", "document"])
        self.assertEqual(self.bash("config", ""), ["check", "print", "get", "set", "unset"])
        self.assertEqual(self.bash("config", "print", ""), [])
        self.assertEqual(self.bash("describe", "--help", "o"), ["openapi"])
        self.assertEqual(self.bash("users", "add", "a@b.example", "--roles", "rep,adm"), ["rep,admin"])
        self.assertEqual(self.bash("ingest", "inb"), ["inbox"])
        self.assertEqual(self.bash("ask", ""), [])
        self.assertEqual(self.bash("nonsense", ""), [])
        self.assertEqual(self.bash("keys", "create", "x", "--scopes", "sel"), [])  # a key cannot have it

    def test_fish_completes_commands_options_and_values(self):
        self.needs("fish")
        self.assertEqual(set(self.fish("")), set(self.commands))
        for name, options in self.commands.items():
            self.assertEqual(set(self.fish(f"{name} --")), set(options), name)
        self.assertEqual(set(self.fish("search --kind ")), {"call", "mail", "note", "document"})
        self.assertEqual(self.fish("search --kind=no"), ["--kind=note"])
        self.assertEqual(self.fish("config print "), [])
        self.assertEqual(self.fish("users add a@b.example --roles rep,adm"), ["rep,admin"])
        self.assertEqual(self.fish("ingest inb"), ["inbox/"])
        self.assertEqual(self.fish("ask "), [])

    def typed(self, argv, set_up, env=None):
        """Types each line and Tab, and has the shell say what came of it."""
        shell = Terminal(argv, self.folder, {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"} | (env or {}))
        self.addCleanup(shell.close)
        shell.type(f"{set_up}; harken() {{ echo \"[$*]\" | tr ' ' '_'; }}; echo begin'ning'\n")
        shell.wait(rb"\nbeginning")
        for line, want in TYPED:
            with self.subTest(line):
                shell.type(f"harken {line}")
                shell.wait(re.escape(line[-3:]).encode())
                shell.type("\t")  # alone: a shell takes a Tab amid pasted text for a character
                shell.wait(re.escape(want[len(line):]).encode())
                shell.type("\n")
                got = shell.wait(rb"\n\[([^\]\r\n]*)\]").group(1).decode()
                self.assertEqual(got.rstrip("_"), want.replace(" ", "_"))

    def test_bash_completes_what_is_typed(self):
        self.typed(["bash", "--norc", "--noprofile", "-i"], f"source {self.folder}/harken.bash")

    def test_zsh_completes_what_is_typed(self):
        self.needs("zsh")
        self.typed(["zsh", "-f", "-i"], f"autoload -Uz compinit; compinit -u -D; source {self.folder}/harken.zsh; unsetopt auto_remove_slash prompt_cr prompt_sp")

    def test_zsh_finds_it_in_its_path(self):
        self.needs("zsh")
        (self.folder / "zsh").mkdir()
        shutil.copy(self.folder / "harken.zsh", self.folder / "zsh/_harken")
        self.typed(["zsh", "-f", "-i"], f"fpath=({self.folder}/zsh $fpath); autoload -Uz compinit; compinit -u -D; unsetopt auto_remove_slash prompt_cr prompt_sp")

    def test_an_unknown_shell_is_refused(self):
        for args in ([], ["tcsh"], ["bash", "zsh"]):
            self.assertEqual(harken.command("/nowhere", "completion", *args).code, 2)


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="harken-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.page = pathlib.Path(folder.name, "harken.1")
        done = harken.command("/nowhere", "man")
        assert done.code == 0 and not done.err, done
        cls.page.write_text(done.out)

    def shown(self, *argv):
        done = subprocess.run([*argv, str(self.page)], capture_output=True, text=True, timeout=60, env=os.environ | {"MANWIDTH": "120", "LC_ALL": "C.UTF-8"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return re.sub(r".\x08", "", done.stdout)

    def test_it_renders_without_a_warning(self):
        if not shutil.which("man"):
            self.skipTest("no man here")
        text = self.shown("man", "--warnings=w", "-l")
        for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "SETTINGS", "ENVIRONMENT", "FILES", "EXIT STATUS"):
            self.assertIn(f"\n{section}\n", text)

    def test_lint_finds_nothing(self):
        if not shutil.which("mandoc"):
            self.skipTest("no mandoc here")
        self.assertEqual(self.shown("mandoc", "-T", "lint", "-W", "warning"), "")

    def test_every_command_option_and_setting_stands_in_it(self):
        text = self.page.read_text().replace("\\-", "-")
        settings = harken.json.loads(harken.command("/nowhere", "config", "print", "--json").out)
        for name, options in listing().items():
            part = re.search(rf'(?ms)^\.SS "harken {name}[ "].*?(?=^\.S[SH])', text)
            self.assertTrue(part, name)
            for option in options:
                if option != "--help":
                    self.assertIn(f"\\fB{option}\\fR", part.group(0), name)
        for row in settings:
            self.assertIn(f"\\fB{row['key']}\\fR", text)


if __name__ == "__main__":
    unittest.main()
