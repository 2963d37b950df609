#!/usr/bin/env python3
"""test/stats/deals_test.py - the program's figures of pipelines against a second computation (pipeline.py), to 1e-9.

Histories are invented with everything that goes wrong in a CRM: stages that go back, deals that open again, moved dates,
impossible dates, other currencies, missing amounts, closes before the start.
"""
import datetime as dt
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
sys.path[:0] = [str(HERE), str(TOP / "test/eval")]
sys.dont_write_bytecode = True
import deal_sim  # noqa: E402
import pipeline  # noqa: E402

TOOL = pathlib.Path(os.environ.get("HARKEN_BUILD", TOP / "build")) / "src/analytics/harken_dealeval"
STAGES = [dict(id="s%d" % k, order=k, probability=p) for k, p in ((1, 0.1), (2, 0.3), (3, 0.6))]
PIPELINE = dict(format="harken.pipeline/1", id="main", currency="EUR", offset_min=60,
                stages=STAGES + [dict(id="won", order=4, outcome="won"), dict(id="lost", order=5, outcome="lost")])


def iso(t):
    return dt.datetime.fromtimestamp(t / 1000, dt.timezone.utc).isoformat(timespec="milliseconds")


def messy_deal(rng, name, start):
    t, history = start, []

    def add(field, new, **more):
        history.append(dict(at=iso(t), field=field, new=new, **more))

    def some_day():
        if rng.random() < 0.04:
            return rng.choice(["2026-02-30", "soon", "2026-13-01"])
        return (dt.date(1970, 1, 1) + dt.timedelta(days=t // pipeline.DAY + rng.randint(-20, 120))).isoformat()

    add("stage", "s1")
    if rng.random() < 0.9:
        currency = dict(currency=rng.choice(["USD", "GBP"])) if rng.random() < 0.1 else {}
        add("amount", "%d.%02d" % (rng.randint(0, 90000), rng.randint(0, 99)), **currency)
    if rng.random() < 0.95:
        add("close_date", some_day())
    for _ in range(rng.randint(0, 12)):
        t += rng.randint(1, 20 * pipeline.DAY)
        kind = rng.random()
        if kind < 0.45:
            add("stage", rng.choice(["s1", "s2", "s3", "s2", "s3", "won", "lost", "nowhere"]))
        elif kind < 0.6:
            add("amount", None if rng.random() < 0.1 else "%d" % rng.randint(0, 90000))
        elif kind < 0.8:
            add("close_date", None if rng.random() < 0.05 else some_day())
        else:
            add("forecast_category", rng.choice(["pipeline", "best_case", "commit", "omitted"]))
        if rng.random() < 0.1:
            add("close_date", some_day())  # the same instant as the change before
    mentions = sorted((rng.randint(start, t + 30 * pipeline.DAY), rng.choice("ABC")) for _ in range(rng.choice([0, 0, 1, 3])))
    made = start + (60 * pipeline.DAY if rng.random() < 0.05 else 0)  # some were made after they closed
    return dict(format="harken.deal/1", id=name, name=name, pipeline="main", created_at=iso(made), history=history, mentions=mentions)


def company(seed, deals):
    rng = random.Random(seed)
    first = pipeline.ms("2026-01-05T09:00:00Z")
    return [messy_deal(rng, "D%04d" % n, first + rng.randint(0, 200 * pipeline.DAY)) for n in range(deals)]


def run(*args):
    out = subprocess.run([str(TOOL), *args], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines()]


def near(a, b):
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def compare(records, first, last, as_of, folder):
    path = pathlib.Path(folder) / "crm.jsonl"
    lines = [PIPELINE] + [{k: v for k, v in r.items() if k != "mentions"} for r in records]
    lines += [dict(format="sim.finding/1", deal=r["id"], kind="competitor", at=iso(t), **{"class": c}) for r in records for t, c in r["mentions"]]
    path.write_text("".join(json.dumps(r) + "\n" for r in lines), encoding="utf-8")
    mine = pipeline.Figures(PIPELINE, [pipeline.History(r, PIPELINE) for r in records], pipeline.day(first), pipeline.day(last),
                            pipeline.ms(as_of))
    mine.make()
    wrong, money = [], {}
    seen = set()
    for f in run("figures", str(path), as_of, first, last):
        key = (f["id"], f["part"])
        if f["id"] in ("calibrated_pipeline", "coverage", "hygiene"):
            continue  # rest on scores, quotas and people, which these deals do not have
        seen.add(key)
        if key not in mine.out:
            wrong.append("%s %s: not in the second computation" % key)
            continue
        value, n, low, high = mine.out[key]
        if not near(f["value"], value) or f["n"] != n and f["id"] != "needed_coverage":
            wrong.append("%s %s: %r (n %d) against %r (n %d)" % (*key, f["value"], f["n"], value, n))
        if not near(f.get("low"), low if value is not None else None) or not near(f.get("high"), high if value is not None else None):
            wrong.append("%s %s: interval %r %r against %r %r" % (*key, f.get("low"), f.get("high"), low, high))
        if f["id"] == "waterfall":
            money[f["part"]] = f["micros"]
    wrong += ["%s %s: missing" % k for k in mine.out if k not in seen]
    m = money
    if m["opening"] + m["created"] + m["increased"] + m["moved_in"] - m["decreased"] - m["won"] - m["lost"] - m["moved_out"] != m["closing"]:
        wrong.append("the waterfall does not balance: %r" % m)
    return wrong


def states(folder):
    c = deal_sim.Company(5, 120, 0)
    path = pathlib.Path(folder) / "sim.jsonl"
    c.write(path)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    pipe = next(r for r in records if r["format"] == "harken.pipeline/1")
    acts = {}
    for r in records:
        if r["format"] == "harken.activity/1":
            acts.setdefault(r["deal"], []).append((pipeline.ms(r["at"]), r["type"], r["direction"], r.get("status", "done")))
    when = deal_sim.iso(deal_sim.EPOCH + 45 * deal_sim.DAY)
    t, wrong = pipeline.ms(when), []
    deals = {r["id"]: pipeline.History(r, pipe) for r in records if r["format"] == "harken.deal/1"}
    for row in run("state", str(path), when):
        mine = deals[row["deal"]].at(t)
        e, before = pipeline.engagement(acts.get(row["deal"], []), t), pipeline.engagement(acts.get(row["deal"], []), t - 14 * pipeline.DAY)
        want = dict(outcome=mine["outcome"], amount_micros=mine["amount"], close_day=mine["close"], pushes=mine["pushes"], engagement=e,
                    momentum=e / before if before else None, reciprocity=pipeline.reciprocity(acts.get(row["deal"], []), t))
        for k, v in want.items():
            if row[k] != v if isinstance(v, str) else not near(row[k], v):
                wrong.append("%s %s: %r against %r" % (row["deal"], k, row[k], v))
    return wrong


PERIODS = (("2026-01-01", "2026-04-01", "2027-01-01T00:00:00Z"), ("2026-04-01", "2026-07-01", "2026-06-10T12:00:00Z"),
           ("2026-07-01", "2026-10-01", "2027-01-01T00:00:00Z"))


class SecondComputation(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_figures_of_messy_pipelines(self):
        for seed, deals in ((1, 400), (2, 400), (3, 12), (4, 0)):
            for first, last, as_of in PERIODS:
                with self.subTest(f"{first}..{last} of {deals} deals, seed {seed}"):
                    self.assertEqual(compare(company(seed, deals), first, last, as_of, self.folder.name), [])

    def test_states_and_engagement_of_a_simulated_pipeline(self):
        self.assertEqual(states(self.folder.name), [])


if __name__ == "__main__":
    unittest.main()
