"""The Model Context Protocol over the running program, in both revisions, with the caller's own rights."""
import contextlib
import http.client
import json
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

MAIL = harken.TOP / "samples/northwind-robotics/interactions/mail"
CRM = harken.TOP / "samples/northwind-robotics/crm"
MODERN, META = "2026-07-28", "io.modelcontextprotocol/"


class Mcp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(MAIL)
        cls.server.ingest(CRM, ok=False)

    def post(self, message, headers=None, token="own"):
        return self.server.http("POST", "/mcp", {"jsonrpc": "2.0"} | message, {"Accept": "application/json, text/event-stream"} | (headers or {}), token=token)

    def legacy(self, method, params=None, **more):
        return json.loads(self.post({"id": 1, "method": method, "params": params or {}}, {"MCP-Protocol-Version": "2025-11-25"}, **more).body)

    def modern(self, method, params=None, **headers):
        meta = {META + "protocolVersion": MODERN, META + "clientCapabilities": {}}
        named = {"Mcp-Name": params["name"]} if params and "name" in params else {}
        return self.post({"id": "a", "method": method, "params": (params or {}) | {"_meta": meta}},
                         {"MCP-Protocol-Version": MODERN, "Mcp-Method": method} | named | headers)

    @contextlib.contextmanager
    def messages(self, method, body=None, headers=None):
        """The messages of an event stream, as they come."""
        where = urllib.parse.urlsplit(self.server.address())
        line = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        line.request(method, "/mcp", json.dumps({"jsonrpc": "2.0"} | body) if body else None,
                     {"Authorization": f"Bearer {self.server.token()}", "Accept": "application/json, text/event-stream", "Content-Type": "application/json"} | (headers or {}))
        reply = line.getresponse()
        self.assertEqual((reply.status, reply.getheader("content-type")), (200, "text/event-stream"))
        try:
            yield self.until(reply, time.monotonic() + 60)
        finally:
            reply.close()
            line.close()

    def until(self, reply, end):
        for row in iter(reply.readline, b""):
            self.assertLess(time.monotonic(), end, "no message")  # there are heartbeats
            if row.startswith(b"data: "):
                yield json.loads(row[6:])

    def initialize(self, **can):
        self.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": can, "clientInfo": {"name": "t", "version": "1"}})
        self.addCleanup(self.legacy, "initialize", {"protocolVersion": "2025-11-25", "capabilities": {}})

    def deals(self):
        return self.legacy("tools/call", {"name": "deals", "arguments": {}})["result"]["structuredContent"]["deals"]

    def test_both_revisions_introduce_themselves(self):
        said = self.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})["result"]
        self.assertEqual((said["protocolVersion"], said["serverInfo"]["name"]), ("2025-11-25", "harken"))
        self.assertEqual(self.legacy("initialize", {"protocolVersion": "1999-01-01"})["result"]["protocolVersion"], "2025-11-25")
        said = json.loads(self.modern("server/discover").body)["result"]
        self.assertEqual(said["resultType"], "complete")
        self.assertTrue({MODERN, "2025-11-25"} <= set(said["supportedVersions"]))
        self.assertEqual(said["_meta"][META + "serverInfo"]["name"], "harken")
        self.assertEqual(self.legacy("ping")["result"], {})
        self.assertEqual(self.post({"method": "notifications/initialized"}).status, 202)

    def test_tools_read_and_nothing_else(self):
        old, new = self.legacy("tools/list")["result"]["tools"], json.loads(self.modern("tools/list").body)["result"]["tools"]
        self.assertEqual(old, new)
        self.assertEqual([t["name"] for t in old][:2], ["search", "ask"])
        for tool in old:
            self.assertEqual((tool["annotations"]["readOnlyHint"], tool["annotations"]["destructiveHint"], tool["annotations"]["openWorldHint"]),
                             (True, False, False))
            self.assertEqual(tool["inputSchema"]["type"], "object")
            self.assertFalse(tool["inputSchema"]["additionalProperties"])

    def test_calls_say_what_rest_says(self):
        said = self.legacy("tools/call", {"name": "search", "arguments": {"query": "offer", "limit": 3, "mode": "lexical"}})["result"]
        rest = json.loads(self.server.http("POST", "/v1/search", {"query": "offer", "limit": 3, "mode": "lexical"}).body)
        self.assertEqual(len(rest["hits"]), 3)
        self.assertEqual(said["structuredContent"], rest)
        self.assertEqual(json.loads(said["content"][0]["text"]), rest)
        self.assertFalse(said["isError"])
        said = json.loads(self.modern("tools/call", {"name": "ask", "arguments": {"question": "how many mails are there"}}).body)["result"]
        self.assertTrue(said["structuredContent"]["found"])

    def test_deals_are_found_read_and_briefed(self):
        def call(name, **arguments):
            said = self.legacy("tools/call", {"name": name, "arguments": arguments})["result"]
            self.assertFalse(said["isError"], said)
            return said["structuredContent"]

        found = call("deals", outcome="all", limit=3)["deals"]
        self.assertEqual(len(found), 3)
        rest = json.loads(self.server.http("GET", f"/v1/deals/{found[0]['id']}").body)
        deal = call("deal", id=found[0]["id"])
        self.assertEqual({k: v for k, v in deal.items() if k != "as_of"} | {"figures": 0, "score": 0}, {k: v for k, v in rest.items() if k != "as_of"} | {"figures": 0, "score": 0})
        self.assertEqual(call("brief", id=found[0]["id"])["deal"]["name"], found[0]["name"])
        self.assertIsInstance(call("actions", limit=5)["actions"], list)
        gone = self.legacy("tools/call", {"name": "deal", "arguments": {"id": "018f6e1c-7a3b-7c4d-8e5f-0123456789ab"}})["result"]
        self.assertTrue(gone["isError"])
        self.assertTrue(self.legacy("tools/call", {"name": "deal", "arguments": {"id": found[0]["id"], "word": 1}})["result"]["isError"])

    def test_a_person_chooses_the_deal(self):
        """In the older revision the question comes on the stream of the call, and the answer as a message of its own."""
        deal = self.deals()[1]
        key = json.loads(self.server.http("POST", "/v1/keys", {"name": "other", "scopes": ["status.read"], "user": json.loads(self.server.http(
            "POST", "/v1/users", {"email": "other@ours.example", "roles": ["rep"]}).body)["id"]}).body)["key"]
        call = {"id": 5, "method": "tools/call", "params": {"name": "deal", "arguments": {}}}
        self.assertIn("id", self.tool("deal")["inputSchema"]["required"])
        self.assertTrue(self.legacy("tools/call", call["params"])["result"]["isError"])
        self.initialize(elicitation={})
        self.assertNotIn("id", self.tool("deal")["inputSchema"]["required"])
        with self.messages("POST", call, {"MCP-Protocol-Version": "2025-11-25"}) as said:
            asked = next(said)
            self.assertEqual(asked["method"], "elicitation/create")
            choices = asked["params"]["requestedSchema"]["properties"]["deal"]["oneOf"]
            self.assertIn({"const": deal["id"], "title": deal["name"]}, choices)
            answer = {"id": asked["id"], "result": {"action": "accept", "content": {"deal": choices[0]["const"]}}}
            self.assertEqual(self.post(answer, token=key).status, 202)  # who was not asked does not answer
            answer["result"]["content"]["deal"] = deal["id"]
            self.assertEqual(self.post(answer).status, 202)
            done = next(said)
        self.assertEqual((done["id"], done["result"]["structuredContent"]["id"]), (5, deal["id"]))
        with self.messages("POST", call, {"MCP-Protocol-Version": "2025-11-25"}) as said:
            self.post({"id": next(said)["id"], "result": {"action": "decline"}})
            self.assertTrue(next(said)["result"]["isError"])
        with self.messages("POST", call, {"MCP-Protocol-Version": "2025-11-25"}) as said:
            self.post({"id": next(said)["id"], "error": {"code": -32601, "message": "no"}})
            self.assertTrue(next(said)["result"]["isError"])

    def test_a_person_chooses_the_deal_in_a_second_call(self):
        """In the newer revision the question is the answer, and the call is made again."""
        deal = self.deals()[0]
        meta = {META + "protocolVersion": MODERN, META + "clientCapabilities": {"elicitation": {"form": {}}}}

        def call(**more):
            reply = self.post({"id": 1, "method": "tools/call", "params": {"name": "brief", "arguments": {}, "_meta": meta} | more},
                              {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": "brief"})
            return json.loads(reply.body)["result"]

        asked = call()
        self.assertEqual((asked["resultType"], list(asked["inputRequests"])), ("input_required", ["deal"]))
        self.assertEqual(asked["inputRequests"]["deal"]["method"], "elicitation/create")
        said = call(inputResponses={"deal": {"action": "accept", "content": {"deal": deal["id"]}}})
        self.assertEqual((said["resultType"], said["structuredContent"]["deal"]["name"]), ("complete", deal["name"]))
        self.assertTrue(call(inputResponses={"deal": {"action": "cancel"}})["isError"])
        meta[META + "clientCapabilities"] = {}
        self.assertTrue(call()["isError"])

    def tool(self, name):
        return next(t for t in self.legacy("tools/list")["result"]["tools"] if t["name"] == name)

    def change(self, deal):
        self.serial = getattr(self, "serial", 100) + 1
        reply = self.server.http("PATCH", f"/v1/deals/{deal['id']}", {"amount": f"{self.serial}.00"}, {"If-Match": "*"})
        self.assertEqual(reply.status, 200, reply.body)

    def test_who_subscribed_hears_of_changes(self):
        first, second = self.deals()[:2]
        uri = [f"harken://deals/{d['id']}" for d in (first, second)]
        with self.messages("GET") as said:
            self.assertEqual(self.legacy("resources/subscribe", {"uri": uri[1]})["result"], {})
            self.change(first)
            self.change(second)
            told = next(said)
            self.assertEqual((told["method"], told["params"]), ("notifications/resources/updated", {"uri": uri[1]}))
            self.assertEqual(self.legacy("resources/unsubscribe", {"uri": uri[1]})["result"], {})
            self.assertEqual(self.legacy("resources/subscribe", {"uri": uri[0]})["result"], {})
            self.change(second)
            self.change(first)
            self.assertEqual(next(said)["params"], {"uri": uri[0]})
            self.legacy("resources/unsubscribe", {"uri": uri[0]})
        for wrong in ("harken://deals/x", "file:///etc/passwd", ""):
            self.assertEqual(self.legacy("resources/subscribe", {"uri": wrong})["error"]["code"], -32002, wrong)

    def test_one_request_listens_in_the_newer_revision(self):
        first, second = self.deals()[:2]
        uri = [f"harken://deals/{d['id']}" for d in (first, second)]
        meta = {META + "protocolVersion": MODERN, META + "clientCapabilities": {}}
        with self.messages("POST", {"id": "s1", "method": "subscriptions/listen", "params": {
                "_meta": meta, "notifications": {"toolsListChanged": True, "resourceSubscriptions": [uri[1], "file:///x"]}}},
                {"MCP-Protocol-Version": MODERN, "Mcp-Method": "subscriptions/listen"}) as said:
            told = next(said)
            self.assertEqual((told["method"], told["params"]), ("notifications/subscriptions/acknowledged", {
                "_meta": {META + "subscriptionId": "s1"}, "notifications": {"resourceSubscriptions": [uri[1]]}}))
            self.change(first)
            self.change(second)
            self.assertEqual(next(said)["params"], {"_meta": {META + "subscriptionId": "s1"}, "uri": uri[1]})

    def test_prompts_and_resources(self):
        prompts = self.legacy("prompts/list")["result"]["prompts"]
        self.assertIn("prepare_meeting", [p["name"] for p in prompts])
        got = self.legacy("prompts/get", {"name": "prepare_meeting", "arguments": {"deal": "D-1"}})["result"]
        self.assertIn("D-1", got["messages"][0]["content"]["text"])
        self.assertEqual(self.legacy("prompts/get", {"name": "prepare_meeting"})["error"]["code"], -32602)
        listed = self.legacy("resources/list")["result"]["resources"]
        talk = next(r for r in listed if r["uri"].startswith("harken://interactions/"))
        result = json.loads(self.modern("resources/read", {"uri": talk["uri"]}, **{"Mcp-Name": talk["uri"]}).body)["result"]
        self.assertEqual((result["cacheScope"], result["ttlMs"] > 0), ("private", True))
        read = result["contents"][0]
        self.assertEqual((read["uri"], json.loads(read["text"])["title"]), (talk["uri"], talk["name"]))
        self.assertEqual(len(self.legacy("resources/templates/list")["result"]["resourceTemplates"]), 2)
        for uri in ("harken://interactions/018f6e1c-7a3b-7c4d-8e5f-0123456789ab", "harken://interactions/x", "file:///etc/passwd"):
            self.assertEqual(self.legacy("resources/read", {"uri": uri})["error"]["code"], -32002, uri)
        deal = next(r for r in listed if r["uri"].startswith("harken://deals/"))
        values = self.legacy("completion/complete", {"ref": {"type": "ref/prompt", "name": "review_deal"}, "argument": {"name": "deal", "value": deal["name"][:6].lower()}})
        self.assertIn(deal["uri"].rpartition("/")[2], values["result"]["completion"]["values"])

    def test_progress_comes_before_the_answer(self):
        reply = self.post({"id": 7, "method": "tools/call", "params": {"name": "search", "arguments": {"query": "offer", "limit": 1}, "_meta": {"progressToken": "p"}}},
                          {"MCP-Protocol-Version": "2025-11-25"})
        self.assertTrue(reply.headers["content-type"].startswith("text/event-stream"))
        said = [json.loads(line[6:]) for line in reply.body.decode().splitlines() if line.startswith("data: ")]
        self.assertEqual([m["params"]["progress"] for m in said[:-1]], [0, 1])
        self.assertEqual((said[-1]["id"], said[-1]["result"]["isError"]), (7, False))

    def test_wrong_arguments_are_told_to_the_model(self):
        said = self.legacy("tools/call", {"name": "search", "arguments": {"query": "x", "limit": -1}})["result"]
        self.assertTrue(said["isError"])
        self.assertIn("limit", said["content"][0]["text"])
        self.assertEqual(self.legacy("tools/call", {"name": "delete", "arguments": {}})["error"]["code"], -32602)

    def test_what_the_transport_refuses(self):
        self.assertEqual(self.post({"id": 1, "method": "tools/list"}, {"Origin": "http://evil.example"}).status, 403)
        self.assertEqual(self.post({"id": 1, "method": "tools/list"}, {"Origin": self.server.address()}).status, 200)
        self.assertEqual(self.post({"id": 1, "method": "tools/list"}, {"MCP-Protocol-Version": "2099-01-01"}).status, 400)
        self.assertEqual(self.server.http("GET", "/mcp").status, 406)
        self.assertEqual(self.server.http("GET", "/mcp", headers={"Accept": "text/event-stream", "MCP-Protocol-Version": MODERN}).status, 405)
        self.assertEqual(self.server.http("GET", "/mcp", headers={"Accept": "text/event-stream", "Origin": "http://evil.example"}).status, 403)
        self.assertEqual(self.post({"id": 1, "method": "tools/list"}, token=None).status, 401)
        reply = self.modern("tools/list", None, **{"Mcp-Method": "tools/call"})
        self.assertEqual((reply.status, json.loads(reply.body)["error"]["code"]), (400, -32020))
        refusals = [({}, {}, -32602), ({META + "clientCapabilities": {}}, {}, -32602), ({META + "protocolVersion": "2025-11-25"}, {}, -32020),
                    ({META + "protocolVersion": "2099-01-01"}, {}, -32020), ({META + "protocolVersion": MODERN}, {}, -32602),
                    ({META + "protocolVersion": "2099-01-01"}, {"MCP-Protocol-Version": "2099-01-01"}, -32022)]
        for meta, headers, code in refusals:
            reply = self.post({"id": 1, "method": "tools/list", "params": {"_meta": meta}}, {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"} | headers)
            self.assertEqual((reply.status, json.loads(reply.body)["error"]["code"]), (400, code), meta)
        said = json.loads(reply.body)["error"]["data"]
        self.assertEqual((said["requested"], said["supported"][0]), ("2099-01-01", MODERN))
        reply = self.modern("initialize")
        self.assertEqual((reply.status, json.loads(reply.body)["error"]["code"]), (404, -32601))
        self.assertEqual(json.loads(self.server.http("POST", "/mcp", b"{", {"Content-Type": "application/json"}).body)["error"]["code"], -32700)

    def test_rights_are_the_callers(self):
        user = self.server.http("POST", "/v1/users", {"email": "rep@ours.example", "name": "Rep", "roles": ["rep"]})
        made = self.server.http("POST", "/v1/keys", {"name": "narrow", "scopes": ["status.read", "answers.use"], "user": json.loads(user.body)["id"]})
        self.assertEqual(made.status, 201, made.body)
        key = next(v for v in json.loads(made.body).values() if isinstance(v, str) and v.startswith("hk_"))
        said = self.legacy("tools/call", {"name": "ask", "arguments": {"question": "how many mails are there"}}, token=key)["result"]
        self.assertIn(said["structuredContent"].get("count", 0), (0, None))  # a rep who took part in nothing
        self.assertEqual([t["name"] for t in self.legacy("tools/list", token=key)["result"]["tools"]], ["ask"])
        self.assertEqual(self.legacy("tools/call", {"name": "search", "arguments": {"query": "price"}}, token=key)["error"]["code"], -32602)
        self.assertEqual(self.legacy("resources/subscribe", {"uri": "harken://deals/018f6e1c-7a3b-7c4d-8e5f-0123456789ab"}, token=key)["error"]["code"], -32602)


if __name__ == "__main__":
    unittest.main()
