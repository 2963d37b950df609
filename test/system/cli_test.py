"""The command line without a server: help, usage errors, settings, and what it says when nothing runs."""
import http.server
import json
import pathlib
import sys
import tempfile
import threading
import time
import unicodedata
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

COMMANDS = ["ask", "config", "doctor", "ingest", "insights", "search", "serve", "show", "status"]
NEED_A_SERVER = [["ask", "why"], ["ingest", "/etc/hostname"], ["insights", "x"], ["search", "x"], ["show", "x"], ["status"]]


class Busy(http.server.BaseHTTPRequestHandler):
    """A server that refuses the first `refusals` requests and then answers every one with `answer`."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((time.monotonic(), self.path))
        busy = len(self.server.seen) <= self.server.refusals
        body = json.dumps({"type": "about:blank", "title": "Not ready", "status": 503, "detail": "the engine is being restarted"} if busy
                          else self.server.answer).encode()
        self.send_response(503 if busy else 200)
        if busy and self.server.retry_after:
            self.send_header("Retry-After", str(self.server.retry_after))
        self.send_header("Content-Type", "application/problem+json" if busy else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = reply


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="harken-test-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name, "home")

    def run_it(self, *args, **more):
        return harken.command(self.home, *args, **more)

    def test_help(self):
        top = self.run_it("--help")
        self.assertEqual((top.code, top.err), (0, ""))
        for name in COMMANDS:
            self.assertIn(f"  {name} ", top.out)
            for args in ([name, "--help"], ["help", name]):
                done = self.run_it(*args)
                self.assertEqual((done.code, done.err), (0, ""), args)
                self.assertTrue(done.out.startswith(f"usage: harken {name} "), args)
                self.assertIn("--json", done.out)
                self.assertIn("example:", done.out)
        self.assertFalse(self.home.exists())

    def test_version(self):
        self.assertRegex(self.run_it("--version").out, r"^harken \d+\.\d+\.\d+\n$")

    def test_usage_errors_exit_with_2(self):
        for args in ([], ["dance"], ["search"], ["ask"], ["ingest"], ["show"], ["insights"], ["show", "a", "b"],
                     ["status", "now"], ["search", "--fast", "x"], ["search", "--limit", "ten", "x"], ["search", "x", "--limit"],
                     ["ingest", "--jobs", "0", "x"], ["ingest", "--jobs", "33", "x"], ["search", "--kind", "fax", "x"], ["search", "--kind", "", "x"],
                     ["users", "burn", "x"], ["teams"], ["help", "dance"], ["help", "ask", "ask"], ["man", "ask"], ["completion"], ["ingest", "--wait=1", "x"], ["serve", "here"], ["config"],
                     ["config", "burn"], ["serve", "--role", "cook"]):
            with self.subTest(args):
                done = self.run_it(*args)
                self.assertEqual(done.code, 2)
                self.assertEqual(done.out, "")
                self.assertIn("usage: harken" if not args else "see harken ", done.err)

    def test_a_slip_is_recognised(self):
        for args, says in ((["serch", "x"], "did you mean search?"), (["search", "--lmit=3", "x"], "unknown option --lmit (did you mean --limit?)"),
                           (["search", "--kind", "fax", "x"], '--kind is call, mail, note or document, not "fax"'),
                           (["search", "--limit", "0", "x"], "--limit must be a whole number from 1 to 1000"),
                           (["deals", "--warning", "ghostet"], '--warning cannot be "ghostet" (did you mean ghosted?)'),
                           (["users", "add", "a@b.example", "--roles", "rep,boss"], '--roles cannot be "boss"'),
                           (["explain", "nonsense"], "harken analytics lists them"), (["serve", "--set", "foo"], "--set needs KEY=VALUE"),
                           (["users", "burn"], "say what to do: list|add MAIL"), (["help", "dosctor"], "did you mean doctor?")):
            with self.subTest(args):
                self.assertIn(says, self.run_it(*args).err)
        self.assertNotIn("did you mean", self.run_it("xylophone").err)

    def test_without_a_server_they_say_how_to_start_one(self):
        for args in NEED_A_SERVER:
            with self.subTest(args):
                done = self.run_it(*args)
                self.assertEqual(done.code, 1)
                self.assertIn(f"no server runs on {self.home}", done.err)
                self.assertIn("harken serve", done.err)
        done = self.run_it("status", "--json")
        self.assertEqual(done.code, 1)
        self.assertIs(harken.json.loads(done.out)["ready"], False)

    def test_a_stale_address_is_no_server(self):
        (self.home / "run").mkdir(parents=True, mode=0o700)
        (self.home / "run/address").write_text("http://127.0.0.1:9\n")
        (self.home / "run/token").write_text("hk_old\n")
        done = self.run_it("status")
        self.assertEqual(done.code, 1)
        self.assertTrue(done.err.startswith("harken: "))

    def busy_server(self, refusals, retry_after, answer):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Busy)
        server.refusals, server.retry_after, server.answer, server.seen = refusals, retry_after, answer, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        (self.home / "run").mkdir(parents=True, exist_ok=True)
        (self.home / "run/address").write_text(f"http://127.0.0.1:{server.server_port}\n")
        (self.home / "run/token").write_text("token\n")
        return server

    def test_a_batch_waits_as_long_as_the_server_asks(self):
        for command, key in (("search", "query"), ("ask", "question")):
            with self.subTest(command):
                server = self.busy_server(2, 1, {"hits": []})
                done = self.run_it(command, "--json", "--batch", "-", stdin=f'{{"{key}":"price"}}\n{{"{key}":"carriers"}}\n')
                self.assertEqual((done.code, done.out), (0, '{"hits": []}\n' * 2))
                self.assertIn("the engine is being restarted; asking again in 1 s", done.err)
                self.assertEqual(done.err.count("\n"), 1, "said once")
                self.assertEqual(len(server.seen), 4)
                for (before, _), (after, _) in zip(server.seen, server.seen[1:3]):
                    self.assertGreaterEqual(after - before, 0.9, "not before it may")

    def test_waiting_has_an_end(self):
        for retry_after, says in ((3600, "it asks to come back in 3600 s"), (None, "the engine is being restarted")):
            server = self.busy_server(9, retry_after, {"hits": []})
            done = self.run_it("search", "price")
            self.assertEqual((done.code, done.out, len(server.seen)), (1, "", 1))
            self.assertIn(says, done.err)

    def test_doctor_says_what_is_so_now(self):
        server = self.busy_server(9, 1, {})
        self.assertIn("the engine is being restarted", self.run_it("doctor").out)
        self.assertEqual([path for _, path in server.seen], ["/readyz"])

    def test_columns_stand_below_each_other_in_every_script(self):
        names = ["Dalgaard Dairy", "Müllerei Grünwald", "株式会社東京運輸", "Москва Логистика", "Zu\u0308rich", "ab" * 30, "東" * 30, "bell\x07 \x1b[31m"]
        deals = [{"name": n, "stage": "proposal", "amount": "1200.00", "close_date": "2026-10-01"} for n in names]
        deals[0]["warnings"] = [{"id": "W01", "name": "no_activity"}, {"id": "W09", "name": "no_next_step"}]
        self.busy_server(0, None, {"deals": deals, "total": len(deals)})
        lines = self.run_it("deals").out.splitlines()
        rows = [line for line in lines if "proposal" in line]
        self.assertEqual(len(rows), len(names))
        self.assertEqual(lines[1], "    no activity, no next step")  # in words, below the deal
        self.assertTrue({"ab" * 30, "東" * 30} <= set(lines))  # names are whole; long ones have a line of their own

        def columns(text):
            return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)

        self.assertEqual({columns(line[:line.index("proposal")]) for line in rows}, {33})
        self.assertEqual({columns(line[:line.index("2026-10-01")]) for line in rows}, {33 + 13 + 15})
        self.assertNotIn("\x1b", "".join(lines))

    def test_settings(self):
        self.home.mkdir(mode=0o700)
        printed = harken.json.loads(self.run_it("config", "print", "--json").out)
        self.assertIn({"listen"}, [{row["key"]} for row in printed])
        (self.home / "harken.conf").write_text("# ours\nlog.level = debug\n")
        rows = {row["key"]: row for row in harken.json.loads(self.run_it("config", "print", "--json").out)}
        self.assertEqual(rows["log.level"]["value"], "debug")
        rows = harken.json.loads(self.run_it("config", "print", "--json", env={"HARKEN_LOG_LEVEL": "warn"}).out)
        self.assertEqual([row["value"] for row in rows if row["key"] == "log.level"], ["warn"])
        self.assertEqual(harken.json.loads(self.run_it("config", "check", "--json").out), {"ok": True})

    def test_wrong_settings_never_start(self):
        self.home.mkdir(mode=0o700)
        conf = self.home / "harken.conf"
        for line, says in (("log.levl = info", 'unknown setting "log.levl"; did you mean "log.level"?'),
                           ("log.level = loud", "log.level"), ("database.connections = 1", "database.connections"),
                           ("database.connections = many", "database.connections"), ("just words", "expected"),
                           ("log.level = info\0", "NUL")):
            with self.subTest(line):
                conf.write_text(f"# a comment\n\n{line}\n")
                for args, code in ((["serve", "--listen=127.0.0.1:0"], 78), (["config", "check"], 1)):
                    done = self.run_it(*args)
                    self.assertEqual(done.code, code)
                    self.assertIn(f"{conf}:3: ", done.err)
                    if says not in ("NUL", "expected"):
                        self.assertIn(says, done.err)
        conf.unlink()
        for args in (["serve", "--set", "no.such=1"], ["serve", "--config", "/nowhere/harken.conf"],
                     ["serve", "--set", "log.level=loud"]):
            self.assertEqual(self.run_it(*args).code, 78, args)
        self.assertEqual(self.run_it("serve", env={"HARKEN_LOG_LEVEL": "loud"}).code, 78)
        self.assertFalse((self.home / "pg").exists())

    def test_doctor(self):
        done = self.run_it("doctor", "--json")
        report = harken.json.loads(done.out)
        self.assertEqual(done.code, 0 if report["ok"] else 1)
        checks = {row["check"]: row for row in report["checks"]}
        for name in ("database", "model", "sandbox", "cores"):
            self.assertIn(name, checks)
        self.assertTrue(all(row["verdict"] in ("ok", "note", "problem") for row in report["checks"]))


if __name__ == "__main__":
    unittest.main()
