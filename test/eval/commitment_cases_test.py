"""The written commitments: nothing hedged, asked or refused comes out as a commitment, and no quote, owner or day is made up."""
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import commitment_cases as written  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", TOP / "build"))


class Commitments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        some = written.cases()
        cls.n, cls.some = written.score(some, written.run(BUILD, [c[1] for c in some])), some

    def test_there_are_at_least_300_cases_with_evidence(self):
        self.assertGreaterEqual(len(self.some), 300)
        for number, _, want in self.some:
            for item in want:
                self.assertTrue(item["spans"], number)

    def test_nothing_is_hardened(self):
        self.assertEqual(self.n["hardened"], 0)

    def test_nothing_is_fabricated(self):
        self.assertEqual(self.n["fabricated"], 0)

    def test_commitments_are_found_and_are_some(self):
        self.assertGreaterEqual(self.n["right"] / self.n["found"], 0.95)
        self.assertGreaterEqual(self.n["right"] / self.n["wanted"], 0.80)


class Scorer(unittest.TestCase):
    def test_a_hedge_shown_as_commitment_counts(self):
        ia, want = written.case_read("call . | A: {I might send it.} // B: Ok. | HEDGED A -", 1)
        got = {"modality": "COMMITTED", "owner": "Ana Ruiz", "due": None,
               "spans": [{"turn": 0, "start": 0, "end": 16, "quote": "I might send it."}]}
        n = written.score([(1, ia, want)], [[got]])
        self.assertEqual((n["hardened"], n["right"], n["found"]), (1, 0, 1))

    def test_an_owner_from_nowhere_counts(self):
        ia, want = written.case_read("call . | A: {We'll send it.} // B: Ok. | COMMITTED - -", 1)
        got = {"modality": "COMMITTED", "owner": "Ben Cole", "due": None,
               "spans": [{"turn": 0, "start": 0, "end": 14, "quote": "We'll send it."}]}
        self.assertEqual(written.score([(1, ia, want)], [[got]])["fabricated"], 1)


if __name__ == "__main__":
    unittest.main()
