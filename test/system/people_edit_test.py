"""People are corrected, and two who are one are merged: their conversations count for one from then on, until it is taken back."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

CALL = """WEBVTT

00:00:01.000 --> 00:00:05.000
<v {name}>Shall we start with the {word} rollout?

00:00:06.000 --> 00:00:09.000
<v Sam Outside>Yes, the price of it first.
"""


class People(unittest.TestCase):
    def setUp(self):
        self.server = harken.Server().__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.op = company.Caller(self.server, "op", key=self.server.token())

    def call(self, name, word):
        reply = self.op.ask("POST", f"/v1/uploads?source={word}.vtt", CALL.format(name=name, word=word).encode())
        return json.loads(reply.body)["interactions"][0]

    def mail(self, sender, word):
        reply = self.op.ask("POST", f"/v1/uploads?source={word}.eml", company.mail(sender, "outsider", word=word))
        return json.loads(reply.body)["interactions"][0]

    def people(self):
        return {p["name"]: p for p in self.op.json("GET", "/v1/people?limit=200")["people"]}

    def talks_of(self, person):
        hits = self.op.json("POST", "/v1/search", {"query": "price", "person": person, "limit": 50})["hits"]
        return {h["interaction"] for h in hits}

    def patch(self, path, body, **headers):
        return self.op.ask("PATCH", path, body, headers={"If-Match": "*"} | headers)

    def test_a_person_is_corrected(self):
        self.call("Kim Bergh", "alpha")
        account = self.op.json("POST", "/v1/accounts", {"name": "Halden"})["id"]
        kim = self.people()["Kim Bergh"]
        path = f"/v1/people/{kim['id']}"
        self.assertEqual(self.op.ask("PATCH", path, {"name": "Kim Berg"}).status, 428)
        reply = self.patch(path, {"name": "Kim Berg", "side": "external", "account": account})
        self.assertEqual((reply.status, json.loads(reply.body)), (200, kim | {"name": "Kim Berg", "side": "external", "account": account}))
        self.assertEqual([p["id"] for p in self.op.json("GET", f"/v1/people?account={account}")["people"]], [kim["id"]])
        self.call("Kim Berg", "beta")  # the corrected name finds the person
        self.assertEqual(len(self.talks_of(kim["id"])), 2)
        self.assertEqual(self.patch(path, {"email": "x@y.example"}).status, 422)
        self.assertEqual(self.patch(path, {"account": kim["id"]}).status, 422)

    def test_two_are_one_until_it_is_taken_back(self):
        first, second = self.call("Kim Berg", "alpha"), self.call("Kimberley Berg", "beta")
        one, two = self.people()["Kim Berg"]["id"], self.people()["Kimberley Berg"]["id"]
        dry = self.op.ask("POST", f"/v1/people/{two}/merge?dry_run=1", {"into": one})
        self.assertEqual((dry.status, self.talks_of(one)), (200, {first}))
        kept = self.op.json("POST", f"/v1/people/{two}/merge", {"into": one})
        self.assertEqual((kept["id"], kept["name"]), (one, "Kim Berg"))
        self.assertEqual((self.talks_of(one), self.talks_of(two)), ({first, second}, set()))
        self.assertNotIn("Kimberley Berg", self.people())
        self.assertEqual(self.op.json("GET", f"/v1/people/{two}")["merged_into"], one)
        third = self.call("Kimberley Berg", "gamma")  # the old name counts for the one
        self.assertEqual(self.talks_of(one), {first, second, third})
        self.server.stop()
        self.server.start()
        self.op.key = self.server.token()
        self.assertEqual(self.talks_of(one), {first, second, third})

        self.assertEqual(self.op.ask("POST", f"/v1/people/{two}/merge", {"into": one}).status, 422)
        self.assertEqual(self.op.ask("POST", f"/v1/people/{one}/merge", {"into": one}).status, 409)
        back = self.op.json("POST", f"/v1/people/{two}/unmerge", {})
        self.assertEqual((back["id"], back["merged_into"]), (two, None))
        self.assertEqual((self.talks_of(one), self.talks_of(two)), ({first, third}, {second}))  # what came since stays
        self.assertEqual(self.op.ask("POST", f"/v1/people/{two}/unmerge", {}).status, 409)
        words = [t["text"] for t in self.op.json("GET", f"/v1/interactions/{second}")["turns"]]
        self.assertIn("Shall we start with the beta rollout?", words)

    def test_a_chain_is_taken_back_from_its_end(self):
        for name, word in (("Kim Berg", "alpha"), ("Kimberley Berg", "beta"), ("Kim Bergh", "gamma")):
            self.call(name, word)
        a, b, c = (self.people()[n]["id"] for n in ("Kim Berg", "Kimberley Berg", "Kim Bergh"))
        self.op.json("POST", f"/v1/people/{a}/merge", {"into": b})
        self.op.json("POST", f"/v1/people/{b}/merge", {"into": c})
        self.assertEqual(len(self.talks_of(c)), 3)
        self.assertEqual(self.op.json("GET", f"/v1/people/{a}")["merged_into"], c)
        self.assertEqual(self.op.ask("POST", f"/v1/people/{a}/unmerge", {}).status, 409)
        self.op.json("POST", f"/v1/people/{b}/unmerge", {})
        self.op.json("POST", f"/v1/people/{a}/unmerge", {})
        self.assertEqual([len(self.talks_of(p)) for p in (a, b, c)], [1, 1, 1])

    def test_who_is_a_user_sees_what_was_merged_into_them(self):
        user = self.op.json("POST", "/v1/users", {"email": "ann@northwind.example", "name": "Ann Lee", "roles": ["rep"]})["id"]
        key = self.op.json("POST", "/v1/keys", {"name": "k", "user": user, "scopes": ["interactions.read"]})["key"]
        ann = company.Caller(self.server, "ann", key=key)
        self.mail("ann", "alpha")
        talk = self.call("Anneke Lee", "beta")
        mine = self.op.json("GET", "/v1/people?email=ann@northwind.example")["people"][0]["id"]
        other = self.people()["Anneke Lee"]["id"]
        self.assertEqual(ann.ask("GET", f"/v1/interactions/{talk}").status, 404)
        self.assertEqual(self.op.ask("POST", f"/v1/people/{mine}/merge", {"into": other}).status, 409)  # a user stays
        self.op.json("POST", f"/v1/people/{other}/merge", {"into": mine})
        self.assertEqual(ann.ask("GET", f"/v1/interactions/{talk}").status, 200)
        self.op.json("POST", f"/v1/people/{other}/unmerge", {})
        self.assertEqual(ann.ask("GET", f"/v1/interactions/{talk}").status, 404)

        self.mail("bob", "gamma")  # somebody's address is given to a user by who administers users, not by a merge
        bob = self.op.json("GET", "/v1/people?email=bob@northwind.example")["people"][0]["id"]
        self.assertEqual(self.op.ask("POST", f"/v1/people/{bob}/merge", {"into": mine}).status, 409)

    def test_no_table_that_names_people_is_forgotten(self):
        company.sql(self.server, "SELECT 1")
        missing = company.sql(self.server, "SELECT coalesce(string_agg(c.conrelid::regclass || '.' || a.attname, ' '), '') FROM pg_constraint c "
                              "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname <> 'workspace_id' "
                              "WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass AND c.conrelid <> 'person_merge'::regclass "
                              "AND NOT EXISTS (SELECT FROM harken_people_places() p WHERE p.tab::regclass = c.conrelid AND p.col = a.attname)")
        self.assertEqual(missing.strip(), "")


if __name__ == "__main__":
    unittest.main()
