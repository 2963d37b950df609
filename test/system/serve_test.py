"""The server's life: first and second start, its address, its health, who may talk to it, and how it ends."""
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken


class Life(unittest.TestCase):
    def test_starts_twice_and_drains(self):
        with harken.Server() as server:
            self.assertRegex(server.address(), r"^http://127\.0\.0\.1:\d+$")
            harken.wait_for("the banner", lambda: "Ctrl-C" in server.banner(), 10)
            self.assertIn(server.address(), server.banner())
            self.assertRegex(server.banner(), r"sign in +http://\S+/sign-in\?token=\S+")
            path = files.write(server.root, "call.vtt", files.vtt())
            self.assertEqual(server.ingest(path)["new"], 1)
            self.assertEqual(server.stop(signal.SIGINT), 0)
            self.assertEqual(server.address(), "")
            self.assertFalse((server.home / "run" / "token").exists())
            self.assertEqual(server.processes(), {})

            server.start(timeout_s=30)
            self.assertEqual(len(server.search("security questionnaire")), 1)
            self.assertEqual(server.stop(signal.SIGTERM), 0)

    def test_everything_it_writes_is_below_its_folder_and_closed_to_others(self):
        with harken.Server() as server:
            self.assertEqual(sorted(p.name for p in server.root.iterdir()), ["home", "home.log", "home.out"])
            self.assertEqual(server.home.stat().st_mode & 0o077, 0)
            for path in server.home.rglob("*"):
                if not path.is_socket() and not path.is_symlink() and path.is_file() and "pg" not in path.parts:
                    self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_database_does_not_run_as_root(self):
        with harken.Server() as server:
            for role in ("postgres", "backend", "nursery"):
                for pid in server.processes().get(role, []):
                    self.assertNotEqual(pathlib.Path("/proc", str(pid)).stat().st_uid if role == "postgres" else
                                        status_uid(pid), 0, role)

    def test_several_settings_on_the_command_line(self):
        with harken.Server("--no-samples", "--set", "company.domains=one.example", "--set=log.level=debug") as server:
            said = json.loads(server.http("GET", "/v1/settings").body)["settings"]
            flags = {x["key"]: x["value"] for x in said if x["origin"] == "flag"}
            self.assertEqual((flags["company.domains"], flags["log.level"]), ("one.example", "debug"))

    def test_one_server_for_each_folder(self):
        with harken.Server() as server:
            second = server.run("serve", "--listen=127.0.0.1:0", "--no-samples")
            self.assertEqual(second.code, 1)
            self.assertIn("another harken serve runs on", second.err)
            self.assertTrue(server.status()["ready"])

    def test_survives_the_loss_of_each_process(self):
        with harken.Server() as server:
            path = files.write(server.root, "call.vtt", files.vtt())
            server.ingest(path)
            for role in ("engine", "nursery", "backend", "postgres"):
                with self.subTest(role):
                    before = server.processes()[role][0]
                    os.kill(before, signal.SIGKILL)
                    harken.wait_for("the server to be ready again", server.is_ready, 30)
                    other = files.write(server.root, f"{role}.docx", files.docx([f"Order {role}", "Thirty carriers."]))
                    self.assertEqual(server.ingest(other)["new"], 1)
                    self.assertTrue(harken.wait_for("search by vector", lambda: vector_search(server), 30))
                    now = server.processes()[role]
                    self.assertTrue(now)
                    self.assertNotIn(before, now)


    def test_hangup_takes_the_settings_that_may_change(self):
        with harken.Server() as server:
            def said(event):
                return [r.get("harken", {}) for r in server.log_rows() if r["event.action"] == event]

            def tell(text, event):
                before = len(said(event))
                files.write(server.home, "harken.conf", text)
                server.child.send_signal(signal.SIGHUP)
                harken.wait_for(event, lambda: len(said(event)) > before, 30)

            tell("log.level = dbg\n", "config.reload.failed")
            self.assertIn("log.level", said("config.reload.failed")[0]["error"])
            tell("log.level = warn\nhttp.workers = 3\n", "config.reload")
            self.assertEqual(said("config.changed"), [{"key": "log.level"}])
            self.assertEqual(said("config.needs_restart"), [{"key": "http.workers"}])
            path = files.write(server.root, "call.vtt", files.vtt())
            self.assertEqual(server.ingest(path)["new"], 1)
            self.assertEqual(said("upload.done"), [])  # no line at this level
            files.write(server.home, "harken.conf", "")
            server.child.send_signal(signal.SIGHUP)
            again = files.write(server.root, "call.srt", files.srt())
            server.ingest(again)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(len(said("serve.draining")), 1)  # as talkative as at first

    def test_ctrl_c_in_the_middle_of_an_ingest(self):
        with harken.Server() as server:
            files.small_files(server.root / "in", 40)
            child = subprocess.Popen([str(harken.binary()), "ingest", "--json", "--wait", str(server.root / "in")],
                                     stdout=subprocess.PIPE, text=True, env=harken.environment(server.home))
            harken.wait_for("some to be in", lambda: sum(server.status()["interactions"].values()) >= 5, 60)
            self.assertEqual(server.stop(), 0)
            self.assertIsNone(child.poll(), "the ingest waits for the server to come back")
            server.start()
            answer = json.loads(child.communicate(timeout=180)[0])
            self.assertEqual((child.returncode, answer["failed"]), (0, []))
            # What was acknowledged before the stop and sent again counts as known.
            self.assertEqual(answer["new"] + answer["known"], 40)
            self.assertEqual(sum(server.status()["interactions"].values()), 40)

    def test_many_at_once(self):
        with harken.Server() as server:
            files.small_files(server.root / "in", 10)
            server.ingest(server.root / "in")
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                asked = [pool.submit(server.http, "POST", "/v1/search", {"query": f"order {n % 10:05}"}) for n in range(200)]
                replies = [a.result() for a in asked]
            self.assertEqual({r.status for r in replies}, {200})
            for n, reply in enumerate(replies):
                sources = [pathlib.Path(h["source"]).stem for h in json.loads(reply.body)["hits"][:3]]
                self.assertIn(f"{n % 10:05}", sources)


