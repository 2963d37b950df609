#!/usr/bin/env python3
"""test/stats/coaching_test.py - the program's figures of reps against a second computation (coaching.py), to 1e-9."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import coaching  # noqa: E402

TOOL = pathlib.Path(os.environ.get("HARKEN_BUILD", TOP / "build")) / "src/analytics/harken_coacheval"
NOW = 1_790_000_000_000


def random_case(seed):
    rng = random.Random(seed)
    reps = list(range(1, rng.choice([2, 6, 9])))
    items, serial = [], 0

    def add(name, part, rep, at, value, weight):
        nonlocal serial
        serial += 1
        items.append(dict(part=part, rep=rep, source=serial, at=at, value=value, weight=weight) | {"def": name})

    for rep in reps:
        for name in ("talk_ratio", "question_rate", "wpm", "dead_air", "next_step_specificity"):
            shift = rng.choice([0, 0, 0.4])
            for _ in range(rng.randint(0, 40)):
                at = NOW - rng.randint(-3, 200) * coaching.DAY + rng.randint(0, 1000)
                late = at > NOW - 30 * coaching.DAY
                add(name, "", rep, at, rng.choice([rng.random(), 0.25]) + shift * late, rng.choice([1.0, 2.0, rng.random() * 30, 0.0 if rng.random() < 0.02 else 1.0]))
        for part in ("", "PRICE", "NEED"):
            for _ in range(rng.randint(0, 14)):
                add("objection_recovery", part, rep, NOW - rng.randint(0, 120) * coaching.DAY, float(rng.random() < 0.4), 1.0)
        for _ in range(rng.randint(0, 5)):
            add("comments_given", "", rep, NOW - rng.randint(0, 120) * coaching.DAY, 1.0, 0.0)
    ratings = []
    for call in range(rng.choice([0, 3, 12])):
        rep, truth, at = rng.choice(reps), rng.randint(1, 5), NOW - rng.randint(0, 80) * coaching.DAY
        for question in (0, 1):
            for rater in range(rng.randint(1, 4)):
                value = min(5, max(1, truth + rng.choice([0, 0, 0, 1, -1]) * (question + rng.choice([0, 1]))))
                ratings.append(dict(form=77, call=1000 + call, rep=rep, rater=rater, question=question, value=value, model=rater == 3, at=at))
    return {"from": NOW - 90 * coaching.DAY, "to": NOW + coaching.DAY, "as_of": NOW, "reps": reps, "items": items, "ratings": ratings}


def answer(case):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(case, f)
        f.flush()
        out = subprocess.run([TOOL, f.name], capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    return [r for r in rows if "id" in r], [r for r in rows if "test" in r]


def part_of(row):
    if row["id"] in ("score", "score_agreement", "model_agreement"):
        form, question = row["part"].split("/")
        return int(form[-12:], 16), int(question) - 1
    return row["part"]


class Coaching(unittest.TestCase):
    def same(self, mine, theirs, what):
        if mine is None or theirs is None:
            self.assertEqual(mine, theirs, what)
        else:
            self.assertLessEqual(abs(mine - theirs), 1e-9 * max(1, abs(mine)), what)

    def test_figures_are_those_of_the_text(self):
        seen = set()
        for seed in range(40):
            case = random_case(seed)
            have, _ = answer(case)
            have = {(r["id"], part_of(r), r["rep"]): r for r in have}
            want = coaching.figures(case)
            for key, row in want.items():
                with self.subTest(seed=seed, key=key):
                    self.assertEqual(have[key]["reason"], row["reason"])
                    for name in ("value", "median", "low", "high", "pooled", "percentile"):
                        self.same(row.get(name), have[key][name], name)
                    if "n" in row:
                        self.assertEqual(have[key]["n"], row["n"])
                    seen.add((key[0], row["value"] is not None))
            extra = {k for k in have if k not in want and have[k]["value"]}
            self.assertEqual(extra, set())
        self.assertTrue({("ramp_weeks", True), ("model_agreement", True), ("score_agreement", True), ("score", True), ("objection_recovery", True)} <= seen)

    def test_tests_are_those_of_the_text(self):
        alerts = 0
        for seed in range(40):
            case = random_case(seed)
            _, have = answer(case)
            have = {(r["test"], r["part"], r["rep"], r["peers"]): r for r in have}
            want = coaching.tests(case)
            self.assertEqual(set(have), set(want))
            for key, (p, q) in want.items():
                with self.subTest(seed=seed, key=key):
                    self.same(p, have[key]["p"], "p")
                    self.same(q, have[key]["q"], "q")
                    self.assertEqual(have[key]["alert"], q <= 0.01)
                    alerts += q <= 0.01
        self.assertGreater(alerts, 20)

    def test_a_steady_rep_raises_no_alert_and_a_changed_one_does(self):
        items = []
        for rep in range(1, 7):
            for k in range(60):
                at = NOW - k * 3 * coaching.DAY
                value = 0.4 + 0.02 * ((k * 7 + rep * 3) % 5) + (0.3 if rep == 3 and k < 10 else 0)
                items.append({"def": "talk_ratio", "part": "", "rep": rep, "source": 100 * rep + k, "at": at, "value": value, "weight": 1.0})
        case = {"from": NOW - 90 * coaching.DAY, "to": NOW + 1, "as_of": NOW, "reps": list(range(1, 7)), "items": items, "ratings": []}
        _, tests = answer(case)
        self.assertEqual({(t["rep"], t["peers"]) for t in tests if t["alert"] and t["mean"] > t["other"]}, {(3, False), (3, True)})
        self.assertEqual({t["rep"] for t in tests if t["alert"] and not t["peers"]}, {3})


if __name__ == "__main__":
    unittest.main()
