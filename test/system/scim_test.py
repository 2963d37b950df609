"""Provisioning over SCIM: what the big identity providers send, and what must follow from it here."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import harken

USER, GROUP = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH, ERROR = "urn:ietf:params:scim:api:messages:2.0:PatchOp", "urn:ietf:params:scim:api:messages:2.0:Error"
SCIM = {"Content-Type": "application/scim+json", "Accept": "application/scim+json"}


class Scim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().__enter__()
        op = company.operator(cls.server)
        user = op.json("POST", "/v1/users", {"email": "idp@northwind.example", "service": True, "roles": ["provisioner"]})["id"]
        cls.key = op.json("POST", "/v1/keys", {"name": "idp", "user": user, "scopes": ["identity.write"]})["key"]
        cls.op = op

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def ask(self, method, path, body=None, headers=None):
        reply = self.server.http(method, f"/scim/v2{path}", json.dumps(body).encode() if body is not None else None, SCIM | (headers or {}), token=self.key)
        return reply.status, json.loads(reply.body) if reply.body else None

    def make(self, who, **more):
        status, said = self.ask("POST", "/Users", {"schemas": [USER], "userName": f"{who}@northwind.example"} | more)
        self.assertEqual(status, 201, said)
        return said

    def patch(self, path, *operations):
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def found(self, query):
        status, said = self.ask("GET", f"/Users?filter={query}")
        self.assertEqual(status, 200, said)
        return sorted(r["userName"].partition("@")[0] for r in said["Resources"])

    def test_only_with_the_right(self):
        self.assertEqual(self.server.http("GET", "/scim/v2/Users", token=None).status, 401)
        other = self.op.json("POST", "/v1/users", {"email": "rep@northwind.example", "roles": ["rep"]})["id"]
        key = self.op.json("POST", "/v1/keys", {"name": "k", "user": other, "scopes": ["identity.write"]})["key"]
        self.assertEqual(self.server.http("GET", "/scim/v2/Users", token=key).status, 403)

    def test_what_there_is(self):
        config = self.ask("GET", "/ServiceProviderConfig")[1]
        self.assertTrue(config["patch"]["supported"] and config["filter"]["supported"] and not config["bulk"]["supported"])
        self.assertEqual({r["name"] for r in self.ask("GET", "/ResourceTypes")[1]["Resources"]}, {"User", "Group"})
        self.assertEqual(self.ask("GET", f"/Schemas/{USER}")[1]["id"], USER)
        self.assertEqual(self.ask("GET", "/Schemas/urn:none")[0], 404)

    def test_a_user_comes_changes_and_goes(self):
        made = self.make("anna", externalId="e-1", name={"givenName": "Anna", "familyName": "Seller"}, emails=[{"value": "anna.s@northwind.example", "type": "work"}])
        path = f"/Users/{made['id']}"
        self.assertEqual(made["name"]["givenName"], "Anna")
        self.assertTrue(made["active"])
        here = self.op.json("GET", f"/v1/users/{made['id']}")
        self.assertEqual((here["email"], here["addresses"], here["roles"]), ("anna@northwind.example", ["anna.s@northwind.example"], ["rep"]))
        self.assertEqual(self.ask("POST", "/Users", {"schemas": [USER], "userName": "ANNA@northwind.example"})[0], 409)
        self.assertEqual(self.patch(path, {"op": "Replace", "path": "name.familyName", "value": "Sellers"})[1]["name"]["familyName"], "Sellers")
        self.assertEqual(self.patch(path, {"op": "add", "path": 'emails[type eq "work"].display', "value": "Work"})[1]["emails"][0]["display"], "Work")
        said = self.patch(path, {"op": "Add", "value": {"displayName": "Anna S.", "name.givenName": "Ann"}})[1]
        self.assertEqual((said["displayName"], said["name"]["givenName"]), ("Anna S.", "Ann"))
        self.assertEqual(self.patch(path, {"op": "remove", "path": "displayName"})[1].get("displayName"), None)
        for bad, kind in (({"op": "jump"}, "invalidSyntax"), ({"op": "remove"}, "noTarget"), ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
                          ({"op": "replace", "path": 'emails[type eq "home"].value', "value": "x"}, "noTarget"), ({"op": "add", "path": "emails[type", "value": 1}, "invalidPath")):
            status, said = self.patch(path, bad)
            self.assertEqual((status, said["scimType"], said["schemas"]), (400, kind, [ERROR]), bad)
        self.assertEqual(self.ask("DELETE", path)[0], 204)
        self.assertEqual(self.ask("GET", path)[0], 404)
        self.assertEqual(self.ask("DELETE", path)[0], 404)

    def test_versions(self):
        made = self.make("vera")
        old = made["meta"]["version"]
        path = f"/Users/{made['id']}"
        self.patch(path, {"op": "replace", "path": "title", "value": "AE"})
        put = {"schemas": [USER], "userName": "vera@northwind.example"}
        self.assertEqual(self.ask("PUT", path, put, {"If-Match": old})[0], 412)
        self.assertEqual(self.ask("PUT", path, put)[1].get("title"), None)

    def test_deactivated_is_out_with_the_next_request(self):
        for name, off in (("dora", {"op": "replace", "path": "active", "value": False}), ("dirk", {"op": "Replace", "value": {"active": "False"}})):
            made = self.make(name)
            url = self.op.json("POST", f"/v1/users/{made['id']}/link", {})["url"]
            session = company.Caller(self.server, name, cookie=company.open_link(self.server, url))
            key = self.op.json("POST", "/v1/keys", {"name": "k", "user": made["id"], "scopes": ["status.read"]})["key"]
            self.assertEqual(session.ask("GET", "/v1/me").status, 200)
            status, said = self.patch(f"/Users/{made['id']}", off)
            self.assertEqual((status, said["active"]), (200, False))
            self.assertEqual(session.ask("GET", "/v1/me").status, 401)
            self.assertEqual(self.server.http("GET", "/v1/status", token=key).status, 401)

    def test_filters_and_pages(self):
        for name, title in (("fa", "one"), ("fb", "two"), ("fc", "two")):
            self.make(name, title=title, externalId=f"x-{name}")
        for query, want in (("title%20eq%20%22two%22", ["fb", "fc"]), ("userName%20eq%20%22FA@northwind.example%22", ["fa"]), ("externalId%20eq%20%22x-fb%22", ["fb"]),
                            ("title%20sw%20%22t%22%20and%20not%20(userName%20sw%20%22fb%22)", ["fc"]), ("userName%20sw%20%22fa%22%20or%20externalId%20eq%20%22x-fc%22", ["fa", "fc"]),
                            ("emails%5Bvalue%20co%20%22nowhere%22%5D", [])):
            self.assertEqual(self.found(query), want, query)
        status, said = self.ask("GET", "/Users?filter=title%20eq")
        self.assertEqual((status, said["scimType"]), (400, "invalidFilter"))
        query = "/Users?filter=title%20pr&startIndex={}&count=2"
        pages = [self.ask("GET", query.format(i))[1] for i in (1, 3)]
        self.assertEqual([len(p["Resources"]) for p in pages][0], 2)
        ids = [r["id"] for p in pages for r in p["Resources"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(self.ask("GET", "/Users?count=0")[1]["Resources"], [])
        self.assertEqual(set(self.ask("GET", "/Users?attributes=userName&count=1")[1]["Resources"][0]), {"schemas", "id", "userName"})

    def test_groups_are_teams(self):
        ann, bob = self.make("gann")["id"], self.make("gbob")["id"]
        status, made = self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": "Field", "members": [{"value": ann}]})
        self.assertEqual(status, 201, made)
        path = f"/Groups/{made['id']}"
        self.op.json("PUT", f"/v1/teams/{made['id']}/members/{ann}", {"manager": True})
        said = self.patch(path, {"op": "add", "path": "members", "value": [{"value": bob}, {"value": ann}]})[1]
        self.assertEqual({m["value"] for m in said["members"]}, {ann, bob})
        team = self.op.json("GET", f"/v1/teams/{made['id']}")
        self.assertEqual({m["user"]: m["manager"] for m in team["members"]}, {ann: True, bob: False})  # who manages is said here
        self.assertEqual(self.ask("GET", f"/Users/{bob}")[1]["groups"][0]["value"], made["id"])
        self.assertEqual(len(self.patch(path, {"op": "remove", "path": f'members[value eq "{ann}"]'})[1]["members"]), 1)
        self.assertEqual(self.patch(path, {"op": "Remove", "path": "members", "value": [{"value": bob}]})[1].get("members"), None)
        self.assertEqual(self.patch(path, {"op": "add", "path": "members", "value": [{"value": "nobody"}]})[0], 400)
        self.assertEqual(self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": "field"})[0], 409)
        self.assertEqual(self.ask("DELETE", path)[0], 204)


if __name__ == "__main__":
    unittest.main()
