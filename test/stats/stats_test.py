"""The program's statistics are those of doc/definitions.md (see README.md)."""
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import calls  # noqa: E402
import compare  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", TOP / "build"))
DATA = TOP / "../shared/data"


class Statistics(unittest.TestCase):
    def same(self, cases):
        n, rows, bad = compare.run(str(BUILD / "src/insight/harken_stateval"), cases)
        self.assertGreater(rows, n)
        self.assertEqual(bad, 0)

    def test_random_calls_agree_with_a_second_program(self):
        self.same(calls.randoms(200))

    @unittest.skipUnless(DATA.is_dir(), "no data beside the repository")
    def test_real_calls_agree_with_a_second_program(self):
        self.same(calls.reals(str(DATA), 20))


if __name__ == "__main__":
    unittest.main()
