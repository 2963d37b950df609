"""Proposals from outside: what is proposed from which cause, what keeps it from being proposed again, and what people make of it."""
import datetime as dt
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import files
import harken

NOW = dt.datetime.now(dt.timezone.utc).replace(microsecond=0)
DAY_MS = 86400000


def ago(days):
    return (NOW - dt.timedelta(days=days)).isoformat()


def day(days):
    return (NOW - dt.timedelta(days=days)).date().isoformat()


def distance(a, b):
    """Levenshtein's, in bytes."""
    a, b = a.encode(), b.encode()
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def deal(ident, name, owner, account, stage="proposal", amount=400000, since=40, close=-20, more=()):
    history = [{"at": ago(since), "field": "owner", "new": owner}, {"at": ago(since), "field": "stage", "new": stage},
               {"at": ago(since), "field": "amount", "new": str(amount)}, {"at": ago(since), "field": "close_date", "new": day(close)}, *more]
    return {"format": "harken.deal/1", "id": ident, "name": name, "account": account, "pipeline": "sales", "created_at": ago(since), "history": history}


def contact(account, name, **more):
    return {"format": "harken.contact/1", "id": f"c-{account}-{name}", "account": account, "name": name, "email": f"{name.split()[0].lower()}@{account.lower()}.example", "seniority": "manager"} | more


def activity(ident, of, account, days, kind, direction, who, owner):
    return {"format": "harken.activity/1", "id": ident, "at": ago(days), "type": kind, "status": "done", "direction": direction, "deal": of, "account": account, "owner": owner, "contacts": who, "subject": "x"}


PIPELINE = {"format": "harken.pipeline/1", "id": "sales", "name": "Sales", "currency": "EUR", "stages": [
    {"id": "talk", "name": "talk", "order": 1, "probability": 0.2, "phase": "early"}, {"id": "proposal", "name": "proposal", "order": 2, "probability": 0.5, "phase": "proposal"},
    {"id": "won", "order": 3, "outcome": "won"}, {"id": "lost", "order": 0, "outcome": "lost"}]}
REP = "rep{}@us.example"


