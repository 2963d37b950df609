"""The sample company's acceptance test: its findings, written by hand beside it, cover everything and are found where they are expected."""
import collections
import json
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import samples_findings as samples  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", HERE.parents[1] / "build"))
CODES = {"PRICE", "BUDGET", "TIMING", "AUTHORITY", "NEED", "FIT", "TRUST", "COMPETITOR", "STATUS_QUO", "EFFORT", "SECURITY_PRIVACY", "LEGAL_PROCUREMENT"}
MODALITIES = {"COMMITTED", "ACCEPTED", "REQUESTED", "HEDGED", "NEGATED", "CANCELLED"}
FIELDS = {"meddpicc." + f for f in ("metrics", "economic_buyer", "decision_criteria", "decision_process", "paper_process", "identify_pain", "champion", "competition")} | {
    "bant." + f for f in ("budget", "authority", "need", "timeline")} | {"spiced." + f for f in ("situation", "pain", "impact", "critical_event", "decision")}
LEAST = {"objection": 0.85, "commitment": 0.80}  # of those expected; a field shows its best quote only, so it is not counted by quotes


def what(f):
    """The class of an expected finding."""
    if f["kind"] == "qualification":
        return f["framework"] + "." + f["field"]
    return f.get("code") or f.get("modality")


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = samples.load(BUILD)
        cls.found = samples.run(BUILD, [item for item, _ in cls.data])

    def counts(self, kind):
        want, have = collections.Counter(), collections.Counter()
        for (_, expected), got in zip(self.data, self.found):
            for w in expected:
                if w["kind"] == kind:
                    want[what(w)] += 1
                    have[what(w)] += any(g["kind"] == kind and samples.same_place(w, g) and what(w) in (g["class"], g["modality"]) for g in got)
        return want, have

    def test_every_code_modality_field_and_warning_is_expected_at_least_twice(self):
        for kind, all_of in (("objection", CODES), ("commitment", MODALITIES), ("qualification", FIELDS)):
            want, _ = self.counts(kind)
            self.assertEqual(set(want), all_of)
            self.assertEqual([k for k in sorted(all_of) if want[k] < 2], [])
        warnings = collections.Counter(w["warning"] for w in json.loads((samples.BASE / "expected/warnings.json").read_text(encoding="utf-8"))["expected"])
        self.assertEqual([w for w in (f"W{n:02d}" for n in range(1, 25)) if warnings[w] < 2], [])

    def test_every_code_modality_and_field_is_found_where_it_is_expected(self):
        for kind in ("objection", "commitment", "qualification"):
            want, have = self.counts(kind)
            self.assertEqual([k for k in sorted(want) if not have[k]], [], kind)
            if kind in LEAST:
                self.assertGreaterEqual(sum(have.values()) / sum(want.values()), LEAST[kind], have)

    def test_nothing_soft_is_shown_as_a_commitment_of_its_owner(self):
        for (item, expected), got in zip(self.data, self.found):
            for w in expected:
                if w["kind"] == "commitment" and w["modality"] not in ("COMMITTED", "ACCEPTED"):
                    hard = [g for g in got if g["kind"] == "commitment" and g["modality"] in ("COMMITTED", "ACCEPTED") and g["owner"] == w["owner"] and samples.same_place(w, g)]
                    self.assertEqual(hard, [], item["source"])


if __name__ == "__main__":
    unittest.main()
