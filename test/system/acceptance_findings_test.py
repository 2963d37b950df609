"""The sample company's acceptance: what is written down by hand beside it is what the running server says of its conversations.

The company comes in as its operator would bring it; each conversation with expected findings is then asked for with `harken insights
--json`. Everything that is expected must be there where it is expected: each objection code, each modality and each field of
qualification at least once, objections and commitments nearly all, and nothing soft as somebody's commitment.
"""
import collections
import json
import pathlib
import sys
import unittest

TEST = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TEST / "harness"), str(TEST / "eval")]
import harken  # noqa: E402
import samples_findings as samples  # noqa: E402

LEAST = {"objection": 0.85, "commitment": 0.80}  # as offline: samples_findings_test.py
FIRM = ("COMMITTED", "ACCEPTED")


def what(f):
    return f["framework"] + "." + f["field"] if f["kind"] == "qualification" else f.get("code") or f.get("modality")


class Acceptance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=northwind-robotics.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(samples.BASE / "interactions")
        harken.wait_for("the findings", lambda: not cls.server.status()["pending"], 120, 0.3)
        cls.talks = []
        for path in sorted((samples.BASE / "expected").glob("*.json")):
            expected = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(expected, dict) and "interaction" in expected:
                source = samples.BASE / expected["interaction"]
                got = cls.server.json("insights", "--json", source)["findings"]
                cls.talks.append((expected["interaction"], expected["findings"], got))

    def test_every_conversation_with_expectations_has_findings(self):
        self.assertGreaterEqual(len(self.talks), 20)
        for name, expected, got in self.talks:
            self.assertTrue(got or not expected, name)
            for f in got:
                self.assertTrue(f["spans"] and f["maker"] and f["version"] >= 1, (name, f))

    def test_every_code_modality_and_field_is_said_where_it_is_expected(self):
        for kind in ("objection", "commitment", "qualification"):
            want, have = collections.Counter(), collections.Counter()
            for _, expected, got in self.talks:
                for w in expected:
                    if w["kind"] == kind:
                        want[what(w)] += 1
                        have[what(w)] += any(g["kind"] == kind and samples.same_place(w, g) and what(w) in (g["class"], g["modality"])
                                             for g in got)
            self.assertEqual([k for k in sorted(want) if not have[k]], [], kind)
            if kind in LEAST:
                self.assertGreaterEqual(sum(have.values()) / sum(want.values()), LEAST[kind], have)

    def test_owners_and_days_of_firm_commitments_are_those_written_down(self):
        wrong, firm = [], 0
        for name, expected, got in self.talks:
            for w in expected:
                if w["kind"] != "commitment" or w["modality"] not in FIRM:
                    continue
                same = [g for g in got if g["kind"] == "commitment" and g["modality"] in FIRM and samples.same_place(w, g)]
                firm += bool(same)
                if same and not any(g["owner"] == w["owner"] and g["due"] == w["due"] for g in same):
                    wrong.append((name, w["quote"], w["owner"], w["due"], [(g["owner"], g["due"]) for g in same]))
        self.assertGreater(firm, 20)
        self.assertLessEqual(len(wrong) / firm, 0.1, wrong)

    def test_nothing_soft_is_somebodys_commitment(self):
        for name, expected, got in self.talks:
            for w in expected:
                if w["kind"] == "commitment" and w["modality"] not in FIRM:
                    hard = [g for g in got if g["kind"] == "commitment" and g["modality"] in FIRM and g["owner"] == w["owner"]
                            and samples.same_place(w, g)]
                    self.assertEqual(hard, [], name)


if __name__ == "__main__":
    harken.main()
