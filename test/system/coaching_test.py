"""Coaching from outside: figures of reps are those of their calls, comments and scorecards are kept and counted, and nobody sees more than theirs."""
import json
import pathlib
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test/harness"), str(TOP / "test/stats")]
import company
import files
import harken

COMPANY = TOP / "samples/northwind-robotics"
AS_OF = "2026-11-20T09:00:00+01:00"
REPS = ["Ada Quist", "Ben Rowe", "Cora Sund", "Dirk Thal", "Esme Ulm", "Finn Vold"]


def talk_s(rep, k):
    """Seconds the rep speaks in their k-th call; the customer speaks 60 s."""
    return 40 + 5 * k + 3 * rep


def calls_of_reps():
    """Six calls of six reps, a week apart: {file: text}."""
    out = {}
    for rep, name in enumerate(REPS):
        for k in range(6):
            mine = talk_s(rep, k) * 1000
            out[f"{rep}-{k}.json"] = json.dumps({
                "format": "harken.interaction/1", "kind": "call", "title": f"Call {rep} {k}", "started_at": f"2026-{9 + (7 * k + 20) // 30:02}-{(7 * k + 20) % 30 + 1:02}T10:0{rep}:00Z",
                "participants": [{"name": name, "email": f"{name.split()[0].lower()}@northwind-robotics.example", "side": "internal"},
                                 {"name": f"Buyer {rep}", "email": f"buyer{rep}@buyer.example", "side": "external"}],
                "turns": [{"speaker": name, "start_ms": 0, "end_ms": mine, "text": f"What would change for you in hall {rep}{k}?"},
                          {"speaker": f"Buyer {rep}", "start_ms": mine + 500, "end_ms": mine + 60500, "text": f"We would save a shift in hall {rep}{k}."}]})
    return out


PERIOD = ["--from", "2026-01-01", "--to", "2027-01-01", "--as-of", AS_OF]


