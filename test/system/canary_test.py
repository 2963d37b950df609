"""Nothing anybody said lies readable on the disk: planted words are not found in anything Harken writes."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
import canaries

COUNT = 100


class Canary(unittest.TestCase):
    def test_the_finder_finds_every_form(self):
        words = ["Qaibrou Zelimund", "70412293345518"]
        with tempfile.TemporaryDirectory() as folder:
            finder = canaries.Finder(words)
            self.addCleanup(finder.close)
            for n, (form, (canary, name)) in enumerate(finder.names.items()):
                path = pathlib.Path(folder, f"{n}.bin")
                path.write_bytes(b"\xff\x00\n" + bytes(range(200)) + form + b"\x00\n\x80")
                self.assertEqual({h.canary for h in finder.hits(path)}, {canary}, name)
            long = pathlib.Path(folder, "long")
            for shift in range(3):
                text = b"x" * shift + words[0].encode() + b" went on"
                long.write_bytes(canaries.base64.b64encode(text))
                self.assertEqual({h.canary for h in finder.hits(long)}, {words[0]})
            long.write_bytes(b"nothing of the kind" * 1000)
            self.assertEqual(finder.hits(long), [])

    def test_none_is_found(self):
        hits, figures = canaries.hunt(COUNT, seed=20261124)
        # In the files themselves, where only zipped documents and folded lines hide some.
        self.assertGreaterEqual(figures["control"], 0.9 * COUNT)
        self.assertGreaterEqual(figures["found_again"], 18, "the planted words must be searchable")
        self.assertEqual(figures["failed"], [])
        self.assertGreater(figures["log_bytes"], 1000)
        self.assertEqual(hits, [])
        self.assertEqual(figures["end"], 0)


if __name__ == "__main__":
    unittest.main()
