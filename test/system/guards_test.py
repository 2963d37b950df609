"""What the front door promises against tricks (trust.md H4-H17), from outside. What is proved elsewhere: test/system/README.md."""
import json
import os
import pathlib
import re
import socket
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
import company
import harken

EVIL = "evil.example"
HEAD_MAX, FIELDS_MAX, TARGET_MAX, BODY_MAX, JSON_DEPTH = 4096, 20, 1024, 64 << 10, 64


def raw(server, text, timeout=20):
    """The answer to bytes sent as they are: (status, fields, body)."""
    where = urllib.parse.urlsplit(server.address())
    with socket.create_connection((where.hostname, where.port), timeout) as s:
        s.sendall(text.replace(b"HOST", where.netloc.encode()))
        got = b""
        while b"\r\n\r\n" not in got:
            piece = s.recv(65536)
            if not piece:
                raise EOFError(got)
            got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}, body


class Guards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", f"http.head_max={HEAD_MAX}", "--set", f"http.fields_max={FIELDS_MAX}", "--set", f"http.target_max={TARGET_MAX}",
                                   "--set", "http.head_timeout=1s", "--set", "http.body_timeout=1s").start()
        cls.addClassCleanup(cls.server.discard)
        cls.op = company.operator(cls.server)
        cls.user = cls.op.json("POST", "/v1/users", {"email": company.address("ann"), "roles": ["rep"]})["id"]
        link = cls.op.json("POST", f"/v1/users/{cls.user}/link", {})["url"]
        cls.cookie = company.open_link(cls.server, link)
        cls.host = urllib.parse.urlsplit(cls.server.address()).netloc

    def ask(self, method, path, body=None, **fields):
        return self.server.http(method, path, body, {k.replace("_", "-"): v for k, v in fields.items()}, token=None)

    # ---- H4: no page of others ----

    def foreign(self):
        host, port = self.host.split(":")
        return ["null", f"http://{EVIL}", f"http://{self.host}.{EVIL}", f"http://{EVIL}.{self.host}", f"http://{host}:{int(port) + 1}", f"http://{host}",
                f"http://{self.host}@{EVIL}", f"http://{EVIL}#{self.host}", f"http://{self.host}/", f"ftp://{self.host}", f"//{self.host}", self.host,
                f"http://x{self.host}", f"http://{host}.:{port}", f"http://localhost:{port}", f"file://{self.host}", f"http://{self.host} http://{EVIL}"]

    def test_pages_of_others_read_and_change_nothing(self):
        for origin in self.foreign():
            with self.subTest(origin):
                preflight = self.ask("OPTIONS", "/v1/search", Origin=origin, Access_Control_Request_Method="POST", Access_Control_Request_Headers="authorization")
                read = self.ask("GET", "/v1/me", Cookie=self.cookie, Origin=origin)
                change = self.ask("POST", "/v1/search", {"query": "price"}, Cookie=self.cookie, Origin=origin)
                self.assertEqual((read.status, change.status), (403, 403))
                for reply in (preflight, read, change):
                    self.assertEqual([name for name in reply.headers if name.startswith("access-control-")], [])

    def test_a_pages_own_requests_and_links_from_elsewhere_work(self):
        own = f"http://{self.host}"
        self.assertEqual(self.ask("GET", "/v1/me", Cookie=self.cookie, Origin=own).status, 200)
        self.assertEqual(self.ask("POST", "/v1/search", {"query": "price"}, Cookie=self.cookie, Origin=own).status, 200)
        self.assertEqual(self.ask("GET", "/v1/me", Cookie=self.cookie, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status, 200)
        self.assertEqual(self.ask("GET", "/v1/me", Cookie=self.cookie, Sec_Fetch_Site="none").status, 200)
        for site in ("cross-site", "same-site"):
            for mode in ("cors", "no-cors"):
                self.assertEqual(self.ask("GET", "/v1/me", Cookie=self.cookie, Sec_Fetch_Site=site, Sec_Fetch_Mode=mode).status, 403)

    # ---- H5, H6: what a browser keeps and shows ----

    def test_exports_are_files_and_never_pages(self):
        for kind, end in (("text/csv", "csv"), ("application/x-ndjson", "jsonl")):
            reply = self.server.http("GET", "/v1/people", headers={"Accept": kind})
            self.assertEqual(reply.headers["content-disposition"], f'attachment; filename="people.{end}"')
            self.assertIn("default-src 'none'", reply.headers["content-security-policy"])
            self.assertEqual(reply.headers["x-content-type-options"], "nosniff")

    def test_only_pages_of_ours_are_html(self):
        pages = {"/", "/docs", "/graphiql"}
        for line in self.server.ok("describe", "routes").splitlines():
            method, path, _ = line.split()
            if method == "GET" and "{" not in path and path not in pages and path != "/v1/events":
                with self.subTest(path):
                    got = self.server.http("GET", path, headers={"Accept": "*/*"})
                    self.assertFalse(got.headers.get("content-type", "").startswith("text/html") and got.status == 200)

    def test_nothing_of_a_session_is_kept_and_signing_out_clears(self):
        link = self.op.json("POST", f"/v1/users/{self.user}/link", {})["url"]
        cookie = company.open_link(self.server, link)
        for path in ("/v1/me", "/v1/me/session", "/v1/interactions", "/v1/people"):
            self.assertEqual(self.ask("GET", path, Cookie=cookie).headers["cache-control"], "no-store")
        out = self.ask("POST", "/v1/sign-out", {}, Cookie=cookie, Sec_Fetch_Site="same-origin")
        self.assertEqual((out.status, out.headers["clear-site-data"]), (204, '"cache", "storage"'))
        self.assertEqual(self.ask("GET", "/v1/me", Cookie=cookie).status, 401)

    # ---- H7, H12: who sends, where to ----

    def test_nobody_speaks_for_another_address(self):
        fields = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9;host=" + EVIL, "X-Real-IP": "203.0.113.9", "X-Forwarded-Host": EVIL,
                  "X-Forwarded-Proto": "https", "X-Original-URL": "/metrics", "X-Rewrite-URL": "/metrics", "X-HTTP-Method-Override": "DELETE"}
        got = self.server.http("GET", "/v1/status", headers=fields)
        self.assertEqual(got.status, 200)
        self.assertNotIn("strict-transport-security", got.headers)
        self.assertIn("ready", json.loads(got.body))
        row = harken.wait_for("the log line", lambda: [r for r in self.server.log().splitlines() if got.headers["x-request-id"] in r])[0]
        self.assertEqual(json.loads(row)["harken"]["peer"], "127.0.0.1")
        self.assertNotIn("203.0.113.9", self.server.log())

    def test_nobody_is_sent_elsewhere(self):
        tricks = [f"//{EVIL}", f"///{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"https:{EVIL}", f"https:/{EVIL}", f"https://{EVIL}", f"http://{self.host}@{EVIL}",
                  f"/%09/{EVIL}", f"/%2f%2f{EVIL}", f"/.{EVIL}", "javascript:alert(1)", "data:text/html,x", f"%0d%0aLocation:%20https://{EVIL}", f"http:%5c%5c{EVIL}",
                  f"/%5c{EVIL}", f"//{EVIL}%2f..", f"/;@{EVIL}", f"{self.host}.{EVIL}", f"http://{self.host}.{EVIL}"]
        for trick in tricks:
            for name in ("next", "return_to", "redirect", "redirect_uri", "url", "to"):
                link = self.op.json("POST", f"/v1/users/{self.user}/link", {})["url"] if name == "next" else None
                path = (urllib.parse.urlsplit(link).path + "?" + urllib.parse.urlsplit(link).query + "&") if link else "/sign-in?"
                status, fields, _ = raw(self.server, b"GET " + f"{path}{name}={urllib.parse.quote(trick, safe='')}".encode() + b" HTTP/1.1\r\nHost: HOST\r\n\r\n")
                with self.subTest(f"{name}={trick}"):
                    self.assertIn(status, (303, 403))
                    self.assertEqual(fields.get("location", "/"), "/")
            status, fields, _ = raw(self.server, b"GET " + urllib.parse.quote(trick, safe="/%:;@\\,").replace("\\", "%5C").encode() + b" HTTP/1.1\r\nHost: HOST\r\n\r\n")
            self.assertIn(status, (200, 400, 404))  # 200: a whole URL, whose host counts for nothing
            self.assertNotIn("location", fields)

    def test_links_are_to_the_address_that_was_configured(self):
        for host in (EVIL, f"{EVIL}:80", f"127.0.0.1.{EVIL}"):
            status, _, body = raw(self.server, f"POST /v1/sign-in-links HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: {EVIL}\r\nAuthorization: Bearer {self.server.token()}\r\n"
                                  "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".encode())
            self.assertEqual(status, 201)
            self.assertTrue(json.loads(body)["url"].startswith(self.server.address() + "/"), body)

    # ---- H9: each ceiling, and one more ----

    def get(self, target=b"/healthz", fields=()):
        return raw(self.server, b"GET " + target + b" HTTP/1.1\r\nHost: HOST\r\n" + b"".join(f + b"\r\n" for f in fields) + b"\r\n")[0]

    def test_address(self):
        self.assertEqual(self.get(b"/healthz?" + b"a" * (TARGET_MAX - 9)), 200)
        self.assertEqual(self.get(b"/healthz?" + b"a" * (TARGET_MAX - 8)), 414)

    def test_fields(self):
        self.assertEqual(self.get(fields=[b"x-%d: y" % i for i in range(FIELDS_MAX - 1)]), 200)  # and Host
        self.assertEqual(self.get(fields=[b"x-%d: y" % i for i in range(FIELDS_MAX)]), 431)

    def test_head(self):
        rest = len(f"GET /healthz HTTP/1.1\r\nHost: {self.host}\r\nx: \r\n\r\n")
        self.assertEqual(self.get(fields=[b"x: " + b"y" * (HEAD_MAX - rest)]), 200)
        self.assertEqual(self.get(fields=[b"x: " + b"y" * (HEAD_MAX - rest + 1)]), 431)

    def test_body(self):
        for n, want in ((BODY_MAX, 201), (BODY_MAX + 1, 413)):
            self.assertEqual(self.server.http("POST", "/v1/sign-in-links", b"{}".ljust(n), {"Content-Type": "application/json"}).status, want)

    def test_depth_and_lists_and_words(self):
        def search(body):
            return self.server.http("POST", "/v1/search", body, {"Content-Type": "application/json"}).status

        deep = {n: b'{"query":' + b"[" * n + b"]" * n + b"}" for n in (JSON_DEPTH - 1, JSON_DEPTH)}
        self.assertEqual(search(deep[JSON_DEPTH - 1]), 400)  # read, and no string
        self.assertIn(search(deep[JSON_DEPTH]), (400, 413))  # not read
        self.assertEqual(self.server.http("GET", "/v1/interactions?limit=1001").status, 400)
        self.assertEqual(search({"query": "x" * 5000}), 400)
        self.assertEqual(self.op.ask("POST", "/v1/trackers", {"name": "n", "kind": "words", "phrases": [f"p{i}" for i in range(10000)]}).status // 100, 4)

    def test_whoever_is_slow_is_let_go(self):
        self.assertEqual(raw(self.server, b"GET /healthz HTTP/1.1\r\nHost: HO")[0], 408)
        self.assertEqual(raw(self.server, f"POST /v1/search HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer {self.server.token()}\r\nContent-Type: application/json\r\n"
                             "Content-Length: 100\r\n\r\n{".encode())[0], 408)

    # ---- H11: streams ----

    def test_a_stream_is_for_our_page_and_takes_no_token_in_its_address(self):
        for origin in self.foreign():
            self.assertEqual(self.ask("GET", "/v1/events", Cookie=self.cookie, Origin=origin).status, 403)
        for name in ("token", "access_token", "api_key", "authorization"):
            self.assertIn(self.ask("GET", f"/v1/events?{name}={self.server.token()}").status, (400, 401))

    # ---- H15: the log ----

    def test_each_line_of_the_log_is_one_event_whatever_is_sent(self):
        forged = '{"event.action":"forged"}'
        hostile = [f"a\r\n{forged}", f"a\n{forged}\n", "\x1b[2J\x1b[31mred", "\u202egnp.exe", "\u2028" + forged, '"},"forged":{"', "\x00\x07\x7f", "\\u000a" + forged]
        before = len(self.server.log().splitlines())
        for i, text in enumerate(hostile):
            quoted = urllib.parse.quote(text)
            self.server.http("GET", f"/v1/interactions?source={quoted}")
            self.server.http("GET", f"/{quoted}")
            self.server.http("POST", f"/v1/uploads?source={quoted}.eml", b"From: a@b.example\r\n\r\n" + text.encode())
            self.op.ask("POST", "/v1/users", {"email": f"h{i}@northwind.example", "name": text, "roles": ["rep"]})
            self.server.http("POST", "/v1/sign-in", {"email": text, "password": text}, token=None)
            self.server.http("POST", "/v1/search", {"query": text})
            self.server.http("POST", "/csp-report", {"csp-report": {"violated-directive": text, "document-uri": text}}, {"Content-Type": "application/csp-report"}, token=None)
            raw(self.server, b"GET /healthz HTTP/1.1\r\nHost: HOST\r\nUser-Agent: " + re.sub(r"[\x00-\x1f\x7f]", " ", text).encode() + b"\r\n\r\n")
        self.server.http("GET", "/v1/status")
        harken.wait_for("the log", lambda: len(self.server.log().splitlines()) > before + len(hostile))
        for line in self.server.log().splitlines()[before:]:
            row = json.loads(line)
            self.assertNotEqual(row.get("event.action"), "forged")
            self.assertNotIn("forged", row.get("harken", {}))
            self.assertRegex(line, r"^[^\x00-\x1f\x7f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$")

    # ---- H17: all that can be reached ----

    def sockets(self):
        """(family, where) of everything that our processes listen at."""
        todo, inodes, found = [self.server.child.pid], set(), []
        while todo:
            pid = todo.pop()
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as f:
                    todo += [int(x) for x in f.read().split()]
            for fd in os.listdir(f"/proc/{pid}/fd"):
                try:
                    inodes |= set(re.findall(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}")))
                except OSError:
                    pass  # closed meanwhile
        for family in ("tcp", "tcp6", "udp", "udp6"):
            for row in pathlib.Path(f"/proc/net/{family}").read_text().splitlines()[1:]:
                cells = row.split()
                if cells[9] in inodes and (cells[3] == "0A" or family.startswith("udp")):
                    found.append((family, cells[1]))
        for row in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]:
            cells = row.split()
            if cells[6] in inodes and cells[3] == "00010000":
                found.append(("unix", cells[7].rsplit("/", 1)[1]))
        return found

    def test_the_inventory_names_all_that_can_be_reached(self):
        said = json.loads(self.server.ok("describe", "inventory"))
        self.assertEqual("harken " + said["version"], self.server.ok("--version").strip())
        self.assertEqual(sorted(f"{r['method']} {r['path']} {r['permission']}" for r in said["routes"]), sorted(self.server.ok("describe", "routes").splitlines()))
        named = [(x["family"], x["where"].rsplit("/", 1)[1] if x["family"] == "unix" else None) for x in said["listens"]]
        port = int(self.host.rsplit(":", 1)[1])
        self.assertEqual(sorted(named, key=str), sorted([(f, None if f == "tcp" and int(w.split(":")[1], 16) == port else w) for f, w in self.sockets()], key=str))


if __name__ == "__main__":
    unittest.main()
