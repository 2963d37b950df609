"""What was found, across conversations: the list says what each conversation's insights say, filtered and in pages."""
import json
import pathlib
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

CALLS = sorted((harken.TOP / "samples/northwind-robotics/interactions/calls").iterdir())[:6]


class Findings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        for path in CALLS:
            cls.server.ingest(path, ok=False)
        cls.talks = cls.get("/v1/interactions?limit=1000")["interactions"]
        cls.want = {(t["id"], f["kind"], f["class"], f["modality"], f["due"], json.dumps(f["spans"]))
                    for t in cls.talks for f in cls.get(f"/v1/interactions/{t['id']}/insights")["findings"]}

    @classmethod
    def get(cls, path):
        reply = cls.server.http("GET", path)
        assert reply.status == 200, (path, reply.status, reply.body[:300])
        return json.loads(reply.body)

    def all_of(self, limit=200, **filters):
        found, cursor = [], {}
        while True:
            page = self.get("/v1/findings?" + urllib.parse.urlencode({"limit": limit} | filters | cursor))
            found += page["findings"]
            if not page["next"]:
                return found
            self.assertEqual(len(page["findings"]), limit)
            cursor = {"cursor": page["next"]}

    def keys(self, found):
        return {(f["interaction"], f["kind"], f["class"], f["modality"], f["due"], json.dumps(f["spans"])) for f in found}

    def test_it_is_the_insights_of_all_conversations(self):
        found = self.all_of()
        self.assertGreater(len(found), 20)
        self.assertEqual(self.keys(found), self.want)
        starts = [f["started_at"] for f in found]
        self.assertEqual(starts, sorted(starts, reverse=True))
        self.assertEqual([f["id"] for f in self.all_of(limit=7)], [f["id"] for f in found])
        self.assertEqual([f["id"] for f in self.all_of(sort="started_at")], [f["id"] for f in reversed(found)])

    def test_filters(self):
        found = self.all_of()
        kind = found[0]["kind"]
        self.assertEqual(self.keys(self.all_of(kind=kind)), {w for w in self.want if w[1] == kind})
        talk = self.talks[0]["id"]
        self.assertEqual(self.keys(self.all_of(interaction=talk)), {w for w in self.want if w[0] == talk})
        dated = sorted({f["due"] for f in found if f["due"]})
        self.assertTrue(dated)
        self.assertEqual(self.keys(self.all_of(due_from=dated[-1])), {w for w in self.want if w[4] and w[4] >= dated[-1]})
        self.assertEqual(self.keys(self.all_of(due_to=dated[-1])), {w for w in self.want if w[4] and w[4] < dated[-1]})
        since = sorted(f["started_at"] for f in found)[len(found) // 2]
        self.assertEqual(len(self.all_of(started_at_from=since)), sum(f["started_at"] >= since for f in found))
        self.assertEqual(self.server.http("GET", "/v1/findings?due_from=soon").status, 400)

    def test_only_of_conversations_one_may_see(self):
        c = company.Caller(self.server, "op", key=self.server.token())
        user = c.json("POST", "/v1/users", {"email": "rep@nowhere.example", "roles": ["rep"]})["id"]
        key = c.json("POST", "/v1/keys", {"name": "k", "user": user, "scopes": ["findings.read"]})["key"]
        self.assertEqual(json.loads(self.server.http("GET", "/v1/findings", token=key).body)["findings"], [])

    def test_a_verdict_counts_stays_and_can_be_taken_back(self):
        one = next(f for f in self.all_of() if f["kind"] == "commitment")
        path = f"/v1/findings/{one['id']}"
        reply = self.server.http("GET", path)
        self.assertEqual(json.loads(reply.body), one)
        tag = reply.headers["etag"]
        self.assertEqual(self.server.http("PATCH", path, {"state": "dismissed"}).status, 428)
        dry = self.server.http("PATCH", path + "?dry_run=1", {"state": "dismissed"}, headers={"If-Match": tag})
        self.assertEqual((dry.status, json.loads(dry.body)["state"]), (200, "dismissed"))
        self.assertEqual(self.get(path)["state"], "found")
        done = self.server.http("PATCH", path, {"state": "dismissed"}, headers={"If-Match": tag})
        self.assertEqual((done.status, json.loads(done.body)), (200, one | {"state": "dismissed"}))
        self.assertEqual(self.server.http("PATCH", path, {"state": "confirmed"}, headers={"If-Match": tag}).status, 412)

        insights = f"/v1/interactions/{one['interaction']}/insights"
        words = (one["kind"], json.dumps(one["spans"]))
        shown = [(f["kind"], json.dumps(f["spans"])) for f in self.get(insights)["findings"]]
        self.assertNotIn(words, shown)
        again = self.server.http("PATCH", path, {"state": "found"}, headers={"If-Match": done.headers["etag"]})
        self.assertEqual((again.status, json.loads(again.body)["state"]), (200, "found"))
        self.assertIn(words, [(f["kind"], json.dumps(f["spans"])) for f in self.get(insights)["findings"]])
        self.assertEqual(self.server.http("GET", "/v1/findings/018f6e1c-7a3b-7c4d-8e5f-0123456789ab").status, 404)

    def test_a_verdict_over_graphql(self):
        one = self.all_of()[-1]
        query = f'mutation {{ updateFinding(id: "{one["id"]}", ifMatch: "*", input: {{state: CONFIRMED}}) {{ id state }} }}'
        said = json.loads(self.server.http("POST", "/graphql", {"query": query}).body)
        self.assertNotIn("errors", said)
        self.assertEqual(self.get(f"/v1/findings/{one['id']}")["state"], "confirmed")

    def test_over_graphql(self):
        query = "{ findings(first: 5) { nodes { kind state interaction { title } spans { quote } } } }"
        said = json.loads(self.server.http("POST", "/graphql", {"query": query}).body)
        self.assertNotIn("errors", said)
        self.assertEqual(len(said["data"]["findings"]["nodes"]), 5)
        self.assertTrue(all(n["interaction"]["title"] and n["spans"][0]["quote"] for n in said["data"]["findings"]["nodes"]))


if __name__ == "__main__":
    unittest.main()
