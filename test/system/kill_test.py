"""A small share of `make faults`: random kills during an ingest change nothing in the end."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
import rounds


class Kill(unittest.TestCase):
    def test_three_rounds(self):
        results = rounds.run(60, 3, seed=20261124)
        self.assertEqual([r for r in results if not r.clean], [])


if __name__ == "__main__":
    unittest.main()
