"""GraphQL over the running program: the same answers as REST, one statement a level, limits before work, persisted queries."""
import hashlib
import json
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

MAIL = harken.TOP / "samples/northwind-robotics/interactions/mail"
JSON, RESPONSE = "application/json", "application/graphql-response+json"


def harken_key(server, scopes):
    """An API key of a new rep, narrowed to these permissions."""
    user = server.http("POST", "/v1/users", {"email": "rep@ours.example", "name": "Rep", "roles": ["rep"]})
    assert user.status == 201, user.body
    made = server.http("POST", "/v1/keys", {"name": "narrow", "scopes": scopes, "user": json.loads(user.body)["id"]})
    assert made.status == 201, made.body
    return next(v for v in json.loads(made.body).values() if isinstance(v, str) and v.startswith("hk_"))


class Graphql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(MAIL)

    def post(self, body, accept=JSON, token="own"):
        return self.server.http("POST", "/graphql", json.dumps(body).encode(), {"Content-Type": JSON, "Accept": accept}, token=token)

    def ask(self, query, variables=None, **more):
        reply = self.post({"query": query, "variables": variables}, **more)
        self.assertEqual(reply.status, 200, reply.body)
        return json.loads(reply.body)

    def data(self, query, variables=None):
        said = self.ask(query, variables)
        self.assertNotIn("errors", said)
        return said["data"]

    def test_it_says_what_rest_says(self):
        rest = json.loads(self.server.http("GET", "/v1/interactions?limit=200").body)["interactions"]
        found, after = [], None
        while True:
            page = self.data("query ($after: String) { interactions(first: 20, after: $after) { totalCount pageInfo { hasNextPage endCursor } "
                             "nodes { uuid kind title source startedAt language } } }", {"after": after})["interactions"]
            found += page["nodes"]
            self.assertEqual(page["totalCount"], len(rest))
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        self.assertEqual([(n["uuid"], n["kind"].lower(), n["title"], n["source"], n["startedAt"], n["language"]) for n in found],
                         [(r["id"], r["kind"], r["title"], r["source"], r["started_at"], r["language"]) for r in rest])

    def test_an_id_names_one_thing(self):
        node = self.data("{ interactions(first: 1) { nodes { id uuid title people { id name } } } }")["interactions"]["nodes"][0]
        again = self.data("query ($id: ID!) { node(id: $id) { id ... on Interaction { title } } interaction(id: $id) { title } }", {"id": node["id"]})
        self.assertEqual(again, {"node": {"id": node["id"], "title": node["title"]}, "interaction": {"title": node["title"]}})
        self.assertEqual(self.data("query ($id: ID!) { interaction(id: $id) { id } }", {"id": node["uuid"]})["interaction"]["id"], node["id"])
        self.assertTrue(node["people"])
        # what is not there, what is of another kind and what is no id are alike: null
        wrong = ["Interaction:018f6e1c-7a3b-7c4d-8e5f-0123456789ab", node["people"][0]["id"], "nonsense"]
        for ident in wrong:
            self.assertIsNone(self.data("query ($id: ID!) { interaction(id: $id) { id } }", {"id": ident})["interaction"])

    def test_a_level_costs_the_same_for_one_row_and_for_forty(self):
        def statements(first):
            reply = self.post({"query": "query ($n: Int!) { interactions(first: $n) { edges { node { title turns { text } people { name email } } } } }",
                               "variables": {"n": first}})
            said = json.loads(reply.body)
            self.assertNotIn("errors", said)
            self.assertEqual(len(said["data"]["interactions"]["edges"]), first)
            return int(reply.headers["server-timing"].split('"')[1])

        one, forty = statements(1), statements(20)
        self.assertEqual(one, forty)
        self.assertLessEqual(one, 30)

    def test_search_and_ask(self):
        said = self.data('{ search(input: {query: "offer", limit: 3, mode: LEXICAL}) { hits { rank text interaction { title } } } '
                         'ask(input: {question: "how many mails are there"}) { found count } }')
        self.assertEqual([(h["rank"], bool(h["interaction"]["title"])) for h in said["search"]["hits"]], [(1, True), (2, True), (3, True)])
        self.assertTrue(said["ask"]["found"])
        said = self.ask('{ search(input: {query: ""}) { hits { rank } } }')
        self.assertEqual(said["errors"][0]["path"], ["search"])
        self.assertEqual(said["errors"][0]["extensions"]["code"], "BAD_USER_INPUT")

    def test_no_operation_loses_its_field_to_a_name(self):
        fields = {(r["method"], r["path"]): r["graphql"] for r in self.server.json("routes", "--json")}
        for operation, field in ((("GET", "/v1/break-glass"), "Query.breakGlassList"), (("GET", "/v1/break-glass/{id}"), "Query.breakGlass"),
                                 (("GET", "/v1/analytics/explain"), "Query.explain"), (("GET", "/v1/analytics/coaching/explain"), "Query.explainCoachingFigure"),
                                 (("POST", "/v1/interactions/{id}/comments"), "Mutation.createComment"),
                                 (("POST", "/v1/resumable-uploads/{id}/complete"), "Mutation.completeResumableUpload")):
            self.assertEqual(fields[operation], [field])
        self.assertEqual(self.data("{ breakGlassList(first: 1) { nodes { id } } }")["breakGlassList"]["nodes"], [])

    def test_status_codes_by_media_type(self):
        for body, as_json, as_response in (({"query": "{ __typename }"}, 200, 200), ({"query": "{"}, 200, 400), ({"query": "{ nothing }"}, 200, 400),
                                           ({"query": "query ($n: Int!) { interactions(first: $n) { totalCount } }"}, 200, 400),
                                           ({}, 400, 400), ({"query": 7}, 400, 400), ({"query": "{ __typename }", "variables": []}, 400, 400)):
            with self.subTest(body=body):
                self.assertEqual(self.post(body).status, as_json)
                self.assertEqual(self.post(body, accept=RESPONSE).status, as_response)
        self.assertEqual(self.post({"query": "{ __typename }"}, accept="text/html").status, 406)
        self.assertEqual(self.server.http("POST", "/graphql", b"{}", {"Content-Type": "text/plain"}).status, 415)

    def test_get_reads_and_never_changes(self):
        def get(query):
            return self.server.http("GET", "/graphql?" + urllib.parse.urlencode({"query": query}), headers={"Accept": RESPONSE})

        self.assertEqual(json.loads(get("{ __typename }").body), {"data": {"__typename": "Query"}})
        first = self.data("{ interactions(first: 1) { totalCount nodes { id } } }")["interactions"]
        refused = get('mutation { deleteInteraction(id: "%s") }' % first["nodes"][0]["id"])
        self.assertIn(refused.status, (400, 405))
        self.assertEqual(get("mutation { retryJob(id: \"x\") { retried } }").status in (400, 405), True)
        self.assertEqual(self.data("{ interactions(first: 1) { totalCount } }")["interactions"]["totalCount"], first["totalCount"])

    def test_limits_come_before_work(self):
        def code(query, **more):
            start = time.monotonic()
            said = self.ask(query, **more)
            self.assertLess(time.monotonic() - start, 5)
            self.assertNotIn("data", said)
            return said["errors"][0]["extensions"]["code"]

        self.assertEqual(code("{ " + " ".join(f"a{i}: __typename" for i in range(10000)) + " }"), "LIMIT")
        self.assertEqual(code("{ " + " ".join(f"a{i}: __typename" for i in range(16)) + " }"), "LIMIT")
        self.assertEqual(code("{ node(id: 1) " * 1000), "LIMIT")
        self.assertEqual(code("{ interactions(first: 400) { nodes { turns { text } } } }"), "LIMIT")
        self.assertEqual(code("{ interactions(first: 501) { totalCount } }"), "LIMIT")
        self.assertEqual(code("{ interactions { totalCount } }"), "GRAPHQL_VALIDATION_FAILED")
        self.assertEqual(code("{ node(id: 1) { ...F } } fragment F on Node { id ...F }"), "GRAPHQL_VALIDATION_FAILED")
        self.assertEqual(self.post([{"query": "{ __typename }"}] * 11).status, 400)
        batch = json.loads(self.post([{"query": "{ __typename }"}, {"query": "{"}]).body)
        self.assertEqual((batch[0], "errors" in batch[1]), ({"data": {"__typename": "Query"}}, True))

    def test_errors_name_no_other_names(self):
        said = self.ask("{ interaction(id: 1) { titel } }")["errors"][0]
        self.assertNotIn("title", said["message"])
        self.assertEqual(said["locations"], [{"line": 1, "column": 24}])

    def test_persisted_queries(self):
        query = "{ __typename # kept\n }"
        digest = hashlib.sha256(query.encode()).hexdigest()
        by_hash = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
        missing = json.loads(self.post(by_hash).body)["errors"][0]
        self.assertEqual((missing["message"], missing["extensions"]["code"]), ("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"))
        self.assertIn("data", json.loads(self.post(by_hash | {"query": query}).body))
        self.assertEqual(json.loads(self.post(by_hash).body), {"data": {"__typename": "Query"}})
        self.assertEqual(self.post(by_hash | {"query": "{ __typename }"}).status, 400)
        url = "/graphql?" + urllib.parse.urlencode({"extensions": json.dumps(by_hash["extensions"])})
        self.assertEqual(json.loads(self.server.http("GET", url).body), {"data": {"__typename": "Query"}})

    def test_each_field_asks_for_its_own_permission(self):
        key = harken_key(self.server, ["status.read", "interactions.read"])
        said = self.ask("{ interactions(first: 1) { totalCount nodes { title } } people(first: 1) { totalCount } }", token=key)
        # a rep who took part in nothing sees nothing, here as over REST
        self.assertEqual(said["data"], {"interactions": {"totalCount": 0, "nodes": []}, "people": None})
        self.assertEqual(json.loads(self.server.http("GET", "/v1/interactions", token=key).body)["interactions"], [])
        self.assertEqual(self.server.http("GET", "/v1/people", token=key).status, 403)
        self.assertEqual([(e["path"], e["extensions"]["code"]) for e in said["errors"]], [(["people"], "DENIED")])
        node = self.data("{ interactions(first: 1) { nodes { id } } }")["interactions"]["nodes"][0]["id"]
        self.assertEqual(self.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": node}, token=key), {"data": {"node": None}})
        self.assertEqual(self.ask("{ __schema { queryType { name } } }", token=key)["errors"][0]["extensions"]["code"], "DENIED")
        self.assertEqual(self.post({"query": "{ __typename }"}, token=None).status, 401)


if __name__ == "__main__":
    unittest.main()
