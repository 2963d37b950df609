"""Trackers from outside: phrases and examples find what they should, clicks teach at once, changes reach old conversations."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

CALL = [
    ("Ann", "internal", "Thanks for joining. Let me share my screen."),
    ("Ben", "external", "Could we get discounts for the second year? That budget was cut last week."),
    ("Ann", "internal", "A discount is possible. We integrate with your stock system."),
    ("Ben", "external", "Is there any way you can bring the price down a bit?"),
    ("Ann", "internal", "I will show you the reporting page now."),
    ("Ben", "external", "My colleagues in Lisbon start at nine in the morning."),
]
EXAMPLES = ["Can you do something about the price?", "That is too expensive for us, can you go lower?",
            "What is the best price you can offer?", "Could you give us a better price?", "We would need it cheaper."]
MORE = ["Would you lower your price if we sign for two years?", "Can you make it cheaper for us?"]


def call(turns, title):
    return json.dumps({
        "format": "harken.interaction/1", "kind": "call", "title": title, "started_at": "2026-05-04T09:00:00Z",
        "participants": [{"name": n, "side": s} for n, s in sorted({(n, s) for n, s, _ in turns})],
        "turns": [{"speaker": n, "text": t, "start_ms": i * 10000, "end_ms": i * 10000 + 8000} for i, (n, _, t) in enumerate(turns)]})


class Trackers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(files.write(cls.server.root, "calls/one.json", call(CALL, "one")))
        cls.settled()

    @classmethod
    def settled(cls):
        harken.wait_for("quiet", lambda: not cls.server.status()["pending"], 120, 0.1)

    def send(self, method, path, body=None, status=200, **headers):
        reply = self.server.http(method, path, body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self.assertEqual(reply.status, status, reply.body)
        return json.loads(reply.body) if reply.body else None

    def make(self, **fields):
        made = self.send("POST", "/v1/trackers", fields, 201)
        self.addCleanup(lambda: self.server.http("DELETE", f"/v1/trackers/{made['id']}"))
        self.settled()
        return made

    def quotes(self, tracker):
        self.settled()
        return sorted(h["quote"] for h in self.send("GET", f"/v1/trackers/{tracker}/hits")["hits"])

    def test_phrases_find_words_in_their_forms_with_their_spans(self):
        k = self.make(name="Money", kind="words", phrases=["discount", "budget .. cut", "integrat*"])
        self.assertEqual(self.quotes(k["id"]), ["budget was cut", "discount", "discounts", "integrate"])
        hit = next(h for h in self.send("GET", f"/v1/trackers/{k['id']}/hits")["hits"] if h["quote"] == "discounts")
        self.assertEqual((hit["turn"], hit["speaker"], hit["side"], hit["confidence"]), (1, "Ben", "external", 1))
        self.assertEqual(CALL[1][2].encode()[hit["start"]:hit["end"]], b"discounts")

    def test_a_side_can_be_asked_for(self):
        k = self.make(name="Their discounts", kind="words", phrases=["discount"], side="external")
        self.assertEqual(self.quotes(k["id"]), ["discounts"])

    def test_a_change_goes_over_old_conversations_and_turning_off_takes_hits_away(self):
        k = self.make(name="Reporting", kind="words", phrases=["nothing of that"])
        self.assertEqual(self.quotes(k["id"]), [])
        now = self.send("PATCH", f"/v1/trackers/{k['id']}", {"phrases": ["\"reporting page\""]}, If_Match="*")
        self.assertEqual(now["version"], 2)
        self.assertEqual(self.quotes(k["id"]), ["reporting page"])
        self.assertEqual(self.send("GET", f"/v1/trackers/{k['id']}/hits")["hits"][0]["version"], 2)
        self.send("PATCH", f"/v1/trackers/{k['id']}", {"enabled": False}, If_Match="*")
        self.assertEqual(self.quotes(k["id"]), [])

    def test_hits_are_findings_of_the_conversation(self):
        k = self.make(name="Screen", kind="words", phrases=["screen"])
        self.quotes(k["id"])
        shown = self.server.json("insights", "--json", str(self.server.root / "calls/one.json"))
        mine = [f for f in shown["findings"] if f["kind"] == "tracker" and f["class"] == k["id"]]
        self.assertEqual([f["spans"][0]["quote"] for f in mine], ["screen"])
        self.assertEqual((mine[0]["maker"], mine[0]["value"]), ("trackers.words", {"name": "Screen", "phrase": "screen"}))

    def test_a_wrong_phrase_is_refused_with_its_place(self):
        bad = self.send("POST", "/v1/trackers", {"name": "Bad", "kind": "words", "phrases": ["fine", "price \"list"]}, 422)
        self.assertIn("phrases/1: at character 7", json.dumps(bad))
        self.send("POST", "/v1/trackers", {"name": "None", "kind": "words", "phrases": []}, 422)
        self.send("POST", "/v1/trackers", {"name": "Mixed", "kind": "examples", "examples": ["a b"], "phrases": ["a"]}, 422)

    def test_no_two_have_one_name(self):
        self.make(name="Twice", kind="words", phrases=["twice"])
        self.send("POST", "/v1/trackers", {"name": "twice ", "kind": "words", "phrases": ["again"]}, 409)

    def test_examples_find_what_means_the_same(self):
        k = self.make(name="Asks for less", kind="examples", examples=EXAMPLES)
        self.assertTrue(self.send("GET", f"/v1/trackers/{k['id']}")["trained"])
        found = self.quotes(k["id"])
        self.assertIn("Is there any way you can bring the price down a bit?", found)
        for no in (CALL[4][2], CALL[5][2], "Let me share my screen."):
            self.assertNotIn(no, found)
        hit = next(h for h in self.send("GET", f"/v1/trackers/{k['id']}/hits")["hits"] if "bring the price" in h["quote"])
        self.assertTrue(0.2 < hit["confidence"] <= 1)

    def test_a_click_changes_the_next_scoring_at_once(self):
        k = self.make(name="Learns", kind="examples", examples=EXAMPLES + MORE)
        said = CALL[3][2]

        def score(text):
            return self.send("POST", f"/v1/trackers/{k['id']}/try", {"text": text})["spans"][0]
        before = score(said)
        self.assertTrue(before["matches"])
        self.settled()
        hit = next(h for h in self.send("GET", f"/v1/trackers/{k['id']}/hits")["hits"] if h["quote"] == said)
        body = {x: hit[x] for x in ("interaction", "turn", "start", "end")}
        after = self.send("POST", f"/v1/trackers/{k['id']}/feedback", body | {"right": False})
        self.assertEqual((after["version"], after["right"], after["wrong"]), (2, 0, 1))
        now = score(said)
        self.assertLess(now["confidence"], before["confidence"])
        again = self.send("POST", f"/v1/trackers/{k['id']}/feedback", body | {"right": True})
        self.assertEqual((again["right"], again["wrong"]), (1, 0))
        self.assertGreater(score(said)["confidence"], now["confidence"])
        self.settled()
        state = [h["state"] for h in self.send("GET", f"/v1/trackers/{k['id']}/hits")["hits"] if h["quote"] == said]
        self.assertEqual(state, ["confirmed"])
        self.send("POST", f"/v1/trackers/{k['id']}/feedback", body | {"end": 100000, "right": True}, 400)

    def test_the_command_line_makes_shows_and_drops_them(self):
        path = files.write(self.server.root, "phrases.txt", "# words of stock\nstock system\n")
        made = self.server.json("trackers", "add", "Stock", "--phrases", str(path), "--json")
        self.settled()
        shown = self.server.ok("trackers", "hits", "Stock")
        self.assertIn("Ann: stock system", shown)
        self.assertIn("Stock", self.server.ok("trackers", "list"))
        self.assertIn("5-18", self.server.ok("trackers", "try", "Stock", "The  stock systems"))
        place = shown.split()[0]
        self.assertIn("1 right", self.server.ok("trackers", "right", "Stock", place))
        self.server.ok("trackers", "set", "stock", "--side", "external")
        self.settled()
        self.assertEqual(self.server.ok("trackers", "hits", made["id"]), "")
        self.server.ok("trackers", "drop", "Stock")
        self.assertEqual(self.server.run("trackers", "show", "Stock").code, 1)


if __name__ == "__main__":
    unittest.main()
