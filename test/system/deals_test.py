"""Deals from outside: the sample company's CRM and conversations come in, and the warnings are those written down by hand."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

COMPANY = harken.TOP / "samples/northwind-robotics"
AS_OF = "2026-11-20T09:00:00+01:00"
COMPETITORS = ",".join(n for c in json.loads((COMPANY / "company.json").read_text())["competitors"] for n in [c["name"], *c["aliases"]])


def change(deal, at, field, new):
    return json.dumps({"format": "harken.change/1", "deal": deal, "at": at, "field": field, "new": new}) + "\n"


class Deals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=northwind-robotics.example", "--set", f"company.competitors={COMPETITORS}")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(COMPANY / "interactions")
        cls.server.ingest(COMPANY / "crm/crm.jsonl")
        harken.wait_for("the deals", lambda: not cls.server.status()["pending"], 120, 0.3)

    def deals(self, *args):
        return {d["name"]: d for d in self.server.json("deals", "--json", "--limit", "500", *args)["deals"]}

    def test_the_warnings_of_the_sample_company_are_those_written_beside_it(self):
        expected = json.loads((COMPANY / "expected/warnings.json").read_text())
        names = {}
        for line in (COMPANY / "crm/crm.jsonl").read_text().splitlines():
            r = json.loads(line)
            if r["format"] == "harken.deal/1":
                names[r["id"]] = r["name"]
        want = {name: set() for name in names.values()}
        for w in expected["expected"]:
            want[names[w["deal"]]].add(w["warning"])
        have = {n: d for n, d in self.deals("--as-of", AS_OF).items() if n in want}  # other tests add deals
        self.assertEqual(len(have), 20)
        for name, deal in have.items():
            with self.subTest(name):
                fired = {w["id"] for w in deal["warnings"]}
                self.assertEqual(fired, want[name])
        self.assertEqual({w["warning"] for w in expected["expected"]}, {f"W{n:02}" for n in range(1, 25)})
        for deal in expected["deals_without_warnings"]:
            self.assertEqual(want[names[deal]], set())

    def test_a_deal_shows_reasons_and_evidence(self):
        d = self.server.json("deal", "--json", "Bristol fulfilment", "--as-of", AS_OF)
        self.assertEqual((d["stage"], d["amount"], d["currency"], d["close_date"]), ("proposal", "38000.00", "EUR", "2026-11-13"))
        self.assertEqual(d["owner"], "Lucy Fairweather")
        ghosted = next(w for w in d["warnings"] if w["id"] == "W02")
        self.assertIn("8 touches", ghosted["text"])
        self.assertGreater(len(ghosted["evidence"]), 3)
        self.assertTrue(0 < d["score"]["low"] < d["score"]["p"] < d["score"]["high"] < 1)
        self.assertTrue(d["score"]["down"])

    def test_history_is_not_the_present(self):
        d = self.server.json("deal", "--json", "Porto bottling hall", "--as-of", "2026-10-15T12:00:00+02:00")
        self.assertEqual((d["stage"], d["amount"]), ("proposal", "520000.00"))
        self.assertNotIn("W12", {w["id"] for w in d["warnings"]})

    def test_the_same_file_twice_changes_nothing(self):
        before = self.deals("--as-of", AS_OF, "--outcome", "all")
        again = files.write(self.server.root, "again/crm.jsonl", (COMPANY / "crm/crm.jsonl").read_text() + "\n")
        self.server.ingest(again)
        harken.wait_for("the deals", lambda: not self.server.status()["pending"], 120, 0.3)
        self.assertEqual(self.deals("--as-of", AS_OF, "--outcome", "all"), before)

    def test_a_change_is_seen(self):
        self.server.ingest(files.write(self.server.root, "c/one.jsonl", change("D16", "2026-11-21T10:00:00Z", "amount", "600000")))
        harken.wait_for("the change", lambda: self.server.json("deal", "--json", "Toulouse final assembly logistics")["amount"] == "600000.00", 20)

    def test_impossible_values_are_null_with_a_reason(self):
        text = (json.dumps({"format": "harken.deal/1", "id": "Z1", "name": "Impossible", "pipeline": "sales", "created_at": "2026-09-01", "history": [
            {"at": "2026-09-01T09:00:00Z", "field": "stage", "new": "nowhere"}, {"at": "2026-09-01T09:00:00Z", "field": "amount", "new": "12", "currency": "EURO"},
            {"at": "2026-09-01T09:00:00Z", "field": "close_date", "new": "2026-02-30"}]}) + "\n" +
            json.dumps({"format": "harken.deal/1", "id": "Z2", "name": "Contradictory", "pipeline": "sales", "created_at": "2026-09-01", "history": [
                {"at": "2026-09-01T09:00:00Z", "field": "stage", "new": "proposal"}, {"at": "2026-09-02T09:00:00Z", "field": "amount", "new": "10"},
                {"at": "2026-09-02T09:00:00Z", "field": "amount", "new": "20"}]}) + "\n")
        self.server.ingest(files.write(self.server.root, "z/bad.jsonl", text))
        bad = self.server.json("deal", "--json", "Impossible")
        self.assertEqual(bad["unknown"], {"stage": "unknown_stage", "amount": "unknown_currency", "close_date": "impossible_date"})
        self.assertEqual((bad["outcome"], bad["stage"], bad["amount"], bad["close_date"]), ("unknown", None, None, None))
        self.assertEqual((bad["score"]["p"], bad["score"]["reason"]), (None, "stage_unknown"))
        self.assertEqual(bad["warnings"], [])
        self.assertEqual(self.server.json("deal", "--json", "Contradictory")["unknown"], {"amount": "contradictory"})

    def test_a_stage_that_goes_back_is_told_and_a_life_that_cannot_be_has_no_length(self):
        rows = [("B1", "Backwards", [("2026-09-01T09:00:00Z", "stage", "proposal"), ("2026-09-10T09:00:00Z", "stage", "discovery")], {}),
                ("B2", "Closed before it began", [("2026-09-05T09:00:00Z", "stage", "won"), ("2026-09-05T09:00:00Z", "amount", "1000")], {"created_at": "2026-09-20"}),
                ("B3", "Other money", [("2026-09-01T09:00:00Z", "stage", "proposal"), ("2026-09-01T09:00:00Z", "amount", "-5")], {}),
                ("B4", "Won and lost", [("2026-09-01T09:00:00Z", "stage", "won"), ("2026-09-01T09:00:00Z", "stage", "lost")], {})]
        text = "".join(json.dumps({"format": "harken.deal/1", "id": i, "name": name, "pipeline": "sales", "created_at": "2026-09-01",
                                   "history": [{"at": at, "field": f, "new": new} for at, f, new in history]} | more) + "\n" for i, name, history, more in rows)
        self.server.ingest(files.write(self.server.root, "b/back.jsonl", text))
        back = self.server.json("deal", "--json", "Backwards", "--as-of", "2026-09-15T09:00:00Z")
        bad = {name: self.server.json("deal", "--json", name) for name in ("Backwards", "Closed before it began", "Other money", "Won and lost")}
        self.assertEqual((bad["Backwards"]["stage"], bad["Backwards"]["unknown"]), ("discovery", {}))
        self.assertEqual((bad["Closed before it began"]["outcome"], bad["Closed before it began"]["unknown"]), ("won", {"times": "impossible_date"}))
        self.assertEqual((bad["Other money"]["amount"], bad["Other money"]["unknown"]), (None, {"amount": "impossible_amount"}))
        self.assertEqual((bad["Won and lost"]["outcome"], bad["Won and lost"]["unknown"]), ("unknown", {"stage": "contradictory"}))
        score = bad["Won and lost"]["score"]
        self.assertEqual((score["p"], score["reason"]), (None, "stage_unknown"))
        self.assertIn("W12", {w["id"] for w in back["warnings"]})

    def test_figures_add_up_and_explain_themselves(self):
        a = self.server.json("analytics", "--json", "--from", "2026-04-01", "--to", "2026-10-01", "--as-of", AS_OF)
        by = {(f["id"], f.get("part")): f for f in a["figures"]}
        self.assertEqual(by["won_count", None]["value"], 11)   # crm/deals.csv, closed_at from April to September
        self.assertEqual(by["lost_count", None]["value"], 6)
        self.assertAlmostEqual(by["win_rate", None]["value"], 11 / 17, 12)
        self.assertEqual(by["won_value", None]["value"], "641800.00")
        money = {p: float(f["value"]) for (i, p), f in by.items() if i == "waterfall"}
        self.assertAlmostEqual(money["opening"] + money["created"] + money["increased"] + money["moved_in"] - money["decreased"] - money["won"] -
                               money["lost"] - money["moved_out"], money["closing"], 2)
        e = self.server.json("explain", "win_rate", "--json", "--from", "2026-04-01", "--to", "2026-10-01", "--as-of", AS_OF)["figures"][0]
        self.assertEqual(len(e["inputs"]), 17)
        self.assertIn("won / (won + lost)", e["definition"])
        w = self.server.json("explain", "W02", "--json", "--deal", "Bristol fulfilment", "--as-of", AS_OF)
        self.assertEqual(w["settings"], {"days": 10, "touches": 2})
        self.assertTrue(w["value"] and w["evidence"])
        p = self.server.json("explain", "p", "--json", "--deal", "Bristol fulfilment", "--as-of", AS_OF)
        self.assertEqual(len(p["inputs"]), 11)

    def test_actions_are_proposed_and_answered_once(self):
        acts = self.server.json("actions", "--json", "--limit", "100")["actions"]
        self.assertTrue(acts)
        self.assertTrue(all(a["because"] and 0 <= a["propensity"] <= 1 for a in acts))
        self.assertTrue(all(a["propensity"] > 0 for a in acts if a["position"] == 0))
        self.assertTrue(all(a["draft"]["text"] for a in acts))
        self.assertTrue(all(a["draft"]["diff"][0]["field"] == "close_date" for a in acts if a["kind"] == "fix_close_date"))
        one = acts[0]
        path = f"/v1/actions/{one['id']}/response"
        self.assertEqual(self.server.http("POST", path, {"response": "dismissed"}).status, 422)
        self.assertEqual(self.server.http("POST", path, {"response": "dismissed", "reason": "not_now"}).status, 200)
        self.assertEqual(self.server.http("POST", path, {"response": "accepted"}).status, 409)
        self.assertNotIn(one["id"], {a["id"] for a in self.server.json("actions", "--json", "--limit", "100")["actions"]})

    def test_every_proposal_answers_something_that_holds(self):
        """Which proposals answer which warning, written by hand from what each warning means."""
        answers = {"W01": {"follow_up", "book_next"}, "W02": {"call", "multithread"}, "W03": {"fix_close_date"}, "W04": {"multithread"}, "W05": {"reach_power"},
                   "W06": {"talk_price"}, "W07": {"answer_flag"}, "W08": {"book_next", "fix_stage"}, "W09": {"book_next"}, "W10": {"fix_close_date"},
                   "W11": {"fix_close_date"}, "W12": {"fix_stage"}, "W13": {"save_amount"}, "W14": {"call", "new_champion"}, "W15": {"new_champion"},
                   "W16": {"ask_process"}, "W17": {"against_competitor"}, "W18": {"call"}, "W19": {"resend"}, "W20": {"book_next", "call"},
                   "W21": {"call", "multithread"}, "W22": {"fix_close_date"}, "W23": {"start_legal"}, "W24": {"reassign"},
                   "promise": {"keep_promise", "remind"}, "qualification": {"ask_field"},
                   "similar_deals": {"book_next", "reach_power", "multithread", "send_document", "talk_price"}}
        deals = {d["id"]: d for d in self.deals().values()}
        per_deal, per_seller = {}, {}
        for a in self.server.json("actions", "--json", "--limit", "500")["actions"]:
            self.assertIn(a["kind"], answers[a["because"]])
            d = deals[a["deal_id"]]
            if a["because"].startswith("W"):
                self.assertIn(a["because"], {w["id"] for w in d["warnings"]})
            self.assertTrue(all(s["name"] for s in a["similar"]))
            per_deal.setdefault(d["id"], []).append(a["kind"])
            per_seller[d["owner_id"]] = per_seller.get(d["owner_id"], 0) + 1
        self.assertTrue(all(len(k) == len(set(k)) <= 3 for k in per_deal.values()))
        self.assertLessEqual(max(per_seller.values()), 5)

    def test_questions_about_deals_are_counted(self):
        rows = {}
        for line in (COMPANY / "crm/crm.jsonl").read_text().splitlines():
            r = json.loads(line)
            if r["format"] == "harken.deal/1":
                rows[r["name"]] = [h["new"] for h in r["history"] if h["field"] == "stage"][-1]
        a = self.server.ask("How many deals are in negotiation?")
        self.assertEqual(a["count"], sum(s == "negotiation" for s in rows.values()))
        self.assertEqual({r["title"] for r in a["rows"]}, {n for n, s in rows.items() if s == "negotiation"})
        self.assertEqual(self.server.ask("How many deals were won in Q2 2026?")["count"], 6)   # crm/deals.csv, closed_at
        self.assertIn("252000.00 EUR", self.server.ask("What is the sum of the deals won in Q2 2026?")["sentences"][0]["text"])
        self.assertNotIn("count", self.server.ask("How many deals smell of lavender?"))

    def test_what_stands_against_deals_is_answered_from_their_rows(self):
        deal = self.server.json("deal", "--json", "Leipzig validated warehouse")
        a = self.server.ask("What are the risks in the Leipzig deal?")
        self.assertEqual(a["count"], len(deal["warnings"]))
        for w in deal["warnings"]:
            self.assertTrue(any(w["text"] in r["detail"] for r in a["rows"]), w)
        self.assertTrue(all(r["deal"] == deal["id"] for r in a["rows"]))
        at_risk = self.server.ask("Which deals are at risk?")
        want = {d["name"] for d in self.deals().values() if any(w["severity"] >= 2 for w in d["warnings"])}
        self.assertEqual({r["title"] for r in at_risk["rows"]}, want)
        self.assertIn("no decision", self.server.ask("Why did we lose the Halle deal?")["rows"][0]["detail"])   # crm.jsonl, D34
        self.assertNotIn("count", self.server.ask("What are the risks of flying?"))

    def test_a_brief_says_what_changed_with_sources(self):
        b = self.server.json("brief", "--json", "Leipzig validated warehouse", "--as-of", AS_OF, "--since", "2026-11-09T00:00:00Z")
        texts = [c["text"] for c in b["changed"]]
        self.assertIn("close date moved from 2026-11-13 to 2026-12-18", texts)
        self.assertTrue(all(c["sources"] for c in b["changed"]))
        self.assertIn("Anke Seidel", {p["name"] for p in b["people"]})

    def test_a_brief_quotes_the_words_it_rests_on(self):
        b = self.server.json("brief", "--json", "Hamburg hub rollout", "--as-of", AS_OF)
        lines = [line for key in ("commitments", "objections", "red_flags", "competitors") for line in b[key]]
        self.assertGreater(len(lines), 5)
        for line in lines:
            source = line["sources"][0]
            turn = self.server.json("show", "--json", source["id"])["turns"][source["span"]["turn"]]
            said = turn["text"].encode()[source["span"]["start"]:source["span"]["end"]].decode()
            self.assertEqual((line["quote"], line["speaker"]), (said, turn["speaker"]))
            self.assertNotRegex(line["text"], "[A-Z]{4}")  # words for people, not codes


if __name__ == "__main__":
    unittest.main()
