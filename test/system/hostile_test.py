"""Some hundred hostile inputs of each family (all ten thousand: make judges)."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken
import hostile

LIMITS = {f"HARKEN_LIMITS_{name}": "0" for name in ("USER", "KEY", "WORKSPACE", "ADDRESS", "COST")}


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server(env=LIMITS).start()
        cls.addClassCleanup(cls.server.discard)

    def test_nothing_breaks_and_errors_are_stable(self):
        for family in hostile.FAMILIES:
            with self.subTest(family):
                report = hostile.run(self.server, family, 400, seed=20261129)
                self.assertEqual(report.problems[:5], [])
                self.assertGreater(sum(n for status, n in report.statuses.items() if status >= 400), 100)


if __name__ == "__main__":
    unittest.main()