def vector_search(server):
    done = server.run("search", "--json", "--mode", "vector", "carriers for the dispatch hall")
    return done.code == 0 and json.loads(done.out)["hits"]


def status_uid(pid):
    found = re.search(r"^Uid:\s+(\d+)", pathlib.Path("/proc", str(pid), "status").read_text(), re.M)
    return int(found[1])


class Door(unittest.TestCase):
    """Health, tokens, sign-in and what every reply carries."""

    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()

    def test_health_and_readiness_need_no_token(self):
        self.assertEqual(self.server.http("GET", "/healthz", token=None).status, 200)
        ready = self.server.http("GET", "/readyz", token=None)
        self.assertEqual(ready.status, 200)
        self.assertEqual(json.loads(ready.body)["sandbox"], "on")

    def test_everything_else_does(self):
        for method, path in (("GET", "/metrics"), ("GET", "/v1/status"), ("GET", "/v1/interactions"), ("POST", "/v1/search"),
                             ("POST", "/v1/ask"), ("POST", "/v1/uploads?source=a"), ("GET", "/v1/jobs/dead"),
                             ("POST", "/v1/sign-in-links")):
            for token in (None, "hk_not-a-token", "x" * 5000):
                with self.subTest(f"{method} {path} {token and token[:14]}"):
                    reply = self.server.http(method, path, b"{}" if method == "POST" else None, token=token)
                    self.assertEqual(reply.status, 401 if token is None or len(token) < 100 else reply.status)
                    self.assertIn(reply.status, (401, 431))
                    self.assertNotIn(b"hits", reply.body)

    def test_metrics(self):
        reply = self.server.http("GET", "/metrics")
        self.assertEqual(reply.status, 200)
        self.assertTrue(reply.headers["content-type"].startswith("text/plain"))
        text = reply.body.decode()
        self.assertRegex(text, r"(?m)^# TYPE harken_http_requests_total counter$")
        self.assertRegex(text, r"(?m)^harken_resident_bytes \d+$")

    def test_status(self):
        status = self.server.status()
        self.assertIs(status["ready"], True)
        self.assertEqual(status["pending"], 0)
        self.assertEqual(status["url"], self.server.address())

    def test_sign_in_link_works_once(self):
        link = self.server.ok("status", "--json", "--link")
        del link
        url = json.loads(self.server.http("POST", "/v1/sign-in-links", {}).body)["url"]
        path = url.removeprefix(self.server.address())
        first = self.server.http("GET", path, token=None)
        self.assertIn(first.status, (302, 303))
        cookie = first.headers["set-cookie"]
        for word in ("HttpOnly", "SameSite="):
            self.assertIn(word.lower(), cookie.lower())
        session = {"Cookie": cookie.partition(";")[0]}
        self.assertEqual(self.server.http("GET", "/v1/interactions", headers=session, token=None).status, 200)
        again = self.server.http("GET", path, token=None)
        self.assertNotIn("set-cookie", again.headers)
        self.assertGreaterEqual(again.status, 400)
        # A session's changes must come from our own page.
        foreign = session | {"Origin": "http://evil.example"}
        self.assertEqual(self.server.http("POST", "/v1/search", {"query": "x"}, headers=foreign, token=None).status, 403)

    def test_page_and_its_headers(self):
        page = self.server.http("GET", "/", token=None)
        self.assertEqual(page.status, 200)
        self.assertTrue(page.headers["content-type"].startswith("text/html"))
        policy = page.headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            self.assertIn(part, policy)
        self.assertEqual(page.headers["x-content-type-options"], "nosniff")
        self.assertEqual(page.headers["referrer-policy"], "no-referrer")
        for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.body.decode()):
            self.assertEqual(self.server.http("GET", asset, token=None).status, 200, asset)

    def test_errors_are_problems_without_inner_details(self):
        cases = [("GET", "/nothing/here", None, 404), ("GET", "/v1/interactions/not-an-id", None, 404),
                 ("GET", "/v1/interactions/01a20d6b-33ba-7052-9c05-8ca9ad3b6928", None, 404),
                 ("PUT", "/v1/search", {}, 405), ("POST", "/v1/search", b"{", 400), ("POST", "/v1/search", b"[1]", 400),
                 ("POST", "/v1/search", {"query": ""}, 400), ("POST", "/v1/search", {"query": "a", "limit": 0}, 400),
                 ("POST", "/v1/search", {"query": "a", "mode": "best"}, 400), ("POST", "/v1/search", {"query": "a", "x": 1}, 422),
                 ("POST", "/v1/ask", {"question": 7}, 400), ("POST", "/v1/ask", {"question": "a", "from": "soon"}, 400),
                 ("GET", "/v1/interactions?limit=many", None, 400), ("GET", "/%00", None, 400)]
        for method, path, body, want in cases:
            with self.subTest(f"{method} {path} {body}"):
                reply = self.server.http(method, path, body, {"Content-Type": "application/json"} if isinstance(body, bytes) else None)
                self.assertEqual(reply.status, want)
                problem = json.loads(reply.body)
                self.assertTrue(reply.headers["content-type"].startswith("application/problem+json"))
                self.assertEqual(problem["status"], want)
                self.assertTrue(problem["title"])
                for inner in ("SELECT", "src/", ".c:", "postgres", "libpq", "0.1.0"):
                    self.assertNotIn(inner, reply.body.decode())


if __name__ == "__main__":
    unittest.main()