class Coaching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=northwind-robotics.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(COMPANY / "interactions")
        cls.server.ingest(COMPANY / "crm/crm.jsonl")
        for name, text in calls_of_reps().items():
            files.write(cls.server.root, f"reps/{name}", text)
        cls.server.ingest(cls.server.root / "reps")
        harken.wait_for("the findings", lambda: not cls.server.status()["pending"], 180, 0.3)
        cls.calls = cls.get("/v1/interactions?kind=call&limit=1000&fields=id,started_at,title")["interactions"]
        cls.insights = {c["id"]: cls.get(f"/v1/interactions/{c['id']}/insights") for c in cls.calls}
        cls.whole = {c["id"]: cls.get(f"/v1/interactions/{c['id']}") for c in cls.calls}

    @classmethod
    def get(cls, path):
        reply = cls.server.http("GET", path)
        assert reply.status == 200, (path, reply.status, reply.body)
        return json.loads(reply.body)

    def post(self, path, body, status):
        reply = self.server.http("POST", path, body)
        self.assertEqual(reply.status, status, reply.body)
        return json.loads(reply.body)

    def figures(self, *args):
        rows = self.server.json("coaching", "--json", *PERIOD, *args)["figures"]
        return {(r["name"], r["id"], r.get("part")): r for r in rows}

    def own(self, call):
        return {p["name"] for p in self.whole[call]["participants"] if p.get("side") == "internal" or p.get("email", "").endswith("@northwind-robotics.example")}

    def said(self, call):
        """Names of ours who said anything."""
        return {s["speaker"] for s in self.insights[call]["statistics"] if s["id"] == "questions"} & self.own(call)

    def spoke(self, call):
        """{name: talk} of ours with 30 s or more."""
        return {s["speaker"]: s["value"] for s in self.insights[call]["statistics"]
                if s["id"] == "talk_time" and s["speaker"] in self.own(call) and (s["value"] or 0) >= 30}

    def test_means_are_those_of_the_calls(self):
        have = self.figures()
        for figure, own in (("talk_ratio", True), ("question_rate", True), ("longest_monologue", True), ("silence_pct", False), ("nextstep_share", False)):
            values = {}
            for call in self.insights:
                for name in self.spoke(call):
                    values.setdefault(name, []).extend(s["value"] for s in self.insights[call]["statistics"]
                                                       if s["id"] == figure and s["value"] is not None and (s.get("speaker") or None) == (name if own else None))
            shown = [n for n, v in values.items() if len(v) >= 5]
            self.assertGreater(len(shown), 4)
            for name, v in values.items():
                with self.subTest(figure=figure, name=name):
                    row = have[name, figure, None]
                    self.assertEqual((row["n"], row["value"] is None), (len(v), len(v) < 5))
                    if len(v) >= 5:
                        self.assertAlmostEqual(row["value"], sum(v) / len(v), 9)
                        self.assertTrue(row["low"] <= row["value"] <= row["high"] and 0 <= row["percentile"] <= 100)
                    else:
                        self.assertEqual(row["reason"], "small_n")
            self.assertAlmostEqual(have[None, figure, None]["value"], sum(have[n, figure, None]["value"] for n in shown) / len(shown), 9)

    def test_objections_and_their_recovery_are_counted_per_rep(self):
        have = self.figures("--figure", "objection_recovery")
        n = {}
        for call, i in self.insights.items():
            if self.whole[call]["started_at"] > "2026-11-06T08:00:00":  # younger than 14 days: they may yet be recovered
                continue
            for name in self.said(call):
                n[name] = n.get(name, 0) + sum(f["kind"] == "objection" for f in i["findings"])
        for name, count in n.items():
            self.assertEqual(have[name, "objection_recovery", None]["n"], count)
        self.assertTrue(any(r["value"] is not None for r in have.values()))

    def test_a_rep_stands_among_the_others(self):
        have = self.figures("--figure", "talk_ratio")
        means = [sum(talk_s(r, k) / (talk_s(r, k) + 60) for k in range(6)) / 6 for r in range(6)]
        for rep, name in enumerate(REPS):
            row = have[name, "talk_ratio", None]
            self.assertAlmostEqual(row["value"], means[rep], 9)
            self.assertAlmostEqual(row["pooled"], sum(talk_s(rep, k) for k in range(6)) / sum(talk_s(rep, k) + 60 for k in range(6)), 9)
        shown = sorted(r["value"] for (n, _, _), r in have.items() if n and r["value"] is not None)
        self.assertEqual([have[n, "talk_ratio", None]["percentile"] for n in REPS], [100 * shown.index(have[n, "talk_ratio", None]["value"]) / (len(shown) - 1) for n in REPS])

    def test_a_figure_explains_itself_with_its_rows(self):
        rows = self.server.json("coaching", "--json", *PERIOD, "--rep", "Ada Quist", "--figure", "talk_ratio")["figures"]
        self.assertEqual(len(rows), 1)
        self.assertEqual(set(rows[0]["inputs"]), {c for c in self.insights if "Ada Quist" in self.spoke(c)})
        self.assertIn("30 s", rows[0]["definition"])
        self.assertEqual(rows[0]["definition_version"], 1)
        self.assertEqual(self.server.http("GET", "/v1/analytics/coaching/explain?figure=charm").status, 404)

    def test_what_is_not_recorded_says_so(self):
        have = self.figures()
        self.assertEqual((have[None, "calls_hosted", None]["value"], have[None, "calls_hosted", None]["reason"]), (None, "not_recorded"))
        self.assertEqual(have["Lucy Fairweather", "calls_attended", None]["value"], sum("Lucy Fairweather" in self.own(c) for c in self.insights))

    def test_comments_and_scores_are_kept_and_counted(self):
        lucy = next(r["rep"] for r in self.server.json("coaching", "--json", *PERIOD, "--rep", "Lucy Fairweather")["figures"])
        calls = [c for c in self.insights if "Lucy Fairweather" in self.said(c)]
        text = "Ask about the date next time."
        made = self.post(f"/v1/interactions/{calls[0]}/comments", {"text": text, "about": lucy, "turn": 0, "start": 0, "end": 3}, 201)
        self.assertEqual(self.get(f"/v1/interactions/{calls[0]}/comments")["comments"], [made])
        self.post(f"/v1/interactions/{calls[0]}/comments", {"text": text, "turn": 0}, 422)
        self.post(f"/v1/interactions/{calls[0]}/comments", {"text": text, "turn": 99999, "start": 0, "end": 3}, 404)
        form = self.post("/v1/scorecards", {"name": "Discovery", "questions": ["Did we hear the pain?", "Was a next step agreed?"]}, 201)
        self.post(f"/v1/interactions/{calls[0]}/scores", {"scorecard": form["id"], "about": lucy, "answers": [3]}, 422)
        self.post(f"/v1/interactions/{calls[0]}/scores", {"scorecard": form["id"], "about": lucy, "answers": [3, 9]}, 400)
        for k, call in enumerate(calls[:6]):
            self.post(f"/v1/interactions/{call}/scores", {"scorecard": form["id"], "about": lucy, "answers": [1, 1], "note": "first try"}, 201)
            self.post(f"/v1/interactions/{call}/scores", {"scorecard": form["id"], "about": lucy, "answers": [3 + k % 3, 0]}, 201)
            self.post(f"/v1/interactions/{call}/scores", {"scorecard": form["id"], "about": lucy, "answers": [5 - k % 3, 2], "by_model": True}, 201)
        self.assertEqual([s["answers"] for s in self.get(f"/v1/interactions/{calls[0]}/scores")["scores"] if not s["by_model"]], [[3, 0]])
        now = self.server.json("coaching", "--json", "--from", "2026-01-01", "--to", "2030-01-01")["figures"]
        have = {(r["name"], r["id"], r.get("part")): r for r in now}
        self.assertEqual(have["Lucy Fairweather", "comments_received", None]["value"], 1)
        self.assertEqual(have["Lucy Fairweather", "scorecards_received", None]["value"], 6)
        score = have["Lucy Fairweather", "score", f"{form['id']}/1"]
        self.assertEqual((score["value"], score["n"]), (4, 6))  # 3, 4, 5, 3, 4, 5; the model's word does not count
        agreement = have[None, "model_agreement", f"{form['id']}/1"]
        self.assertLess(agreement["value"], 0)  # it says the opposite
        coverage = have["Lucy Fairweather", "coaching_coverage", None]
        self.assertAlmostEqual(coverage["value"], 6 / coverage["n"], 9)
        self.assertNotIn(text, self.server.log())

    def test_a_talk_track_is_followed_as_far_as_its_trackers_came_up(self):
        before = self.figures("--figure", "talk_track_adherence")
        self.assertEqual({r["reason"] for r in before.values()}, {"nothing_to_count"})  # no stage has a talk track yet
        made = [self.post("/v1/trackers", {"name": name, "kind": "words", "phrases": [phrase]}, 201)["id"] for name, phrase in (("Price said", "price"), ("Never said", "xylophone"))]
        harken.wait_for("the trackers", lambda: not self.server.status()["pending"], 120, 0.3)
        self.post("/v1/playbooks", {"name": "Bad", "stages": [{"name": "Proposal", "talk_track": ["018f6e1c-7a3b-7c4d-8e5f-0123456789ab"]}]}, 422)
        stages = sorted({d["stage"] for d in self.get("/v1/deals?outcome=all&limit=500")["deals"] if d.get("stage")} | {"Qualification", "Discovery", "Evaluation", "Proposal", "Negotiation"})
        self.post("/v1/playbooks", {"name": "All calls", "stages": [{"name": s, "talk_track": made + made[:1]} for s in stages]}, 201)
        came = {c: sum(any(f["kind"] == "tracker" and f["class"] == t for f in self.get(f"/v1/interactions/{c}/insights")["findings"]) for t in made) / 2 for c in self.insights}
        rows = self.server.json("coaching", "--json", *PERIOD, "--figure", "talk_track_adherence")["figures"]
        shown = [r for r in rows if r["rep"] and r["n"]]
        self.assertTrue(any(r["value"] is not None for r in shown))
        for r in shown:
            self.assertTrue(all(r["name"] in self.said(c) for c in r["inputs"]))
            if r["value"] is not None:
                self.assertAlmostEqual(r["value"], sum(came[c] for c in r["inputs"]) / len(r["inputs"]), 9)
                self.assertLessEqual(r["value"], 0.5)  # one of the two never comes up

    def test_a_rep_sees_only_their_own_figures_and_scores(self):
        c = company.Company(self.server)
        people = [("Ann Person", "ann", "internal"), ("Bob Person", "bob", "internal"), ("Cleo Buyer", "cleo", "external")]
        talk = {"format": "harken.interaction/1", "kind": "call", "title": "Shared call", "started_at": "2026-10-10T10:00:00Z",
                "participants": [{"name": n, "email": company.address(a) if side == "internal" else "cleo@buyer.example", "side": side} for n, a, side in people],
                "turns": [{"speaker": n, "start_ms": 60000 * i, "end_ms": 60000 * i + 50000, "text": f"What is it like in hall {i}?"} for i, (n, _, _) in enumerate(people)]}
        self.server.ingest(files.write(self.server.root, "shared.json", json.dumps(talk)))
        harken.wait_for("the call", lambda: not self.server.status()["pending"], 60, 0.2)
        path = next(f"/v1/interactions/{i['id']}" for i in self.get("/v1/interactions?kind=call&limit=1000&fields=id,title")["interactions"] if i["title"] == "Shared call")
        period = "/v1/analytics/coaching?from=2026-01-01&to=2027-01-01"
        ids = {r["name"]: r["rep"] for r in self.get(period)["figures"]}
        form = self.post("/v1/scorecards", {"name": "Private", "questions": ["How was it?"]}, 201)["id"]
        for name in ("Ann Person", "Bob Person"):
            c.sessions["boss"].json("POST", f"{path}/scores", {"scorecard": form, "about": ids[name], "answers": [4]})
        c.sessions["ann"].json("POST", f"{path}/comments", {"text": "I should have asked more."})
        about = {name: [s["about"] for s in c.sessions[name].json("GET", f"{path}/scores")["scores"]] for name in ("ann", "bob", "boss")}
        self.assertEqual(about, {"ann": [ids["Ann Person"]], "bob": [ids["Bob Person"]], "boss": [ids["Ann Person"], ids["Bob Person"]]})
        self.assertEqual(c.sessions["eve"].ask("GET", f"{path}/comments").status, 404)
        self.assertEqual(c.sessions["eve"].ask("POST", f"{path}/comments", {"text": "x"}).status, 404)
        seen = {name: {r["name"] for r in c.sessions[name].json("GET", period)["figures"]} - {None} for name in ("ann", "boss")}
        self.assertEqual(seen["ann"], {"Ann Person"})
        self.assertTrue({"Ann Person", "Bob Person"} <= seen["boss"])
        self.assertEqual(c.sessions["rita"].ask("POST", f"{path}/scores", {"scorecard": form, "about": ids["Ann Person"], "answers": [4]}).status, 403)

    def test_alerts_are_a_subset_of_the_tests(self):
        path = f"/v1/analytics/coaching/alerts?as_of={AS_OF.replace('+', '%2B')}"
        every = self.get(path + "&all=true")["alerts"]
        self.assertTrue(every)
        self.assertEqual(self.get(path)["alerts"], [a for a in every if a["q"] <= 0.01])
        self.assertTrue(all(0 <= a["p"] <= a["q"] <= 1 and a["n"] >= 5 for a in every))


if __name__ == "__main__":
    unittest.main()
