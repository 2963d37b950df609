"""The front door from outside: encryption, certificates, headers."""
import gzip
import http.client
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken  # noqa: E402


def shown_certificate(server, trust):
    where = urllib.parse.urlsplit(server.address())
    context = ssl.create_default_context(cafile=trust)
    with context.wrap_socket(socket.create_connection((where.hostname, where.port), 10), server_hostname=where.hostname) as s:
        return s.getpeercert(True), s.version()


class Encrypted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--listen=0.0.0.0:0").start()
        cls.addClassCleanup(cls.server.discard)

    def test_beyond_loopback_is_encrypted_and_the_command_line_trusts_it(self):
        self.assertTrue(self.server.address().startswith("https://127.0.0.1:"))
        self.assertTrue(self.server.status()["ready"])
        self.assertIn(self.server.authority(), self.server.banner())
        self.assertEqual(shown_certificate(self.server, self.server.authority())[1], "TLSv1.3")

    def test_the_authority_can_be_downloaded_and_is_all_a_client_needs(self):
        got = self.server.http("GET", "/ca.pem", token=None)
        self.assertEqual(got.body, pathlib.Path(self.server.authority()).read_bytes())
        self.assertIn("max-age=31536000", got.headers["strict-transport-security"])
        with self.assertRaises(ssl.SSLError):
            shown_certificate(self.server, None)

    def test_another_key_is_not_believed(self):
        pin = self.server.home / "run/pin"
        before = pin.read_text()
        self.addCleanup(pin.write_text, before)
        pin.write_text(before.replace(before[10], "A" if before[10] != "A" else "B", 1))
        done = self.server.run("status")
        self.assertNotEqual(done.code, 0)
        self.assertIn("not the one expected", done.err)


class Configured(unittest.TestCase):
    def make(self, folder, name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={name}",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"], check=True, capture_output=True)

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="harken-cert-"))
        self.make(self.folder, "first")
        self.conf = pathlib.Path(self.folder, "harken.conf")
        self.conf.write_text(f"tls.certificate = {self.folder}/cert.pem\ntls.key = {self.folder}/key.pem\n")

    def test_a_certificate_of_ones_own_is_shown_and_read_again_on_hangup(self):
        with harken.Server("--tls=on", f"--config={self.conf}", trust=f"{self.folder}/cert.pem") as server:
            first = shown_certificate(server, server.authority())[0]
            self.assertTrue(server.status()["ready"])
            self.assertFalse((server.home / "keys/tls").exists())
            self.make(self.folder, "second")
            server.child.send_signal(signal.SIGHUP)
            harken.wait_for("the new certificate", lambda: "tls.reloaded" in server.log())
            second = shown_certificate(server, server.authority())[0]
            self.assertNotEqual(first, second)
            self.assertTrue(server.status()["ready"])  # its pin was renewed too

    def test_a_certificate_without_its_key_is_a_configuration_error(self):
        self.conf.write_text(f"tls.certificate = {self.folder}/cert.pem\n")
        with self.assertRaises(harken.Failure) as got:
            with harken.Server("--tls=on", f"--config={self.conf}"):
                pass
        self.assertIn("tls.key", str(got.exception))


