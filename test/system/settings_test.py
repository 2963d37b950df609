"""Settings through the interface: read by whom the role says, chosen by administrators who proved who they are, kept over a restart."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import files
import harken

ANY = {"If-Match": "*"}


class Settings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server(env={"HARKEN_EVENTS_PER_CALLER": "7"})
        cls.addClassCleanup(cls.server.discard)
        files.write(cls.server.home, "harken.conf", "limits.concurrent = 63\n")
        cls.server.home.chmod(0o700)
        cls.server.start()
        cls.c = company.Company(cls.server)
        cls.admin, cls.op = cls.c.sessions["adam"], cls.c.op

    def get(self, key):
        return self.op.json("GET", f"/v1/settings/{key}")

    def choose(self, key, value, who=None, headers=ANY, query=""):
        return (who or self.admin).ask("PATCH", f"/v1/settings/{key}{query}", {"value": value}, headers=headers)

    def holds(self, key, value):
        harken.wait_for(f"{key} = {value}", lambda: self.get(key)["value"] == value, 30)

    def test_a_list_in_pages_with_filters_and_as_csv(self):
        first = self.op.json("GET", "/v1/settings?limit=10")
        rest = self.op.json("GET", f"/v1/settings?limit=200&cursor={first['next']}")
        self.assertIsNone(rest["next"])
        keys = [s["key"] for s in first["settings"] + rest["settings"]]
        printed = json.loads(self.server.ok("config", "print", "--json"))
        self.assertEqual(keys, [s["key"] for s in printed])
        only = self.op.json("GET", "/v1/settings?key=log.level&fields=key,default,choices")["settings"]
        self.assertEqual(only, [{"key": "log.level", "default": "info", "choices": ["debug", "info", "warn", "error"]}])
        lines = self.op.ask("GET", "/v1/settings?fields=key,value", headers={"Accept": "text/csv"}).body.decode().splitlines()
        self.assertEqual(len(lines), 1 + len(keys))
        self.assertEqual(self.op.ask("GET", "/v1/settings/no.such.key").status, 404)
        by_id = self.get("log.level")
        self.assertEqual(self.op.json("GET", f"/v1/settings/{by_id['id']}"), by_id)

    def test_a_value_is_chosen_and_taken_back(self):
        tag = self.admin.ask("GET", "/v1/settings/exports.allow").headers["etag"]
        self.assertEqual(self.choose("exports.allow", "false", headers={}).status, 428)
        self.assertEqual(self.choose("exports.allow", "false", query="?dry_run=1", headers={"If-Match": tag}).status, 200)
        self.assertIsNone(self.get("exports.allow")["chosen"])
        reply = self.choose("exports.allow", "false", headers={"If-Match": tag})
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(json.loads(reply.body)["chosen"], "false")
        self.assertEqual(self.choose("exports.allow", "true", headers={"If-Match": tag}).status, 412)
        self.holds("exports.allow", "false")
        self.assertEqual(self.get("exports.allow")["origin"], "chosen")
        self.assertEqual(self.op.ask("GET", "/v1/users", headers={"Accept": "text/csv"}).status, 403)
        self.assertEqual(self.op.ask("GET", "/v1/users").status, 200)
        self.assertEqual(self.choose("exports.allow", None).status, 200)
        self.holds("exports.allow", "true")
        self.assertEqual(self.op.ask("GET", "/v1/users", headers={"Accept": "text/csv"}).status, 200)
        mine = f"/v1/audit?object={self.get('exports.allow')['id']}"
        rows = harken.wait_for("the audit records", lambda: len(r := self.op.json("GET", mine)["records"]) == 2 and r, 30)
        self.assertEqual([(r["act"], r["actor"]) for r in rows], [("admin", self.c.users["adam"])] * 2)

    def test_the_table_says_what_may_be_chosen(self):
        for value in ("loud", "", "INFO "):
            self.assertEqual(self.choose("log.level", value).status, 422, value)
        for value in ("10.1.0.0/99", "everywhere", "10.0.0.1/8"):
            self.assertEqual(self.choose("egress.allow", value).status, 422, value)
        for value in ("0", "65536", "443,x"):
            self.assertEqual(self.choose("egress.ports", value).status, 422, value)
        self.assertEqual(self.choose("events.keep", "1s").status, 422)
        for value in (7, True, ["info"], {}):
            self.assertEqual(self.choose("log.level", value).status, 400, value)
        for key in ("listen", "tls.key", "database.bin", "llm.model", "http.workers", "listen.proxies"):
            self.assertEqual(self.choose(key, self.get(key)["default"]).status, 422, key)
        for member in ("key", "origin", "default", "chosen", "id", "remote", "workspace_id"):
            reply = self.admin.ask("PATCH", "/v1/settings/log.level", {"value": "info", member: "x"}, headers=ANY)
            self.assertEqual(reply.status, 422, member)
        self.assertEqual(self.choose("no.such.key", "1").status, 404)

    def test_the_machine_has_the_last_word(self):
        for key in ("limits.concurrent", "events.per_caller"):
            self.assertEqual(self.choose(key, "5").status, 409, key)

    def test_only_administrators_who_proved_it(self):
        for name, want in (("rita", 403), ("dora", 403), ("ada", 403), ("ann", 403)):
            self.assertEqual(self.choose("log.level", "info", who=self.c.sessions[name]).status, want, name)
        self.assertEqual(self.choose("log.level", "info", who=self.c.keys["adam"]).status, 403)
        stale = self.c.session("adam")
        self.c.sql(f"UPDATE token SET auth_at = auth_at - 600000 WHERE user_id='{self.c.users['adam']}'")
        reply = self.choose("egress.allow", "10.1.0.0/16", who=stale)
        self.assertEqual((reply.status, json.loads(reply.body)["type"]), (403, "urn:harken:problem:step-up"))
        type(self).admin = self.c.session("adam")
        self.assertEqual([self.c.sessions[n].ask("GET", "/v1/settings").status for n in ("rita", "dora", "ada", "ann")], [200, 200, 200, 403])

    def test_over_graphql_and_the_command_line(self):
        asked = self.op.json("POST", "/graphql", {"query": '{ settings(first: 1, key: "company.domains") { nodes { id key value etag } } }'})
        one = asked["data"]["settings"]["nodes"][0]
        done = self.admin.ask("POST", "/graphql", {
            "query": "mutation ($id: ID!, $tag: String!) { updateSetting(id: $id, ifMatch: $tag, input: {value: \"one.example\"}) { chosen restart } }",
            "variables": {"id": one["id"], "tag": one["etag"]}})
        self.assertEqual(json.loads(done.body), {"data": {"updateSetting": {"chosen": "one.example", "restart": True}}})
        self.server.ok("config", "set", "company.competitors", "Rivalco")
        self.assertEqual(json.loads(self.server.ok("config", "get", "company.competitors", "--json"))["chosen"], "Rivalco")
        self.assertEqual(self.server.run("config", "set", "company.competitor", "x").code, 1)
        self.assertEqual(self.server.run("config", "set", "log.level", "loud").code, 1)
        # kept sealed, and what needs a restart holds after it
        self.assertEqual(self.c.sql("SELECT count(*) FROM card WHERE position('Rivalco'::bytea IN sealed) > 0"), "0")
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        type(self).op = self.c.op = company.operator(self.server)  # it has a new token
        self.assertEqual(self.server.ok("config", "get", "company.competitors"), "company.competitors = Rivalco\n")
        self.assertEqual(self.get("company.domains")["value"], "one.example")
        self.assertFalse(self.get("company.domains")["restart"])
        self.server.ok("config", "unset", "company.competitors")
        self.assertTrue(self.get("company.competitors")["restart"])

    def test_what_webhooks_may_reach_changes_at_once(self):
        hook = {"url": "http://127.0.0.1:9/x", "types": ["interaction."]}
        self.assertEqual(self.op.ask("POST", "/v1/webhooks", hook).status, 422)
        self.assertEqual(self.choose("egress.allow", "127.0.0.1/32").status, 200)
        self.holds("egress.allow", "127.0.0.1/32")
        harken.wait_for("the hook", lambda: self.op.ask("POST", "/v1/webhooks", hook).status == 201, 30)


if __name__ == "__main__":
    unittest.main()
