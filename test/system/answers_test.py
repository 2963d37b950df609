"""What was asked is kept for who asked, and read again from where it stands."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

MAIL = harken.TOP / "samples/northwind-robotics/interactions/mail"


class Answers(unittest.TestCase):
    def test_own_answers_are_kept_without_others_words(self):
        with harken.Server() as server:
            server.ingest(MAIL)
            op = company.Caller(server, "op", key=server.token())
            asked = op.json("POST", "/v1/ask", {"question": "When does the trial start?"})
            counted = op.json("POST", "/v1/ask", {"question": "how many mails are there"})["count"]
            listed = op.json("GET", "/v1/answers")["answers"]
            self.assertEqual([a["question"] for a in listed], ["how many mails are there", "When does the trial start?"])
            self.assertEqual((listed[0]["count"], listed[1]["count"]), (counted, None))
            self.assertNotIn("sentences", listed[1])
            kept = op.json("GET", f"/v1/answers/{listed[1]['id']}")
            self.assertEqual(kept["found"], asked["found"])
            self.assertEqual([s["spans"][0]["quote"] for s in kept["sentences"]], [s["spans"][0]["quote"] for s in asked["sentences"]])
            user = op.json("POST", "/v1/users", {"email": "rep@nowhere.example", "roles": ["rep"]})["id"]
            rep = company.Caller(server, "rep", key=op.json("POST", "/v1/keys", {"name": "k", "user": user, "scopes": ["answers.use"]})["key"])
            self.assertEqual(rep.json("GET", "/v1/answers")["answers"], [])
            self.assertEqual(rep.ask("GET", f"/v1/answers/{kept['id']}").status, 404)
            self.assertEqual(rep.ask("DELETE", f"/v1/answers/{kept['id']}").status, 404)
            # a conversation that is gone takes its words with it
            for gone in {s["spans"][0]["interaction"] for s in kept["sentences"]}:
                self.assertEqual(op.ask("DELETE", f"/v1/interactions/{gone}").status, 204)
            self.assertEqual(op.json("GET", f"/v1/answers/{kept['id']}")["sentences"], [])
            self.assertEqual(op.ask("DELETE", f"/v1/answers/{kept['id']}").status, 204)
            self.assertEqual(len(op.json("GET", "/v1/answers")["answers"]), 1)

    def test_answers_end_by_their_setting(self):
        with harken.Server() as server:
            server.ingest(MAIL)
            server.ask("When does the trial start?")
            server.ask("how many mails are there")
            company.sql(server, "UPDATE card SET created_at = created_at - 2 * 86400000 WHERE id = (SELECT min(id::text)::uuid FROM card WHERE kind=4)")
            op = company.operator(server)
            self.assertEqual(len(op.json("GET", "/v1/answers")["answers"]), 2)  # without the setting they stay
            server.ok("config", "set", "answers.keep", "1d")
            harken.wait_for("the old one to go", lambda: len(op.json("GET", "/v1/answers")["answers"]) == 1, 60, 0.2)
            self.assertEqual(op.json("GET", "/v1/answers")["answers"][0]["question"], "how many mails are there")
            self.assertEqual(company.sql(server, "SELECT count(*) FROM card WHERE kind=4"), "1")
            erased = harken.wait_for("the record", lambda: op.json("GET", "/v1/audit?act=erase")["records"], 30)
            self.assertEqual([r["details"] for r in erased], ["1 answers by answers.keep"])


if __name__ == "__main__":
    unittest.main()