class Fields(unittest.TestCase):
    """What every answer carries, whatever went wrong."""

    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "http.target_max=1KiB").start()
        cls.addClassCleanup(cls.server.discard)

    def test_strict_fields_are_on_every_answer(self):
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for method, path, token, status in [("GET", "/", None, 200), ("GET", "/nothing", None, 404), ("GET", "/v1/status", "own", 200),
                                            ("GET", "/v1/status", None, 401), ("PATCH", "/v1/status", "own", 405), ("GET", "/" + "x" * 1100, None, 414),
                                            ("POST", "/v1/search", "own", 400), ("GET", "/healthz", None, 200)]:
            with self.subTest(f"{method} {path[:20]} {token}"):
                got = self.server.http(method, path, body=b"{" if method == "POST" else None, token=token,
                                       headers={"traceparent": trace} | ({"Content-Type": "application/json"} if method == "POST" else {}))
                self.assertEqual(got.status, status)
                for name, value in [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"),
                                    ("cross-origin-resource-policy", "same-origin"), ("cache-control", "no-store")]:
                    self.assertEqual(got.headers.get(name), value)
                self.assertIn("default-src 'none'", got.headers["content-security-policy"])
                self.assertIn("microphone=()", got.headers["permissions-policy"])
                self.assertNotIn("access-control-allow-origin", got.headers)
                self.assertNotIn("server", got.headers)
                self.assertRegex(got.headers["x-request-id"], r"^[0-9a-f-]{36}$")
                if status != 414:  # the head was not read to its end
                    self.assertRegex(got.headers["traceparent"], r"^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$")
                    self.assertNotIn("00f067aa0ba902b7", got.headers["traceparent"])

    def test_requests_are_logged_with_their_trace(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        got = self.server.http("GET", "/v1/status", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-00"})
        rows = harken.wait_for("the log line", lambda: [r for r in self.server.log().splitlines() if got.headers["x-request-id"] in r])
        self.assertIn(trace, rows[0])

    def test_files_of_the_page_are_small_and_kept(self):
        page = self.server.http("GET", "/", token=None).body.decode()
        for path in re.findall(r'"(/assets/[^"]+)"', page):
            with self.subTest(path):
                self.assertRegex(path, r"\.[0-9a-f]{16}\.[a-z]+$")
                plain = self.server.http("GET", path, token=None)
                packed = self.server.http("GET", path, token=None, headers={"Accept-Encoding": "gzip"})
                self.assertEqual(packed.headers.get("content-encoding"), "gzip" if len(plain.body) > 300 else packed.headers.get("content-encoding"))
                if "content-encoding" in packed.headers:
                    self.assertEqual(gzip.decompress(packed.body), plain.body)
                    self.assertLess(len(packed.body), len(plain.body))
                    self.assertNotEqual(packed.headers["etag"], plain.headers["etag"])
                self.assertEqual(plain.headers["cache-control"], "public, max-age=31536000, immutable")
                self.assertEqual(plain.headers["vary"], "Accept-Encoding")
                again = self.server.http("GET", path, token=None, headers={"If-None-Match": plain.headers["etag"]})
                self.assertEqual((again.status, again.body), (304, b""))
        refused = self.server.http("GET", path, token=None, headers={"Accept-Encoding": "gzip;q=0, br;q=0"})
        self.assertNotIn("content-encoding", refused.headers)
        for path in ("/", "/docs"):  # pages are never compressed: BREACH
            self.assertNotIn("content-encoding", self.server.http("GET", path, token=None, headers={"Accept-Encoding": "gzip, br"}).headers)


class TakeOver(unittest.TestCase):
    def test_the_next_server_takes_the_sockets_and_no_request_is_lost(self):
        with harken.Server() as first:
            address, stop, lost, answered = first.address(), threading.Event(), [], []

            def ask(keep):
                where, connection = urllib.parse.urlsplit(address), None
                while not stop.is_set():
                    try:
                        connection = connection or http.client.HTTPConnection(where.hostname, where.port, timeout=60)
                        connection.request("GET", "/v1/status", headers={"Authorization": f"Bearer {first.token()}"})
                        reply = connection.getresponse()
                        reply.read()
                        (answered if reply.status == 200 else lost).append(reply.status)
                        if not keep or reply.getheader("connection") == "close":
                            connection.close()
                            connection = None
                    except (OSError, http.client.HTTPException) as problem:
                        lost.append(repr(problem))
                        connection = None

            threads = [threading.Thread(target=ask, args=(i % 2 == 0,)) for i in range(6)]
            for t in threads:
                t.start()
            second = harken.Server("--take-over", home=first.home)
            try:
                harken.wait_for("requests", lambda: len(answered) > 50)
                second.spawn()
                self.assertEqual(first.child.wait(60), 0)
                harken.wait_for("the second", lambda: second.is_ready())
                before = len(answered)
                harken.wait_for("requests answered by the second", lambda: len(answered) > before + 50)
                self.assertEqual(second.address(), address)
                self.assertTrue(second.status()["ready"])
            finally:
                stop.set()
                for t in threads:
                    t.join()
                second.discard()
            self.assertEqual(lost, [])

    def test_sockets_can_come_from_whoever_starts_the_server(self):
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
            with harken.Server() as server:
                server.stop()
                start = f"import os,sys; os.dup2(int(sys.argv[1]), 3); os.set_inheritable(3, True); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); os.execv(sys.argv[2], sys.argv[2:])"
                server.child = subprocess.Popen([sys.executable, "-c", start, str(door.fileno()), str(harken.binary()), "serve", "--no-samples"],
                                                pass_fds=[door.fileno()], env=harken.environment(server.home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                harken.wait_for("the server", server.is_ready)
                self.assertEqual(server.address(), f"http://127.0.0.1:{port}")
                self.assertTrue(server.status()["ready"])


if __name__ == "__main__":
    unittest.main()