class Actions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=us.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.serial = 0
        cls.bring([PIPELINE])

    @classmethod
    def bring(cls, records):
        cls.serial += 1
        cls.server.ingest(files.write(cls.server.root, f"crm/{cls.serial}.jsonl", "".join(json.dumps(r) + "\n" for r in records)))
        harken.wait_for("the deals", lambda: not cls.server.status()["pending"], 120, 0.2)

    @classmethod
    def call(cls, method, path, body=None, status=200):
        reply = cls.server.http(method, path, body)
        assert reply.status == status, (method, path, reply.status, reply.body)
        return json.loads(reply.body) if reply.body else None

    def sql(self, text):
        return company.sql(self.server, text)

    def deal_id(self, name):
        return self.call("GET", f"/v1/deals?outcome=all&name={name.replace(' ', '%20')}")["deals"][0]["id"]

    def actions(self, name):
        return self.call("GET", f"/v1/actions?deal={self.deal_id(name)}&limit=100")["actions"]

    def answer(self, action, status=200, **body):
        return self.call("POST", f"/v1/actions/{action['id']}/response", body, status)

    def touch(self, ident, amount):
        """Something happens to the deal."""
        self.bring([{"format": "harken.change/1", "deal": ident, "at": (NOW - dt.timedelta(seconds=3600 - self.serial)).isoformat(), "field": "amount", "new": str(amount)}])

    def age(self, name, days):
        self.sql(f"UPDATE action SET made_at=made_at-{days * DAY_MS} WHERE deal_id='{self.deal_id(name)}'")

    def administered(self):
        """Audit records of administration."""
        return int(self.sql("SELECT count(*) FROM (SELECT id FROM audit_pending WHERE act=9 UNION SELECT id FROM audit_leaf WHERE act=9) x"))

    def proposed(self, name):
        """Kinds of every proposal there ever was, newest decision last."""
        return self.sql(f"SELECT coalesce(string_agg(kind::text, ',' ORDER BY made_at, kind), '') FROM action WHERE deal_id='{self.deal_id(name)}'").split(",")

    def test_a_kind_comes_back_only_after_its_cool_down(self):
        self.bring([contact("A1", "Ann One"), deal("C1", "Cool", REP.format(1), "A1", close=5)])
        first = self.actions("Cool")
        kinds = {a["kind"] for a in first}
        self.assertTrue({"fix_close_date"} <= kinds)
        for a in first:
            self.answer(a, response="dismissed", reason="not_now")
        self.touch("C1", 400001)
        self.assertEqual({a["kind"] for a in self.actions("Cool")} & kinds, set())
        for a in self.actions("Cool"):
            self.answer(a, response="dismissed", reason="not_now")
        self.age("Cool", 6)
        self.touch("C1", 400002)
        self.assertEqual({a["kind"] for a in self.actions("Cool")} & kinds, set())
        for a in self.actions("Cool"):
            self.answer(a, response="dismissed", reason="not_now")
        self.age("Cool", 2)
        self.touch("C1", 400003)
        self.assertTrue({a["kind"] for a in self.actions("Cool")} & kinds)

    def test_a_seller_gets_five_a_day(self):
        owner = REP.format(2)
        self.bring([deal(f"D{i}", f"Daily {i}", owner, f"B{i}", close=5) for i in range(6)])
        mine = [a for i in range(6) for a in self.actions(f"Daily {i}")]
        self.assertEqual(len(mine), 5)
        decisions = self.sql("SELECT count(*) FROM decision d JOIN deal_now n ON n.deal_id=d.deal_id JOIN person p ON p.id=n.owner_id WHERE d.deal_id IN "
                             f"({','.join(repr(self.deal_id(f'Daily {i}')) for i in range(6))})")
        self.assertGreaterEqual(int(decisions), 6)  # what was not proposed was decided all the same
        for i in range(6):
            self.age(f"Daily {i}", 2)
        self.touch("D5", 400001)
        self.assertTrue(self.actions("Daily 5"))

    def test_what_is_snoozed_stays_away_until_then(self):
        self.bring([deal("S1", "Snooze", REP.format(3), "E1", close=5)])
        one = next(a for a in self.actions("Snooze") if a["kind"] == "fix_close_date")
        self.answer(one, 422, response="snoozed")
        self.answer(one, 422, response="snoozed", until=ago(1))
        self.answer(one, response="snoozed", until=ago(-3))
        self.answer(one, 409, response="accepted")
        self.age("Snooze", 8)  # the cool-down is over, the snooze is not
        for a in self.actions("Snooze"):
            self.answer(a, response="completed")
        self.touch("S1", 400001)
        self.assertNotIn("fix_close_date", {a["kind"] for a in self.actions("Snooze")})
        for a in self.actions("Snooze"):
            self.answer(a, response="completed")
        self.sql(f"UPDATE suppression SET until_at={int(NOW.timestamp() * 1000) - 1} WHERE deal_id='{self.deal_id('Snooze')}'")
        self.touch("S1", 400002)
        self.assertIn("fix_close_date", {a["kind"] for a in self.actions("Snooze")})

    def test_an_edit_is_kept_with_its_distance(self):
        self.bring([contact("F1", "Fay One"), deal("G1", "Edit", REP.format(4), "F1", close=5)])
        one = self.actions("Edit")[0]
        text = one["draft"]["text"].replace("a", "o", 3) + "\nSee you soon."
        self.answer(one, 422, response="edited")
        self.answer(one, response="edited", text=text)
        kept = self.sql(f"SELECT edit_distance || ' ' || state || ' ' || (sealed IS NOT NULL) FROM action WHERE id='{one['id']}'")
        self.assertEqual(kept, f"{distance(one['draft']['text'], text)} 2 true")
        self.answer(one, response="completed")

    def test_a_dismissal_needs_a_reason_and_is_kept(self):
        self.bring([deal("H1", "Dismiss", REP.format(5), "H1", close=5)])
        one = self.actions("Dismiss")[0]
        self.answer(one, 422, response="dismissed")
        self.answer(one, 422, response="dismissed", reason="none")
        self.answer(one, response="dismissed", reason="wrong")
        self.assertEqual(self.sql(f"SELECT state || ' ' || reason FROM action WHERE id='{one['id']}'"), "3 3")

    def test_nothing_is_proposed_twice_and_doing_nothing_is_a_candidate(self):
        self.bring([deal("I1", "Twice", REP.format(6), "I1", close=5)])
        before = [a["id"] for a in self.actions("Twice")]
        self.touch("I1", 400001)
        self.touch("I1", 400002)
        self.assertEqual([a["id"] for a in self.actions("Twice")], before)
        kinds = self.proposed("Twice")
        self.assertEqual(len(kinds), len(set(kinds)))
        self.assertEqual(self.sql(f"SELECT bool_and(0=ANY(candidates) AND cardinality(candidates)=cardinality(propensities)) FROM decision WHERE deal_id='{self.deal_id('Twice')}'"), "t")

    def test_who_must_not_be_contacted_is_left_out_and_the_deal_goes_on(self):
        owner = REP.format(7)
        self.bring([contact("J1", "Jan One", champion=True), contact("J1", "Jo Two"), contact("K1", "Kai Only"),
                    deal("J1", "Several", owner, "J1", close=5), deal("K1", "Alone", owner, "K1", close=5)] +
                   [activity(f"j{k}{who}", "J1", "J1", 20 + k, "mail", d, [f"{who}@j1.example"], owner) for k, d in enumerate(("inbound", "outbound")) for who in ("jan", "jo")])
        shown = self.actions("Several")
        mail = next(a for a in shown if a["draft"]["form"] in ("mail", "call"))
        self.assertEqual(set(mail["draft"]["to"]), {"Jan One", "Jo Two"})
        people = {p["name"]: p["id"] for p in self.call("GET", f"/v1/deals/{self.deal_id('Several')}/stakeholders")["people"]}
        graph = self.call("GET", f"/v1/deals/{self.deal_id('Several')}/stakeholders")
        name = {p["id"]: p["name"] for p in graph["people"]}
        edges = {frozenset((name[e["from"]], name[e["to"]])): e for e in graph["edges"]}
        self.assertEqual({frozenset(k) for k in edges}, {frozenset(("Jan One", owner)), frozenset(("Jo Two", owner))})
        self.assertEqual([(e["mails"], e["mails_back"], e["meetings"], e["n"], len(e["sources"])) for e in edges.values()], [(1, 1, 0, 2, 2)] * 2)
        self.assertEqual((graph["threads"], graph["ours"], graph["single_seller"], graph["single_threaded"], graph["busiest_share"]), (2, 1, True, True, 0.5))
        self.assertIn("2 people talk with us both ways; 3", graph["warning"])
        self.answer(mail, 422, response="dismissed", reason="do_not_contact", person=self.deal_id("Several"))
        self.answer(mail, 422, response="dismissed", reason="not_now", person=people["Jan One"])
        self.answer(mail, response="dismissed", reason="do_not_contact", person=people["Jan One"])
        for a in self.actions("Several"):
            self.assertNotIn("Jan One", a["draft"]["to"])
        for a in self.actions("Several"):
            self.answer(a, response="completed")
        self.age("Several", 9)
        self.touch("J1", 400001)
        again = self.actions("Several")
        self.assertIn(["Jo Two"], [a["draft"]["to"] for a in again])
        kai = {p["name"]: p["id"] for p in self.call("GET", f"/v1/deals/{self.deal_id('Alone')}/stakeholders")["people"]}["Kai Only"]
        self.age("Alone", 9)
        self.sql(f"UPDATE action SET made_at=made_at-{9 * DAY_MS} WHERE deal_id='{self.deal_id('Several')}'")
        self.touch("K1", 400001)
        alone = self.actions("Alone")
        self.assertTrue(alone)
        self.answer(alone[0], response="dismissed", reason="do_not_contact", person=kai)
        for a in self.actions("Alone"):
            self.answer(a, response="completed")
        self.age("Alone", 9)
        self.touch("K1", 400002)
        self.assertEqual({a["draft"]["form"] for a in self.actions("Alone")} - {"crm"}, set())

    def test_a_playbook_asks_for_what_nobody_said(self):
        self.call("POST", "/v1/playbooks", {"name": "Ours", "stages": [{"name": "talk", "fields": ["meddpicc.identify_pain"]}, {"name": "proposal", "fields": ["meddpicc.champion", "spiced.critical_event"]}]}, 201)
        self.call("POST", "/v1/playbooks", {"name": "Odd", "stages": [{"name": "talk", "fields": ["charm.level"]}]}, 422)
        owner = REP.format(8)
        self.bring([contact("L1", "Lea One"), deal("L1", "Played", owner, "L1", since=3, close=-60)])
        talk = {"format": "harken.interaction/1", "kind": "call", "title": "First talk", "started_at": ago(2), "deal": "Played", "account": "L1",
                "participants": [{"name": "Rae Eight", "email": owner, "side": "internal"}, {"name": "Lea One", "email": "lea@l1.example", "side": "external"}],
                "turns": [{"speaker": "Rae Eight", "start_ms": 0, "end_ms": 9000, "text": "What is the trouble in the hall?"},
                          {"speaker": "Lea One", "start_ms": 9000, "end_ms": 30000, "text": "Our biggest problem is that we lose nine trucks every week, and that costs us 30,000 euros a month."}]}
        self.server.ingest(files.write(self.server.root, "talk.json", json.dumps(talk)))
        harken.wait_for("the findings", lambda: not self.server.status()["pending"], 120, 0.2)
        graph = self.call("GET", f"/v1/deals/{self.deal_id('Played')}/stakeholders")
        who = {p["name"]: p for p in graph["people"]}
        self.assertEqual([(who[n]["talk_s"], who[n]["meetings"], who[n]["side"]) for n in (owner, "Lea One")], [(9, 1, "internal"), (21, 1, "external")])
        self.assertEqual([sorted((e["from_talk_s"], e["to_talk_s"])) for e in graph["edges"]], [[9, 21]])
        self.assertNotIn("positive", who[owner])  # never of our own
        asks = [a for a in self.actions("Played") if a["kind"] == "ask_field"]
        if not asks:  # what was proposed before the talk came in is answered first
            for a in self.actions("Played"):
                self.answer(a, response="completed")
            self.touch("L1", 400001)
            asks = [a for a in self.actions("Played") if a["kind"] == "ask_field"]
        self.assertEqual([(a["because"], a["missing"]) for a in asks], [("playbook", ["meddpicc.champion", "spiced.critical_event"])])
        self.assertTrue(asks[0]["playbook"])

    def test_what_similar_won_deals_had_done_is_proposed(self):
        owner = REP.format(9)
        won = []
        for i in range(5):
            won.append(deal(f"W{i}", f"Won {i}", owner, f"W{i}", amount=90000 + i, since=100, close=50, more=[{"at": ago(50), "field": "stage", "new": "won"}]))
            won.append(contact(f"W{i}", f"Wil {i}"))
            if i < 4:  # after three days in the stage a document was sent
                won.append(activity(f"w{i}", f"W{i}", f"W{i}", 97, "document_sent", "outbound", [f"wil@w{i}.example"], owner))
        self.bring(won)
        self.bring([contact("M1", "Mia One"), deal("M0", "Too early", owner, "M1", amount=91000, since=1, close=-60), deal("M1", "Like them", owner, "M1", amount=91000, since=5, close=-60)])
        docs = [a for a in self.actions("Like them") if a["kind"] == "send_document"]
        self.assertEqual(len(docs), 1)
        self.assertEqual(docs[0]["because"], "similar_deals")
        self.assertEqual(sorted(s["name"] for s in docs[0]["similar"]), [f"Won {i}" for i in range(4)])
        self.assertIn("4 of 5 similar won deals had sent a document", docs[0]["reason"])
        self.assertNotIn("send_document", {a["kind"] for a in self.actions("Too early")})

    def test_verdicts_make_a_precision_and_settings_are_obeyed_and_audited(self):
        self.bring([deal(f"V{i}", f"Verdict {i}", REP.format(10), f"V{i}", close=5) for i in range(5)])
        for i in range(5):
            self.call("POST", f"/v1/deals/{self.deal_id(f'Verdict {i}')}/warnings", {"warning": "overdue", "right": False})
            said = self.call("POST", f"/v1/deals/{self.deal_id(f'Verdict {i}')}/warnings", {"warning": "W03", "right": i != 0})
        self.assertEqual(said, {"warning": "W03", "right": 4, "wrong": 1})
        self.call("POST", f"/v1/deals/{self.deal_id('Verdict 0')}/warnings", {"warning": "W15", "right": True}, 422)
        kind = next(w for w in self.call("GET", "/v1/warnings")["warnings"] if w["id"] == "W03")
        self.assertEqual(kind["precision"], 0.8)
        self.assertAlmostEqual(kind["low"], 0.3755, 3)  # Wilson's of 4 in 5
        self.assertAlmostEqual(kind["high"], 0.9638, 3)
        shown = self.call("GET", f"/v1/deals/{self.deal_id('Verdict 0')}")
        self.assertEqual([(w["judged"], w["precision"]) for w in shown["warnings"] if w["id"] == "W03"], [(5, 0.8)])
        none = next(w for w in self.call("GET", "/v1/warnings")["warnings"] if w["id"] == "W24")
        self.assertEqual((none["precision"], "low" in none), (None, False))
        pipeline = kind["pipelines"][0]
        before = self.administered()
        self.call("PUT", "/v1/warnings/settings", {"pipeline": pipeline["pipeline"], "warning": "W03", "enabled": False}, 204)
        self.assertEqual(self.administered(), before + 1)
        harken.wait_for("the deals", lambda: not self.server.status()["pending"], 60, 0.2)
        self.assertNotIn("W03", {w["id"] for w in self.call("GET", f"/v1/deals/{self.deal_id('Verdict 0')}")["warnings"]})
        self.assertEqual(self.sql(f"SELECT cleared_by FROM deal_warning WHERE warning=3 AND deal_id='{self.deal_id('Verdict 0')}'"), "3")
        self.bring([PIPELINE])  # the CRM says it again: the choice stays
        self.assertNotIn("W03", {w["id"] for w in self.call("GET", f"/v1/deals/{self.deal_id('Verdict 0')}")["warnings"]})
        self.call("PUT", "/v1/warnings/settings", {"pipeline": pipeline["pipeline"], "warning": "W03", "enabled": True, "severity": 3}, 204)
        self.assertEqual([w["severity"] for w in self.call("GET", f"/v1/deals/{self.deal_id('Verdict 0')}")["warnings"] if w["id"] == "W03"], [3])
        self.call("PUT", "/v1/warnings/settings", {"pipeline": pipeline["pipeline"], "warning": "W99", "enabled": True}, 422)
        self.call("PUT", "/v1/warnings/settings", {"pipeline": self.deal_id("Verdict 0"), "warning": "W03", "enabled": True}, 422)


if __name__ == "__main__":
    unittest.main()
