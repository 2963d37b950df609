"""The REST API: its description is complete and true, lists and changes keep their promises."""
import csv
import hashlib
import http.client
import io
import json
import pathlib
import random
import re
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

MAIL = harken.TOP / "samples/northwind-robotics/interactions/mail"
MISSING = "018f6e1c-7a3b-7c4d-8e5f-0123456789ab"
METHODS = {"get", "post", "put", "patch", "delete"}


def once(pairs):
    """An object of JSON in which no name stands twice: stricter readers than Python's refuse those."""
    if len(dict(pairs)) != len(pairs):
        raise AssertionError(f"a name stands twice: {[k for k, _ in pairs]}")
    return dict(pairs)


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.server.ingest(MAIL, ok=False)
        cls.description = json.loads(cls.server.http("GET", "/v1/openapi.json", token=None).body, object_pairs_hook=once)

    def call(self, method, path, body=None, want=200, **headers):
        """One exchange with the status it must have; the JSON that came, or None."""
        reply = self.server.http(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        self.assertEqual(reply.status, want, f"{method} {path}: {reply.body[:500]}")
        self.headers = reply.headers
        return json.loads(reply.body) if reply.body and "json" in reply.headers.get("content-type", "") else None

    def operations(self):
        for path, item in self.description["paths"].items():
            for method in METHODS & item.keys():
                yield method.upper(), path, item[method]

    # ---- the description ----

    def test_every_route_is_described_and_nothing_else(self):
        routes = sorted(line.rsplit(" ", 1)[0] for line in self.server.ok("describe", "routes").splitlines())
        described = sorted(f"{method} {path}" for method, path, _ in self.operations())
        self.assertEqual(routes, described)
        self.assertEqual(self.description, json.loads(self.server.ok("describe", "openapi")))

    def test_every_operation_names_its_permission(self):
        named = dict(line.rsplit(" ", 1) for line in self.server.ok("describe", "routes").splitlines())
        for method, path, op in self.operations():
            with self.subTest(f"{method} {path}"):
                self.assertEqual(op["x-harken-permission"], named[f"{method} {path}"])
                self.assertRegex(op["x-harken-permission"], r"^(public|operator|self|[a-z]+\.[a-z]+)$")
                if op["x-harken-permission"] == "public":
                    self.assertEqual(op["security"], [])

    def test_operations_need_a_token(self):
        for method, path, op in self.operations():
            if op["x-harken-permission"] == "public":
                continue
            with self.subTest(f"{method} {path}"):
                self.assertEqual(self.server.http(method, re.sub(r"{\w+}", MISSING, path), token=None).status, 401)

    def test_reference_page_uses_nothing_from_elsewhere(self):
        page = self.server.http("GET", "/docs", token=None)
        self.assertEqual(page.status, 200)
        policy = page.headers["content-security-policy"]
        self.assertIn("script-src 'self'", policy)
        self.assertNotIn("unsafe", policy)
        for name in ("http://", "https://", "<script>"):
            self.assertNotIn(name.encode(), page.body)

    # ---- lists ----

    def pages(self, path, limit):
        rows, cursor = [], ""
        while True:
            page = self.call("GET", f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}")
            key = next(k for k, v in page.items() if isinstance(v, list))
            self.assertLessEqual(len(page[key]), limit)
            rows += page[key]
            if not page["next"]:
                return rows
            cursor = f"&cursor={page['next']}"

    def test_pages_together_are_the_list(self):
        for path in ("/v1/people", "/v1/people?sort=created_at", "/v1/people?side=unknown", "/v1/interactions", "/v1/interactions?sort=started_at"):
            with self.subTest(path):
                whole = [row["id"] for row in self.call("GET", f"{path}{'&' if '?' in path else '?'}limit=200")[path.split("?")[0][4:]]]
                self.assertGreater(len(whole), 10)
                self.assertEqual([row["id"] for row in self.pages(path, 7)], whole)

    def test_a_cursor_stays_right_when_rows_are_added(self):
        names = [f"page {i}" for i in range(9)]
        for name in names:
            self.call("POST", "/v1/playbooks", {"name": name}, 201)
        first = self.call("GET", "/v1/playbooks?limit=4&fields=name")
        self.call("POST", "/v1/playbooks", {"name": "page new"}, 201)
        rest = self.call("GET", f"/v1/playbooks?limit=4&fields=name&cursor={first['next']}")
        seen = [row["name"] for row in first["playbooks"] + rest["playbooks"] if row["name"].startswith("page ")]
        self.assertEqual(seen, list(reversed(names))[:8])

    def test_a_cursor_belongs_to_its_list(self):
        cursor = self.call("GET", "/v1/people?limit=1")["next"]
        self.call("GET", f"/v1/people?limit=1&sort=created_at&cursor={cursor}", want=404)
        self.call("GET", f"/v1/interactions?limit=1&cursor={cursor}", want=404)
        self.call("GET", "/v1/people?cursor=zz", want=400)

    def test_filters_and_fields(self):
        people = self.call("GET", "/v1/people?limit=200")["people"]
        someone = next(p for p in people if p["email"])
        self.assertEqual([p["id"] for p in self.call("GET", f"/v1/people?email={someone['email'].upper()}")["people"]], [someone["id"]])
        self.assertEqual(self.call("GET", f"/v1/people/{someone['id']}?fields=name"), {"name": someone["name"]})
        got = self.call("GET", "/v1/interactions?kind=mail,call&limit=3&fields=id,kind,people")["interactions"]
        self.assertEqual([set(row) for row in got], [{"id", "kind", "people"}] * 3)
        self.assertTrue(all(row["people"] for row in got))
        for path in ("/v1/people?side=left", "/v1/people?nobody=1", "/v1/people?limit=0", "/v1/people?limit=201",
                     "/v1/people?sort=name", "/v1/people?fields=nothing", "/v1/people?created_at_from=soon", "/v1/people?limit=1&limit=2&side=internal&side=internal"):
            with self.subTest(path):
                self.call("GET", path, want=400)

    def test_entity_tags(self):
        for path in ("/v1/people?limit=2", "/v1/interactions?limit=2"):
            self.call("GET", path)
            tag = self.headers["etag"]
            reply = self.server.http("GET", path, headers={"If-None-Match": f'"x", {tag}'})
            self.assertEqual((reply.status, reply.body, reply.headers["etag"]), (304, b"", tag))

    def test_exports_are_whole_and_harmless(self):
        made = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", 'says "so", twice']
        for i, text in enumerate(made):
            self.call("POST", "/v1/playbooks", {"name": f"export {i}", "description": text}, 201)
        reply = self.server.http("GET", "/v1/playbooks", headers={"Accept": "text/csv"})
        self.assertTrue(reply.headers["content-type"].startswith("text/csv"))
        rows = {row["name"]: row["description"] for row in csv.DictReader(io.StringIO(reply.body.decode(), newline=""))}
        for i, text in enumerate(made):
            with self.subTest(text):
                self.assertEqual(rows[f"export {i}"], text if text.startswith("says") else "'" + text)
        lines = self.server.http("GET", "/v1/people", headers={"Accept": "application/x-ndjson"}).body.decode().splitlines()
        self.assertEqual([json.loads(line)["id"] for line in lines], [row["id"] for row in self.pages("/v1/people", 50)])
        self.assertEqual(len(self.server.http("GET", "/v1/people?limit=3", headers={"Accept": "application/x-ndjson"}).body.splitlines()), 3)

    def test_forms_of_requests_and_answers(self):
        self.call("GET", "/v1/people", want=406, Accept="image/png")
        self.call("GET", "/v1/people", Accept="image/png;q=0.9, */*;q=0.1")
        self.call("POST", "/v1/playbooks", b"{}", 415, Content_Type="text/plain")
        self.call("PUT", "/v1/playbooks", {}, 405)
        self.assertEqual(self.headers["allow"], "GET, HEAD, POST")
        self.call("DELETE", "/v1/jobs/dead", want=405)
        self.call("POST", "/v1/playbooks", b"{", 400, Content_Type="application/json")

    # ---- changes ----

    def test_faults_are_named_by_place(self):
        wrong = {"name": "", "stages": [{"name": "a"}, {"nam": 1}, 7], "workspace_id": MISSING, "created_at": "2026-01-01T00:00:00Z"}
        problem = self.call("POST", "/v1/playbooks", wrong, 422)
        self.assertEqual({e["pointer"] for e in problem["errors"]},
                         {"/name", "/stages/1/nam", "/stages/1/name", "/stages/2", "/workspace_id", "/created_at"})
        self.assertEqual({e["pointer"] for e in self.call("POST", "/v1/playbooks", {"name": 1}, 400)["errors"]}, {"/name"})
        self.assertEqual(self.call("POST", "/v1/playbooks", {"a/b~c": 1, "name": "x"}, 422)["errors"][0]["pointer"], "/a~1b~0c")

    def test_fields_that_nobody_may_set(self):
        made = self.call("POST", "/v1/playbooks", {"name": "fixed"}, 201)
        tag = self.headers["etag"]
        for field in ("id", "created_at", "updated_at", "workspace_id", "owner_id", "role", "version"):
            with self.subTest(field):
                self.call("POST", "/v1/playbooks", {"name": "no", field: made["id"]}, 422)
                self.call("PATCH", f"/v1/playbooks/{made['id']}", {field: made["id"]}, 422, If_Match=tag)
        self.assertEqual(self.call("GET", f"/v1/playbooks/{made['id']}"), made)

    def test_life_of_a_row(self):
        made = self.call("POST", "/v1/playbooks", {"name": "Life", "stages": [{"name": "Discovery", "questions": ["Who?"]}]}, 201)
        where, tag = self.headers["location"], self.headers["etag"]
        self.assertEqual(where, f"/v1/playbooks/{made['id']}")
        self.assertEqual(made["stages"], [{"name": "Discovery", "questions": ["Who?"], "exit_criteria": [], "fields": [], "talk_track": []}])
        self.assertEqual(self.call("GET", where), made)
        self.assertEqual(self.headers["etag"], tag)
        self.call("POST", "/v1/playbooks", {"name": " life "}, 409)
        self.call("PATCH", where, {"description": "b"}, 428)
        self.call("PATCH", where, {"description": "b"}, 412, If_Match='"other"')
        changed = self.call("PATCH", where, {"description": "b"}, If_Match=tag)
        self.assertEqual({k: v for k, v in changed.items() if k != "updated_at"}, {k: v for k, v in made.items() if k != "updated_at"} | {"description": "b"})
        self.call("PATCH", where, {"description": "c"}, 412, If_Match=tag)
        self.call("DELETE", where, want=412, If_Match=tag)
        self.call("DELETE", where, want=204)
        self.call("GET", where, want=404)
        self.call("DELETE", where, want=404)

    def test_missing_and_malformed_ids_answer_alike(self):
        for path in ("/v1/people/{}", "/v1/playbooks/{}", "/v1/interactions/{}", "/v1/interactions/{}/turns", "/v1/jobs/{}", "/v1/sources/{}"):
            with self.subTest(path):
                bodies = [self.call("GET", path.format(i), want=404) for i in (MISSING, "nothing")]
                self.assertEqual(*({k: v for k, v in b.items() if k != "instance"} for b in bodies))

    def test_dry_runs_change_nothing(self):
        self.call("POST", "/v1/playbooks", {"name": "before the dry run"}, 201)
        before = self.pages("/v1/playbooks", 100)
        would = self.call("POST", "/v1/playbooks?dry_run=1", {"name": "dry"})
        self.assertEqual(would["name"], "dry")
        self.assertEqual(self.headers["harken-dry-run"], "true")
        self.call("POST", "/v1/playbooks?dry_run=true", {"nam": "dry"}, 422)
        one = before[0]
        self.call("PATCH", f"/v1/playbooks/{one['id']}?dry_run=1", {"description": "dry"}, If_Match="*")
        self.assertEqual(self.call("DELETE", f"/v1/playbooks/{one['id']}?dry_run=1"), {"dry_run": True, "deletes": one["id"]})
        self.assertEqual(self.pages("/v1/playbooks", 100), before)

    def test_one_key_one_change(self):
        first = self.call("POST", "/v1/playbooks", {"name": "idem"}, 201, Idempotency_Key="idem-1")
        again = self.call("POST", "/v1/playbooks", {"name": "idem"}, 201, Idempotency_Key='"idem-1"')
        self.assertEqual(first, again)
        self.assertEqual(self.headers["idempotency-replayed"], "true")
        self.assertEqual(self.headers["location"], f"/v1/playbooks/{first['id']}")
        self.call("POST", "/v1/playbooks", {"name": "other"}, 422, Idempotency_Key="idem-1")
        self.call("POST", "/v1/playbooks", {"name": "idem"}, 409, Idempotency_Key="idem-2")

    def test_twins_make_one(self):
        replies = []

        def send():
            replies.append(self.server.http("POST", "/v1/sources", {"name": "twin", "kind": "upload"}, {"Idempotency-Key": "twin"}))

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({r.status for r in replies}, {201}, [r.body for r in replies])
        self.assertEqual(len({json.loads(r.body)["id"] for r in replies}), 1)

    def test_a_key_outlives_a_kill(self):
        with harken.Server() as server:
            body = {"name": "kept"}
            first = server.http("POST", "/v1/playbooks", body, {"Idempotency-Key": "kill"})
            server.kill()
            server.start()
            again = server.http("POST", "/v1/playbooks", body, {"Idempotency-Key": "kill"})
            self.assertEqual((first.status, first.body), (again.status, again.body))
            self.assertEqual(len(json.loads(server.http("GET", "/v1/playbooks").body)["playbooks"]), 1)

    def test_many_at_once(self):
        got = self.call("POST", "/v1/sources", [{"name": "m1", "kind": "gong"}, {"name": "M1", "kind": "zoom"}, {"name": "m2"}, {"name": "m3", "kind": "zoom", "state": "on"}])
        self.assertEqual([r["status"] for r in got["results"]], [201, 409, 400, 201])
        self.assertEqual(got["results"][2]["problem"]["errors"], [{"pointer": "/2/kind", "detail": "is missing"}])
        self.assertEqual([s["name"] for s in self.call("GET", "/v1/sources?state=on")["sources"]], ["m3"])
        self.call("POST", "/v1/sources", [], 400)
        self.call("POST", "/v1/sources?dry_run=1", [1, None, {}])

    # ---- files in parts ----

    def test_parts_go_on_after_a_kill(self):
        text = "".join(f"Ann: Word {i} about the harbour in Ostend.\n" for i in range(2000)).encode()
        cut = [0, 30000, 61000, len(text)]
        with harken.Server() as server:
            def ask(method, path, body=None, want=200):
                reply = server.http(method, path, body)
                self.assertEqual(reply.status, want, f"{method} {path}: {reply.body[:300]}")
                return json.loads(reply.body) if reply.body else None

            made = ask("POST", "/v1/resumable-uploads", {"size_bytes": len(text), "source": "parts.txt"}, 201)
            here = f"/v1/resumable-uploads/{made['id']}"
            digest = hashlib.sha256(text[:cut[1]]).hexdigest()
            ask("PUT", f"{here}/part?offset=0&sha256={'0' * 64}", text[:cut[1]], 409)
            ask("PUT", f"{here}/part?offset=0&sha256={digest}", text[:cut[1]])
            ask("PUT", f"{here}/part?offset={cut[2]}", text[cut[2]:], 409)
            ask("POST", f"{here}/complete", want=409)
            server.kill()
            server.start()
            at = ask("GET", here)["received_bytes"]
            self.assertEqual(at, cut[1])
            self.assertEqual(ask("PUT", f"{here}/part?offset=0", text[:cut[1]]), {"received_bytes": cut[1]})
            ask("PUT", f"{here}/part?offset={at}", text[at:cut[2]])
            ask("PUT", f"{here}/part?offset={cut[2]}", text[cut[2]:] + b"x", 413)
            ask("PUT", f"{here}/part?offset={cut[2]}", text[cut[2]:])
            whole = ask("POST", f"{here}/complete")
            self.assertEqual(whole["state"], "complete")
            self.assertEqual(ask("POST", f"{here}/complete"), whole)
            done = harken.wait_for("the upload", lambda: (lambda r: r["state"] == "done" and r)(ask("GET", f"/v1/uploads/{whole['upload']}", want=200)))
            got = ask("GET", f"/v1/interactions/{done['interactions'][0]}")
            self.assertEqual(len(got["turns"]), 2000)
            self.assertEqual(ask("GET", f"/v1/interactions/{done['interactions'][0]}/turns?from=1999")["turns"], got["turns"][1999:])

    # ---- the audit log ----

    def test_audit_records_and_proof(self):
        made = self.call("POST", "/v1/playbooks", {"name": "audited"}, 201)
        record = harken.wait_for("the record", lambda: self.call("GET", f"/v1/audit?object={made['id']}")["records"])[0]
        self.assertEqual(record["act"], "change")
        self.assertEqual(self.call("GET", f"/v1/audit/{record['id']}"), record)
        numbers = [r["seq"] for r in self.pages("/v1/audit?sort=seq", 50)]
        self.assertEqual(numbers, list(range(len(numbers))))
        proof = self.call("POST", "/v1/audit/verify")
        self.assertTrue(proof["ok"], proof)
        self.assertGreaterEqual(proof["records"], record["seq"])
        self.assertIn("harken", self.call("GET", "/v1/audit/checkpoint")["note"])

    def test_mutated_bodies_give_no_5xx(self):
        rng = random.Random(25)
        seeds = [("/v1/playbooks", {"name": "n", "stages": [{"name": "s", "questions": ["q"]}]}), ("/v1/sources", {"name": "n", "kind": "gong", "settings": {"a": [1]}}),
                 ("/v1/search", {"query": "pilot", "limit": 2, "mode": "lexical", "history": ["a"]}), ("/v1/ask", {"question": "how many calls", "kind": "mail"}),
                 ("/v1/privacy-requests", {"kind": "access", "person": MISSING})]
        where = urllib.parse.urlsplit(self.server.address())
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.server.token()}", "Content-Type": "application/json"}
        before = self.server.status()["resident_bytes"]
        for i in range(10000):
            path, seed = seeds[i % len(seeds)] if i % 10 == 0 else seeds[(0, 1, 4)[i % 3]]  # questions take their time
            body = bytearray(json.dumps(seed).encode())
            for _ in range(rng.randint(1, 4)):
                at = rng.randrange(len(body))
                what = rng.randrange(4)
                if what == 0:
                    body[at] = rng.randrange(256)
                elif what == 1:
                    del body[at:at + rng.randint(1, 5)]
                elif what == 2:
                    body[at:at] = rng.choice([b"null", b"[]", b"{}", b"1e999", b"\\u0000", b"\\ud800", b"[" * 90, b'"', b"-0", b"true", b"\xff"])
                else:
                    body[at:at + 3] = body[at:at + 3] * rng.randint(2, 30)
                body = body or bytearray(b"{}")
            connection.request("POST", path + ("?dry_run=1" if "s" in path[-8:] and path not in ("/v1/search", "/v1/ask") else ""), bytes(body), headers)
            reply = connection.getresponse()
            text = reply.read()
            self.assertLess(reply.status, 500, (i, path, bytes(body), text))
            if reply.status >= 400:
                self.assertTrue({"title", "status", "instance"} <= json.loads(text).keys())
        self.assertLess(self.server.status()["resident_bytes"] - before, 64 << 20)


if __name__ == "__main__":
    unittest.main()
