"""The front door from outside: encryption, certificates, headers."""
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
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


if __name__ == "__main__":
    unittest.main()
