"""What tools/check/banned stops, and where it must stay quiet."""
import pathlib
import subprocess
import tempfile
import unittest

BANNED = pathlib.Path(__file__).with_name("banned")


def run(text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "a.c")
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([BANNED, file], capture_output=True, text=True)
        return done.returncode, done.stdout.replace(f"{file}", "a.c")


class Banned(unittest.TestCase):
    def test_a_banned_call_is_named_with_its_place(self):
        rc, out = run("int f(char *d)\n{\n    strcpy (d, d);\n}\n")
        self.assertEqual(rc, 1)
        self.assertTrue(out.startswith("a.c:3: strcpy(): use "), out)

    def test_comments_strings_and_longer_names_are_left_alone(self):
        self.assertEqual(run('/* strcpy(d) */\nconst char *s = "atoi(x)";\n// system(x)\nfs_system(x); x->random(y);\n'
                             "my_atoi(x);\n"), (0, ""))

    def test_a_comment_of_several_lines_keeps_the_count(self):
        self.assertEqual(run("/* one\n * two */\natoi(x);\n")[1].split(":")[1], "3")

    def test_a_todo_needs_an_issue(self):
        self.assertEqual(run("/* TODO later */\n")[0], 1)
        self.assertEqual(run("/* TODO(#12): later */\n")[0], 0)

    def test_secrets_are_not_compared_byte_by_byte(self):
        text = "if (memcmp(x->want_mac, mac, 32) == 0)\n    f();\nok = str_eq(p.kid, kid);\n"
        self.assertEqual(run(text), (0, ""))  # anywhere else
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "src/vault/a.c")
            file.parent.mkdir(parents=True)
            file.write_text(text)
            done = subprocess.run([BANNED, file], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (1, f"{file}:1: memcmp() of a mac: use vault_same()\n"))

    def test_trailing_blanks(self):
        self.assertEqual(run("int x; \n")[0], 1)


if __name__ == "__main__":
    unittest.main()
