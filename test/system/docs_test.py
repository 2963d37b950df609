"""The guides tell the truth: each block of shell commands marked `sh runnable` runs, top to bottom, against a server."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

BLOCK = re.compile(r"^```sh runnable\n(.*?)^```$", re.M | re.S)
GUIDES = [harken.TOP / "README.md", *sorted((harken.TOP / "doc").glob("*.md"))]


class Guides(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server(samples=True)
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        # The sample company comes in by itself on the first start.
        harken.wait_for("the samples", lambda: sum(cls.server.status()["interactions"].values()) > 100, 240, 0.5)
        harken.wait_for("their deals", lambda: cls.server.json("deals", "--json")["total"] >= 20, 240, 0.5)
        cls.folder = cls.server.root / "here"
        (cls.folder / "build").mkdir(parents=True)
        (cls.folder / "build/harken").symlink_to(harken.binary())
        node, tsc = (harken.DEPS / p for p in ("bin/node", "share/typescript/lib/tsc.js"))
        subprocess.run([sys.executable, str(harken.TOP / "tools/sdk/generate"), str(harken.binary()), str(cls.folder / "build/sdk"),
                        "--node", str(node), "--tsc", str(tsc)], check=True, timeout=300)

    def test_samples_are_loaded(self):
        status = self.server.status()
        self.assertEqual(status["dead"], 0)
        for kind in ("call", "mail", "note"):
            self.assertGreater(status["interactions"][kind], 10)
        hits = self.server.search("pilot price", "--mode", "lexical", "--in", "samples")
        self.assertTrue(hits and all(h["source"].startswith("samples/") for h in hits), hits)

    def test_guides(self):
        count = 0
        for guide in GUIDES:
            for block in BLOCK.findall(guide.read_text()):
                count += 1
                with self.subTest(f"{guide.name}: {block.strip().splitlines()[0][:60]}"):
                    done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=self.folder, capture_output=True,
                                          text=True, env=harken.environment(self.server.home, {"PATH": f"{harken.DEPS / 'bin'}:{os.environ['PATH']}"}), timeout=120)
                    self.assertEqual(done.returncode, 0, f"{block}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        self.assertGreater(count, 10)

    def test_links_lead_somewhere(self):
        for guide in GUIDES:
            for target in re.findall(r"\]\(([^)#:]+)\)", guide.read_text()):
                with self.subTest(f"{guide.name}: {target}"):
                    self.assertTrue((guide.parent / target).exists())

    def test_every_command_and_setting_is_described(self):
        commands = (harken.TOP / "doc/commands.md").read_text()
        listed = re.findall(r"(?m)^  ([a-z]+) +\S", self.server.ok("--help").partition("commands:")[2])
        self.assertGreaterEqual(len(listed), 9)
        for name in listed:
            self.assertRegex(commands, rf"(?m)^## .*\b{name}\b")


if __name__ == "__main__":
    unittest.main()
