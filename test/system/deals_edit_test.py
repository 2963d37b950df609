"""Deals that people make and change here: each value is an event of the history, and the CRM's own word comes on top of it."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

PIPELINE = {"format": "harken.pipeline/1", "id": "sales", "name": "Sales", "currency": "EUR",
            "stages": [{"id": "talk", "name": "Talk", "order": 1, "probability": 0.2}, {"id": "offer", "name": "Offer", "order": 2, "probability": 0.5},
                       {"id": "won", "name": "Won", "order": 3, "outcome": "won"}, {"id": "lost", "name": "Lost", "order": 0, "outcome": "lost"}]}


class Deals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.crm(PIPELINE)
        cls.op = company.Caller(cls.server, "op", key=cls.server.token())
        cls.account = cls.op.json("POST", "/v1/accounts", {"name": "Halden"})["id"]
        cls.keys, cls.users = {}, {}
        for name, roles in (("ann", ["rep"]), ("bob", ["rep"]), ("rita", ["revops"])):
            cls.users[name] = cls.op.json("POST", "/v1/users", {"email": f"{name}@northwind.example", "name": f"{name.title()} Lee", "roles": roles})["id"]
            key = cls.op.json("POST", "/v1/keys", {"name": "k", "user": cls.users[name], "scopes": ["deals.read", "deals.write"]})["key"]
            cls.keys[name] = company.Caller(cls.server, name, key=key)

    @classmethod
    def crm(cls, *lines):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
            f.write("".join(json.dumps(line) + "\n" for line in lines))
            f.flush()
            cls.server.ok("ingest", "--wait", f.name)

    def fields(self, deal, *names):
        return tuple(deal.get(n) for n in names)

    def test_a_deal_is_made_and_is_whose_maker_it_is(self):
        ann = self.keys["ann"]
        made = ann.json("POST", "/v1/deals", {"name": "Hub rollout", "account_id": self.account, "amount": "12000.00", "close_date": "2027-01-31"})
        self.assertEqual(self.fields(made, "name", "account", "owner", "pipeline", "stage", "outcome", "amount", "currency", "close_date"),
                         ("Hub rollout", "Halden", "Ann Lee", "Sales", "Talk", "open", "12000.00", "EUR", "2027-01-31"))
        path = f"/v1/deals/{made['id']}"
        self.assertEqual(ann.json("GET", path)["name"], "Hub rollout")
        self.assertEqual(self.keys["bob"].ask("GET", path).status, 404)
        self.assertEqual(self.keys["bob"].ask("PATCH", path, {"amount": "1"}, headers={"If-Match": "*"}).status, 404)
        self.assertEqual(self.op.json("GET", path)["owner"], "Ann Lee")
        self.assertEqual([d["id"] for d in ann.json("GET", "/v1/deals?name=Hub+rollout")["deals"]], [made["id"]])
        self.assertEqual({c["field"] for c in ann.json("GET", path)["history"]}, {"pipeline", "stage", "owner", "amount", "close_date"})

    def test_a_change_is_an_event_and_history_is_the_truth(self):
        rita = self.keys["rita"]
        made = rita.json("POST", "/v1/deals", {"name": "Pilot", "amount": "100", "currency": "USD", "stage": "offer"})
        path = f"/v1/deals/{made['id']}"
        reply = rita.ask("GET", path)
        tag, before = reply.headers["etag"], json.loads(reply.body)
        self.assertEqual(rita.ask("GET", path).headers["etag"], tag)  # though figures are worked out anew
        self.assertEqual(rita.ask("GET", path, headers={"If-None-Match": tag}).status, 200)
        self.assertEqual(rita.ask("PATCH", path, {"amount": "250.5"}).status, 428)
        dry = rita.ask("PATCH", path + "?dry_run=1", {"amount": "250.5"}, headers={"If-Match": tag})
        self.assertEqual((dry.status, json.loads(dry.body)["amount"]), (200, "250.50"))
        self.assertEqual(rita.json("GET", path)["amount"], "100.00")
        done = rita.ask("PATCH", path, {"amount": "250.5", "stage": "Won", "forecast_category": "commit", "name": "Pilot two"}, headers={"If-Match": tag})
        self.assertEqual(done.status, 200, done.body)
        after = json.loads(done.body)
        self.assertEqual(self.fields(after, "name", "amount", "currency", "stage", "outcome", "forecast_category"), ("Pilot two", "250.50", "USD", "Won", "won", "commit"))
        self.assertEqual(after["history"][:len(before["history"])], before["history"])
        self.assertEqual({c["field"] for c in after["history"][len(before["history"]):]}, {"amount", "stage", "forecast_category", "name"})
        self.assertEqual(rita.ask("PATCH", path, {"amount": "1"}, headers={"If-Match": tag}).status, 412)
        self.assertEqual(rita.json("GET", path + "?as_of=" + before["as_of"])["amount"], "100.00")
        cleared = rita.ask("PATCH", path, {"amount": None}, headers={"If-Match": "*"})
        self.assertEqual((cleared.status, json.loads(cleared.body)["amount"]), (200, None))

    def test_what_the_crm_says_later_holds_later(self):
        self.crm({"format": "harken.deal/1", "id": "D-1", "name": "Lager", "pipeline": "sales", "created_at": "2026-01-01",
                  "history": [{"at": "2026-01-01T09:00:00Z", "field": "stage", "new": "talk"}, {"at": "2026-01-01T09:00:00Z", "field": "amount", "new": "10"}]})
        ident = self.op.json("GET", "/v1/deals?name=Lager")["deals"][0]["id"]
        reply = self.op.ask("PATCH", f"/v1/deals/{ident}", {"amount": "20", "stage": "Offer"}, headers={"If-Match": "*"})
        self.assertEqual(self.fields(json.loads(reply.body), "amount", "stage"), ("20.00", "Offer"))
        self.crm({"format": "harken.change/1", "deal": "D-1", "at": "2026-02-01T09:00:00Z", "field": "amount", "new": "15"})
        self.assertEqual(self.op.json("GET", f"/v1/deals/{ident}")["amount"], "20.00")  # older than the change by hand
        self.assertEqual(self.op.json("GET", f"/v1/deals/{ident}?as_of=2026-03-01")["amount"], "15.00")

    def test_what_does_not_fit_is_refused(self):
        for body in ({"name": "x", "stage": "nowhere"}, {"name": "x", "pipeline": "nowhere"}, {"name": "x", "amount": "much"},
                     {"name": "x", "amount": "1", "currency": "XQX"}, {"name": "x", "currency": "EUR"}, {"name": "x", "close_date": "2026-02-30"},
                     {"name": "x", "forecast_category": "maybe"}, {"name": "x", "owner_id": self.users["ann"]}, {"name": "x", "account_id": self.users["ann"]}):
            reply = self.op.ask("POST", "/v1/deals", body)
            self.assertEqual(reply.status, 422, (body, reply.body))
        self.assertEqual(self.op.ask("POST", "/v1/deals", {"name": "x", "outcome": "won"}).status, 422)
        self.assertEqual(self.op.ask("POST", "/v1/deals", {}).status, 400)

    def test_many_at_once_and_once_only(self):
        reply = self.op.ask("POST", "/v1/deals", [{"name": "One of two"}, {"name": "Two of two", "stage": "nowhere"}])
        self.assertEqual((reply.status, [r["status"] for r in json.loads(reply.body)["results"]]), (200, [201, 422]), reply.body)
        first = self.op.ask("POST", "/v1/deals", {"name": "Once"}, headers={"Idempotency-Key": "once-1"})
        again = self.op.ask("POST", "/v1/deals", {"name": "Once"}, headers={"Idempotency-Key": "once-1"})
        self.assertEqual(json.loads(first.body)["id"], json.loads(again.body)["id"])

    def test_over_graphql(self):
        query = 'mutation { createDeal(input: {name: "By graph", amount: "7"}) { id name stage amount } }'
        said = self.op.json("POST", "/graphql", {"query": query})
        self.assertNotIn("errors", said)
        made = said["data"]["createDeal"]
        self.assertEqual(self.fields(made, "name", "stage", "amount"), ("By graph", "Talk", "7.00"))
        query = f'mutation {{ updateDeal(id: "{made["id"]}", ifMatch: "*", input: {{amount: "8"}}) {{ amount }} }}'
        self.assertEqual(self.op.json("POST", "/graphql", {"query": query})["data"]["updateDeal"]["amount"], "8.00")


if __name__ == "__main__":
    unittest.main()
