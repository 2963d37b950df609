"""Erasing a person from outside: two people agree, a job does it, and what was theirs is not found anywhere afterwards, while what others said is."""
import json
import pathlib
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test/harness"), str(TOP / "test/faults")]
import canaries
import company
import files
import harken

NAME, MAIL = "Zelimund Qaibrou", "zelimund.qaibrou@buyer.example"
OTHER = "Ann Person"
THEIRS = ["frobnicate the pilot in Ulverston", "grumbacher clause", "vexillology budget"]  # only they say it
OURS = ["marzipan schedule", "ocarina discount"]  # only others say it


def call(title, lines, at):
    people = [{"name": OTHER, "email": company.address("ann"), "side": "internal"}, {"name": NAME, "email": MAIL, "side": "external"}]
    return json.dumps({"format": "harken.interaction/1", "kind": "call", "title": title, "started_at": at, "participants": people,
                       "turns": [{"speaker": who, "start_ms": 40000 * i, "end_ms": 40000 * i + 35000, "text": text} for i, (who, text) in enumerate(lines)]})


class Erasure(unittest.TestCase):
    def setUp(self):
        self.server = harken.Server("--set", "company.domains=northwind.example")
        self.addCleanup(self.server.discard)
        self.server.start()
        self.c = company.Company(self.server)
        self.c.user_add("didi", ["dpo"])
        self.didi, self.dora = self.c.keys["didi"], self.c.keys["dora"]
        files.write(self.server.root, "in/with-zelimund-qaibrou.json", call(f"Talk with {NAME}", [
            (OTHER, "Welcome Zelimund. The marzipan schedule is what we want to talk about."),
            (NAME, f"We would {THEIRS[0]}, and the {THEIRS[1]} has to go."),
            (OTHER, f"Thank you, {NAME}. You get an ocarina discount until Friday."),
            (NAME, f"I will send you the {THEIRS[2]} by Tuesday.")], "2026-03-02T10:00:00Z"))
        files.write(self.server.root, "in/without.json", json.dumps({
            "format": "harken.interaction/1", "kind": "note", "title": "Internal", "started_at": "2026-03-03T10:00:00Z",
            "participants": [{"name": OTHER, "email": company.address("ann"), "side": "internal"}],
            "turns": [{"speaker": OTHER, "text": f"{NAME} wants the ocarina discount as well."}]}))
        files.write(self.server.root, "in/crm.jsonl", "\n".join(json.dumps(r) for r in [
            {"format": "harken.account/1", "id": "A1", "name": "Buyer", "domain": "buyer.example"},
            {"format": "harken.contact/1", "id": "C1", "account": "A1", "name": NAME, "email": MAIL, "title": "Head of vexillology"}]))
        self.server.ingest(self.server.root / "in")
        self.settle()
        op = self.c.op
        self.person = next(p["id"] for p in op.json("GET", "/v1/people?limit=200")["people"] if p["name"] == NAME)
        self.call = next(i["id"] for i in op.json("GET", "/v1/interactions?limit=50&kind=call")["interactions"])
        op.json("POST", f"/v1/interactions/{self.call}/comments", {"text": f"{NAME} was curt today.", "about": self.person})
        op.json("POST", "/v1/ask", {"question": "Who mentioned the grumbacher clause?"})

    def settle(self):
        harken.wait_for("the jobs", lambda: not self.server.status()["pending"], 60, 0.2)
        self.assertEqual(json.loads(company.operator(self.server).ask("GET", "/v1/jobs?state=dead").body)["jobs"], [])

    def everything(self):
        """All that the operator can read, as one text."""
        op, out = self.c.op, []
        for path in ("/v1/interactions?limit=200", "/v1/people?limit=200", "/v1/accounts?limit=200", "/v1/answers?limit=200", "/v1/findings?limit=200", "/v1/privacy-requests?limit=50"):
            reply = op.ask("GET", path)
            out.append(reply.body.decode())
        for i in op.json("GET", "/v1/interactions?limit=200")["interactions"]:
            for of in ("", "/insights", "/comments", "/turns"):
                out.append(op.ask("GET", f"/v1/interactions/{i['id']}{of}").body.decode())
        for words in (NAME, *THEIRS):
            out.append(json.dumps([h["text"] for h in op.json("POST", "/v1/search", {"query": words, "limit": 20})["hits"]]))
        return "\n".join(out)

    def request(self, by=None):
        return (by or self.dora).json("POST", "/v1/privacy-requests", {"kind": "erasure", "person": self.person, "note": f"By letter of {NAME}."})["id"]

    def approve(self, request):
        return self.didi.json("POST", f"/v1/privacy-requests/{request}/approval", {})

    def report(self, request):
        return self.dora.json("GET", f"/v1/privacy-requests/{request}/erasure")

    def gone(self):
        said = self.everything()
        for canary in (NAME, MAIL, "Qaibrou", "Zelimund", *THEIRS, "was curt"):
            self.assertFalse(canary.lower() in said.lower(), (canary, said.lower()[max(0, said.lower().find(canary.lower()) - 200):][:300]))
        for kept in OURS:
            self.assertIn(kept, said)

    def test_two_people_agree_and_then_nothing_is_found(self):
        before = self.everything()
        for canary in (NAME, MAIL, *THEIRS, *OURS):
            self.assertIn(canary, before)
        request = self.request()
        plan = self.report(request)
        self.assertEqual((plan["state"], plan["conversations"], plan["turns"], plan["originals"]), ("planned", 1, 2, 1))
        self.assertEqual(self.dora.ask("POST", f"/v1/privacy-requests/{request}/approval", {}).status, 403)  # not one's own
        self.assertEqual(self.c.keys["ann"].ask("POST", f"/v1/privacy-requests/{request}/approval", {}).status, 403)
        self.assertEqual(self.c.op.ask("POST", f"/v1/privacy-requests/{request}/approval", {}).status, 409)  # a machine is nobody
        self.assertIn(NAME, self.everything())
        self.assertEqual(self.approve(request)["state"], "agreed")
        self.assertEqual(self.didi.ask("POST", f"/v1/privacy-requests/{request}/approval", {}).status, 409)
        harken.wait_for("the erasure", lambda: self.report(request)["state"] == "done", 60, 0.1)
        self.settle()
        self.gone()
        done = self.report(request)
        self.assertEqual((done["conversations"], done["turns"]), (1, 2))
        self.assertGreaterEqual(done["mentions"], 3)  # the title, the thanks, the note
        self.assertEqual(done["originals"], 3)  # the call, the note, the CRM's file
        self.assertGreaterEqual(done["relations"], 2)  # the contact and the comment
        self.assertGreaterEqual(done["answers"], 1)
        self.assertIsNotNone(done["done_at"])
        self.assertEqual(self.dora.json("GET", f"/v1/privacy-requests/{request}")["state"], "done")
        turns = self.c.op.json("GET", f"/v1/interactions/{self.call}")["turns"]
        self.assertEqual([t["text"] for t in turns][1::2], ["[erased]", "[erased]"])
        self.assertIn("Thank you, **** ******. You".replace("**** ******", "*" * len(NAME)), turns[2]["text"])
        erased = self.c.op.json("GET", f"/v1/people/{self.person}")
        self.assertEqual((erased["erased"], erased["name"], erased["email"]), (True, None, None))
        self.assertNotIn(NAME, self.c.op.ask("GET", "/v1/audit?limit=1000").body.decode())
        finder = canaries.Finder([NAME, MAIL, *THEIRS])
        self.addCleanup(finder.close)
        on_disk = [(str(p), h) for p in self.server.home.rglob("*") if p.is_file() and not p.is_symlink() for h in finder.hits(p)]
        self.assertEqual(on_disk, [])
        # After a restart the index is made from the store.
        self.server.stop()
        self.server.start()
        self.c.op = company.operator(self.server)
        harken.wait_for("the index", lambda: self.server.status()["ready"], 60, 0.2)
        self.gone()
        # Whoever turns up again is somebody new; the same bytes are not taken in again.
        self.server.ingest(self.server.root / "in/with-zelimund-qaibrou.json")
        self.settle()
        self.gone()

    def test_a_kill_in_the_middle_changes_nothing_in_the_end(self):
        request = self.request()
        self.approve(request)
        self.server.child.kill()
        self.server.child.wait()
        for _ in range(2):
            self.server.start()
            self.server.child.kill()
            self.server.child.wait()
        self.server.start()
        self.c.op = company.operator(self.server)
        harken.wait_for("the erasure", lambda: self.report(request)["state"] == "done", 120, 0.2)
        self.settle()
        self.gone()
        self.assertEqual(self.report(request)["turns"], 2)

    def test_who_was_merged_into_them_goes_as_well(self):
        other, address, words = "Zeli Quordlepleen", "zeli@home.example", "astrolabe warranty"
        files.write(self.server.root, "in/again.json", call("Second talk", [(OTHER, "Hello."), (NAME, f"The {words} matters.")], "2026-03-09T10:00:00Z")
                    .replace(NAME, other).replace(MAIL, address))
        self.server.ingest(self.server.root / "in/again.json")
        self.settle()
        two = next(p["id"] for p in self.c.op.json("GET", "/v1/people?limit=200")["people"] if p["name"] == other)
        self.c.op.json("POST", f"/v1/people/{two}/merge", {"into": self.person})
        request = self.request()
        self.assertEqual(self.report(request)["conversations"], 2)
        self.approve(request)
        harken.wait_for("the erasure", lambda: self.report(request)["state"] == "done", 60, 0.1)
        self.settle()
        self.gone()
        said = (self.everything() + self.c.op.ask("GET", f"/v1/people/{two}").body.decode()).lower()
        for canary in (other, address, words, "quordlepleen"):
            self.assertNotIn(canary.lower(), said)


if __name__ == "__main__":
    unittest.main()
