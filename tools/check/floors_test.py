"""What tools/check/floors lets pass and what it stops."""
import pathlib
import subprocess
import tempfile
import unittest

FLOORS = pathlib.Path(__file__).with_name("floors")


def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for room in {name.split("/")[0] for name in files if not name.endswith("README.md") and "/" in name}:
            readme = pathlib.Path(folder, room, "README.md")
            if f"no readme {room}" not in files.values():
                readme.write_text("# a room\n")
        done = subprocess.run([FLOORS, folder], capture_output=True, text=True)
        return done.returncode, done.stdout


class Floors(unittest.TestCase):
    def test_own_room_and_rooms_below_pass(self):
        self.assertEqual(run({"store/db.c": '#include "store/db.h"\n#include "vault/seal.h"\n#include "base/str.h"\n'
                                            '#include "plain.h"\n#include <stdio.h>\n#include <libxml/tree.h>\n'}), (0, ""))

    def test_rooms_reached_through_an_arrow_pass(self):
        self.assertEqual(run({"search/a.c": '#include "vault/seal.h"\n#include "text/tokens.h"\n'}), (0, ""))

    def test_upward_is_stopped_with_its_place(self):
        rc, out = run({"base/a.c": '\n#include "store/db.h"\n'})
        self.assertEqual((rc, out), (1, "base/a.c:2: base/ may not include store/db.h\n"))

    def test_sideways_is_stopped(self):
        rc, out = run({"vault/a.h": '#  include "net/http.h"\n'})
        self.assertEqual((rc, out), (1, "vault/a.h:1: vault/ may not include net/http.h\n"))

    def test_tests_and_files_in_subfolders_are_held_to_it(self):
        self.assertEqual(run({"text/x_test.c": '#include "domain/interaction.h"\n'})[0], 1)
        self.assertEqual(run({"text/deep/x.h": '#include "domain/interaction.h"\n'})[0], 1)

    def test_angle_brackets_and_dots_are_no_way_around(self):
        self.assertEqual(run({"base/a.c": "#include <store/db.h>\n"})[0], 1)
        self.assertEqual(run({"base/a.c": '#include "../store/db.h"\n'})[0], 1)

    def test_a_room_nobody_drew_is_stopped(self):
        self.assertEqual(run({"attic/a.c": ""}), (1, "attic/: this room is not in the table of tools/check/floors\n"))

    def test_main_may_include_anything(self):
        self.assertEqual(run({"main.c": '#include "cli/cli.h"\n'}), (0, ""))

    def test_a_room_without_readme_is_stopped(self):
        self.assertEqual(run({"base/a.c": "", "x": "no readme base"}), (1, "base/: this room has no README.md\n"))


if __name__ == "__main__":
    unittest.main()
