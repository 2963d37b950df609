"""The Model Context Protocol over the running program, in both revisions, with the caller's own rights."""
import json
import pathlib
import sys
import unittest

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

    def test_both_revisions_introduce_themselves(self):
        said = self.legacy("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})["result"]
        self.assertEqual((said["protocolVersion"], said["serverInfo"]["name"]), ("2025-11-25", "harken"))
        self.assertEqual(self.legacy("initialize", {"protocolVersion": "1999-01-01"})["result"]["protocolVersion"], "2025-11-25")
        said = json.loads(self.modern("server/discover").body)["result"]
        self.assertEqual(said["resultType"], "complete")
        self.assertTrue({MODERN, "2025-11-25"} <= set(said["supportedVersions"]))
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

    def test_prompts_and_resources(self):
        prompts = self.legacy("prompts/list")["result"]["prompts"]
        self.assertIn("prepare_meeting", [p["name"] for p in prompts])
        got = self.legacy("prompts/get", {"name": "prepare_meeting", "arguments": {"deal": "D-1"}})["result"]
        self.assertIn("D-1", got["messages"][0]["content"]["text"])
        self.assertEqual(self.legacy("prompts/get", {"name": "prepare_meeting"})["error"]["code"], -32602)
        listed = self.legacy("resources/list")["result"]["resources"]
        talk = next(r for r in listed if r["uri"].startswith("harken://interactions/"))
        read = json.loads(self.modern("resources/read", {"uri": talk["uri"]}, **{"Mcp-Name": talk["uri"]}).body)["result"]["contents"][0]
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
        self.assertEqual(self.server.http("GET", "/mcp").status, 405)
        self.assertEqual(self.post({"id": 1, "method": "tools/list"}, token=None).status, 401)
        reply = self.modern("tools/list", None, **{"Mcp-Method": "tools/call"})
        self.assertEqual((reply.status, json.loads(reply.body)["error"]["code"]), (400, -32020))
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


if __name__ == "__main__":
    unittest.main()
