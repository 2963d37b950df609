"""Break-glass: named conversations, opened to who asked by somebody else, for a while, and everybody concerned knows (trust.md Z7)."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

REASON = "Complaint 4711: what was promised about the price?"


class BreakGlass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.c = company.Company(cls.server)
        cls.c.user_add("agnes", ["admin"])
        company.PEOPLE.setdefault("agnes", ["admin"])
        cls.addClassCleanup(company.PEOPLE.pop, "agnes")
        cls.c.sessions["agnes"] = cls.c.session("agnes")
        cls.talk = cls.c.talk("ann", "outsider", word="canaryannword")
        cls.other = cls.c.talk("ann", "outsider", word="canaryotherword")
        cls.ann, cls.adam, cls.agnes, cls.dora, cls.eve = (cls.c.sessions[n] for n in ("ann", "adam", "agnes", "dora", "eve"))
        cls.ann.json("PUT", f"/v1/interactions/{cls.talk}/private", {"private": True}, want=[204])

    def ask(self, who=None, **more):
        return (who or self.adam).json("POST", "/v1/break-glass", {"reason": REASON, "interactions": [self.talk]} | more)

    def opened(self, minutes=30):
        asked = self.ask(minutes=minutes)
        return self.dora.json("POST", f"/v1/break-glass/{asked['id']}/approve", {})

    def read(self, glass, who=None):
        return (who or self.adam).ask("GET", f"/v1/break-glass/{glass['id']}/interactions")

    def test_nothing_is_open_before_another_person_agrees(self):
        asked = self.ask()
        self.assertEqual((asked["state"], asked["asked_by"], asked["decided_by"], asked["minutes"]), ("asked", self.c.users["adam"], None, 60))
        self.assertEqual(self.read(asked).status, 403)
        approve = f"/v1/break-glass/{asked['id']}/approve"
        self.assertEqual(self.adam.ask("POST", approve, {}).status, 403)  # not one's own
        for name in ("ann", "boss", "rita", "ada", "eve"):
            self.assertEqual(self.c.sessions[name].ask("POST", approve, {}).status, 403, name)
        self.assertEqual(self.c.keys["agnes"].ask("POST", approve, {}).status, 403)  # a key proves nobody
        self.assertEqual(self.c.op.ask("POST", approve, {}).status, 409)
        self.assertEqual(self.read(asked).status, 403)
        granted = self.agnes.json("POST", approve, {})
        self.assertEqual((granted["state"], granted["decided_by"]), ("granted", self.c.users["agnes"]))
        self.assertEqual(self.agnes.ask("POST", approve, {}).status, 409)  # once

    def test_only_the_named_ones_only_for_who_asked_and_only_here(self):
        glass = self.opened()
        reply = self.read(glass)
        self.assertEqual(reply.status, 200)
        self.assertIn(b"canaryannword", reply.body)
        self.assertNotIn(b"canaryotherword", reply.body)
        self.assertEqual([i["id"] for i in json.loads(reply.body)["interactions"]], [self.talk])
        for who in (self.dora, self.agnes):  # who agreed reads nothing by it
            self.assertEqual(self.read(glass, who).status, 404)
        for path in (f"/v1/interactions/{self.talk}", f"/v1/interactions/{self.talk}/turns", "/v1/interactions"):
            self.assertEqual(self.adam.ask("GET", path).status, 403, path)
        self.assertEqual(self.adam.ask("POST", "/v1/search", {"query": "canaryannword"}).status, 403)

    def test_it_ends_by_itself_and_by_hand(self):
        glass = self.opened()
        self.assertEqual(self.read(glass).status, 200)
        self.c.sql(f"UPDATE break_glass SET until_at = (extract(epoch FROM now()) * 1000)::bigint - 1 WHERE id='{glass['id']}'")
        self.assertEqual(self.read(glass).status, 403)
        self.assertEqual(self.dora.json("GET", f"/v1/break-glass/{glass['id']}")["state"], "ended")
        glass = self.opened()
        self.assertEqual(self.agnes.json("POST", f"/v1/break-glass/{glass['id']}/end", {})["state"], "ended")
        self.assertEqual(self.read(glass).status, 403)
        asked = self.ask()
        self.assertEqual(self.dora.json("POST", f"/v1/break-glass/{asked['id']}/refuse", {})["state"], "refused")
        self.assertEqual(self.dora.ask("POST", f"/v1/break-glass/{asked['id']}/approve", {}).status, 409)

    def test_the_database_keeps_it_shut_by_itself(self):
        """The second lock alone: what the reader of a transaction sees follows the table and its clock."""
        glass = self.opened()

        def seen(reach):
            workspace = self.c.sql("SELECT id FROM workspace")
            return self.c.sql(f"BEGIN; SET LOCAL ROLE harken_app; SELECT set_config('harken.workspace_id', '{workspace}', true), set_config('harken.reader', "
                              f"'{self.c.users['adam']}', true), set_config('harken.reach', '{reach}', true); "
                              "SELECT coalesce(string_agg(id::text, ' '), 'nothing') FROM interaction; COMMIT").splitlines()[-1]

        self.assertEqual(seen("own"), self.talk)
        self.assertEqual(seen("none"), "nothing")
        self.c.sql("UPDATE break_glass SET until_at = 1 WHERE state=1")
        self.assertEqual(seen("own"), "nothing")
        with self.assertRaises(harken.Failure):  # two people, always
            self.c.sql(f"UPDATE break_glass SET decided_by = asked_by WHERE id='{glass['id']}'")

    def test_who_is_concerned_is_told(self):
        asked = self.ask()
        mine = self.ann.json("GET", "/v1/break-glass?limit=200")["break_glass"]
        self.assertIn((asked["id"], REASON), [(g["id"], g["reason"]) for g in mine])
        self.assertEqual(self.eve.json("GET", "/v1/break-glass")["break_glass"], [])
        self.assertEqual(self.eve.ask("GET", f"/v1/break-glass/{asked['id']}").status, 404)
        self.dora.json("POST", f"/v1/break-glass/{asked['id']}/approve", {})
        self.assertEqual(self.read(asked).status, 200)
        views = harken.wait_for("the view", lambda: [v for v in self.ann.json("GET", f"/v1/interactions/{self.talk}/views")["views"] if v["user"] == self.c.users["adam"]], 30)
        self.assertEqual(views[0]["name"], "Adam")
        events = self.c.sql(f"SELECT count(*) FROM event WHERE type='interaction.break_glass' AND object_id='{self.talk}'")
        self.assertGreaterEqual(int(events), 1)
        want = {("admin", self.c.users["dora"], f"break-glass {asked['id']} granted"), ("read", self.c.users["adam"], f"break-glass {asked['id']}")}
        harken.wait_for("the audit records", lambda: want <= {(a["act"], a["actor"], a["details"]) for a in self.dora.json(
            "GET", f"/v1/audit?object={self.talk}&act=read,admin&limit=200")["records"]}, 30)

    def test_bad_requests(self):
        for body, want in (({"reason": "short", "interactions": [self.talk]}, 400), ({"reason": REASON, "interactions": []}, 400),
                           ({"reason": REASON}, 400), ({"reason": REASON, "interactions": [self.talk] * 101}, 400),
                           ({"reason": REASON, "interactions": [self.talk], "minutes": 1441}, 400),
                           ({"reason": REASON, "interactions": [self.talk], "state": "granted"}, 422),
                           ({"reason": REASON, "interactions": [self.talk], "asked_by": self.c.users["adam"]}, 422)):
            self.assertEqual(self.adam.ask("POST", "/v1/break-glass", body).status, want, body)
        for name in ("ann", "boss", "rita", "ada"):
            self.assertEqual(self.c.sessions[name].ask("POST", "/v1/break-glass", {"reason": REASON, "interactions": [self.talk]}).status, 403, name)
        self.assertEqual(self.c.op.ask("POST", "/v1/break-glass", {"reason": REASON, "interactions": [self.talk]}).status, 409)

    def test_the_command_line(self):
        asked = self.ask()
        listed = json.loads(self.server.ok("breakglass", "list", "--json"))["break_glass"]
        self.assertIn(asked["id"], [g["id"] for g in listed])
        self.assertIn(asked["id"], self.server.ok("breakglass", "list"))
        self.assertIn("refused", self.server.ok("breakglass", "refuse", asked["id"]))
        glass = self.opened()
        self.server.ok("breakglass", "end", glass["id"])
        self.assertEqual(self.read(glass).status, 403)
        self.assertEqual(self.server.run("breakglass", "end", glass["id"]).code, 1)


if __name__ == "__main__":
    unittest.main()
