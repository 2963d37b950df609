"""Calls as they should not be: without times, without names, of one speaker, in two languages, of four hours, of three seconds. A figure is right, or null with a reason."""
import json
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

ANN, BO = "Ann Lee", "Bo Ek"
PEOPLE = [{"name": ANN, "email": "ann@ours.example", "side": "internal"}, {"name": BO, "email": "bo@buyer.example", "side": "external"}]
LINES = ["What would you change in the hall?", "We would save a whole shift there.", "I will send you the offer on Friday.", "That is too expensive for us."]
ZEILEN = ["Was würden Sie in der Halle ändern?", "Wir würden eine ganze Schicht sparen.", "Ich schicke Ihnen das Angebot am Freitag.", "Das ist uns zu teuer."]


def turns(n, speakers=(ANN, BO), text=lambda i: LINES[i % 4], length=9000, every=10000):
    return [({"speaker": speakers[i % len(speakers)]} if speakers else {}) | {"start_ms": every * i, "end_ms": every * i + length, "text": text(i)} for i in range(n)]


CALLS = {
    "no times": ([{"speaker": t["speaker"], "text": t["text"]} for t in turns(8)], PEOPLE),
    "no names": (turns(8, None), []),
    "one speaker": (turns(8, (ANN,), lambda i: LINES[i % 3]), PEOPLE[:1]),
    "two languages": (turns(16, text=lambda i: (LINES if i // 2 % 2 else ZEILEN)[i % 4]), PEOPLE),
    "four hours": (turns(1440, text=lambda i: f"{LINES[i % 4]} Number {i}.", length=10000), PEOPLE),
    "three seconds": ([{"speaker": ANN, "start_ms": 0, "end_ms": 1500, "text": "Hello?"}, {"speaker": BO, "start_ms": 1600, "end_ms": 3000, "text": "Wrong number."}], PEOPLE),
    "nothing said": ([{"speaker": ANN, "start_ms": 0, "end_ms": 0, "text": "..."}], PEOPLE),
}


class OddCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=ours.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        for name, (said, people) in CALLS.items():
            files.write(cls.server.root, f"in/{name}.json", json.dumps({"format": "harken.interaction/1", "kind": "call", "title": name, "started_at": "2026-10-01T10:00:00Z",
                                                                        "participants": people, "turns": said}))
        cls.server.ingest(cls.server.root / "in")
        harken.wait_for("the findings", lambda: not cls.server.status()["pending"], 120, 0.2)
        cls.calls = {i["title"]: cls.get(f"/v1/interactions/{i['id']}/insights") for i in cls.get("/v1/interactions?limit=50")["interactions"]}
        cls.have = {name: {(s["id"], s["speaker"], s["of"]): s for s in call["statistics"]} for name, call in cls.calls.items()}

    @classmethod
    def get(cls, path):
        reply = cls.server.http("GET", path)
        assert reply.status == 200, (path, reply.status, reply.body)
        return json.loads(reply.body)

    def value(self, call, figure, speaker=None):
        return self.have[call][figure, speaker, None]["value"]

    def reason(self, call, figure, speaker=None):
        return self.have[call][figure, speaker, None]["reason"]

    def owners(self, call):
        return {f["owner"] for f in self.calls[call]["findings"] if f["kind"] == "commitment"}

    def test_every_figure_is_a_number_or_says_why_not(self):
        self.assertEqual(set(self.calls), set(CALLS))
        for name, rows in self.have.items():
            self.assertTrue(rows, name)
            for key, s in rows.items():
                with self.subTest(call=name, figure=key):
                    self.assertEqual(s["value"] is None, bool(s["reason"]))
                    self.assertTrue(s["value"] is None or math.isfinite(s["value"]))

    def test_without_times_only_words_are_counted(self):
        self.assertEqual({key[0] for key, s in self.have["no times"].items() if s["value"] is not None}, {"questions", "open_share", "fillers", "ext_speakers"})
        self.assertEqual({s["reason"] for s in self.have["no times"].values() if s["value"] is None and s["id"] != "lsm"}, {"no_times"})
        self.assertEqual(self.value("no times", "questions", ANN), 2)
        self.assertEqual(self.owners("no times"), {ANN})

    def test_without_names_nobody_owns_anything(self):
        self.assertEqual({key[1] for key in self.have["no names"]}, {None})
        for figure in ("team_talk_ratio", "switches", "patience_ms", "interactivity", "longest_customer_story", "ext_speakers"):
            self.assertEqual((self.value("no names", figure), self.reason("no names", figure)), (None, "no_sides"))
        self.assertEqual(self.owners("no names") - {None}, set())

    def test_one_speaker_talks_to_nobody(self):
        self.assertEqual(self.value("one speaker", "talk_time", ANN), 8 * 9)
        self.assertEqual(self.value("one speaker", "talk_ratio", ANN), 1)
        for figure in ("switches", "patience_ms", "interactivity", "cut_in_share"):
            self.assertEqual((self.value("one speaker", figure), self.reason("one speaker", figure)), (None, "one_party"))
        self.assertEqual(self.reason("one speaker", "longest_customer_story"), "no_external_speech")
        self.assertEqual(self.owners("one speaker"), {ANN})

    def test_two_languages_keep_times_and_questions(self):
        for who in (ANN, BO):
            self.assertEqual(self.value("two languages", "talk_time", who), 8 * 9)
        self.assertEqual(self.value("two languages", "switches"), 15)
        self.assertEqual((self.value("two languages", "questions", ANN), self.value("two languages", "questions", BO)), (4, 0))

    def test_four_hours_add_up(self):
        for who in (ANN, BO):
            self.assertEqual(self.value("four hours", "talk_time", who), 4 * 3600 / 2)
        self.assertEqual(self.value("four hours", "switches"), 1439)
        self.assertEqual(self.value("four hours", "questions", ANN), 1440 / 4)
        self.assertEqual(self.value("four hours", "question_rate"), 90)
        self.assertEqual(self.value("four hours", "silence_pct"), 0)

    def test_three_seconds_are_too_short_for_a_pace(self):
        self.assertEqual((self.value("three seconds", "talk_time", ANN), self.value("three seconds", "talk_time", BO)), (1.5, 1.4))
        for who in (ANN, BO):
            self.assertEqual((self.value("three seconds", "wpm", who), self.reason("three seconds", "wpm", who)), (None, "too_short"))
        self.assertEqual(self.reason("three seconds", "patience_ms"), "no_gaps")
        self.assertEqual([f for f in self.calls["three seconds"]["findings"] if f["kind"] in ("commitment", "objection")], [])

    def test_figures_of_people_take_what_is_there_and_hide_what_is_little(self):
        rows = self.get("/v1/analytics/coaching?from=2026-09-01&to=2026-11-01")["figures"]
        ann = {r["id"]: r for r in rows if r["name"] == ANN and "part" not in r}
        self.assertEqual(ann["calls_attended"]["value"], 6)  # all but the one without names
        self.assertEqual((ann["talk_time"]["n"], ann["talk_time"]["value"], ann["talk_time"]["reason"]), (3, None, "small_n"))  # 30 s of talk or more
        for r in rows:
            self.assertEqual(r["value"] is None, "reason" in r, r)


if __name__ == "__main__":
    unittest.main()
