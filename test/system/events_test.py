"""Event streams: what is told, taking up again, limits, and the end when rights are gone."""
import http.client
import json
import pathlib
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken


class Stream:
    """One open stream; events() gives what came as (id, type, data)."""

    def __init__(self, server, query="", headers=None, token="own"):
        where = urllib.parse.urlsplit(server.address())
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=20)
        fields = {"Authorization": f"Bearer {server.token()}"} if token == "own" else {}
        self.connection.request("GET", "/v1/events" + query, headers=fields | (headers or {}))
        self.reply = self.connection.getresponse()
        self.status = self.reply.status

    def next(self, timeout_s=15):
        self.connection.sock and self.connection.sock.settimeout(timeout_s)
        event = {}
        while True:
            line = self.reply.fp.readline() if not self.reply.chunked else self.line()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if not line and "event" in event:
                return event.get("id"), event["event"], json.loads(event["data"])
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                event[name] = value

    def line(self):
        got = b""
        while not got.endswith(b"\n"):
            piece = self.reply.read(1)
            if not piece:
                return got
            got += piece
        return got

    def close(self):
        self.connection.close()


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "events.per_caller=3").start()
        cls.addClassCleanup(cls.server.discard)

    def open(self, *args, **more):
        stream = Stream(self.server, *args, **more)
        self.addCleanup(stream.close)
        return stream

    def bring(self, text):
        path = files.write(self.server.root, f"{abs(hash(text))}.txt", f"Ann: {text}\nBob: Yes, that is so.\n")
        self.server.ingest(path)
        return self.server.show(path)["id"]

    def test_a_conversation_is_told_and_can_be_taken_up_again(self):
        stream = self.open()
        self.assertEqual(stream.status, 200)
        self.assertEqual(stream.reply.getheader("content-type"), "text/event-stream")
        first = self.bring("The pilot starts in March.")
        told = [stream.next(), stream.next()]
        self.assertEqual([(t, d["object"]) for _, t, d in told], [("interaction.created", first), ("interaction.analysed", first)])
        numbers = [int(n) for n, _, _ in told]
        self.assertEqual(numbers[1], numbers[0] + 1)
        stream.close()
        second = self.bring("The price is fixed.")
        again = self.open(headers={"Last-Event-ID": str(numbers[0])})
        got = [again.next() for _ in range(3)]
        self.assertEqual([(t, d["object"]) for _, t, d in got], [("interaction.analysed", first), ("interaction.created", second), ("interaction.analysed", second)])
        self.assertEqual([int(n) for n, _, _ in got], [numbers[1], numbers[1] + 1, numbers[1] + 2])

    def test_only_wanted_types_come(self):
        stream = self.open("?types=interaction.deleted,deal.")
        told = self.bring("Only the end of this is told.")
        self.assertEqual(self.server.http("DELETE", f"/v1/interactions/{told}").status, 204)
        _, kind, data = stream.next()
        self.assertEqual((kind, data["object"]), ("interaction.deleted", told))

    def test_words_are_never_in_events(self):
        stream = self.open()
        self.bring("Quetzalcoatl plays the accordion.")
        self.assertNotIn("accordion", json.dumps(stream.next()))

    def test_bad_requests_are_refused(self):
        self.assertEqual(self.open(token=None).status, 401)
        self.assertEqual(self.open(headers={"Last-Event-ID": "x"}).status, 400)
        self.assertEqual(self.open("?types=Deal%0A").status, 400)

    def test_a_caller_has_only_so_many(self):
        streams = [self.open() for _ in range(3)]
        self.assertEqual([s.status for s in streams], [200] * 3)
        more = self.open()
        self.assertEqual(more.status, 429)
        self.assertTrue(more.reply.getheader("retry-after"))
        streams[0].close()
        harken.wait_for("room for another", lambda: self.open().status == 200)

    def test_a_stream_ends_when_the_session_does(self):
        link = self.server.http("POST", "/v1/sign-in-links", {})
        path = urllib.parse.urlsplit(json.loads(link.body)["url"])
        cookie = self.server.http("GET", f"{path.path}?{path.query}", token=None).headers["set-cookie"].partition(";")[0]
        stream = self.open(token=None, headers={"Cookie": cookie})
        self.assertEqual(stream.status, 200)
        start = time.monotonic()
        out = self.server.http("POST", "/v1/sign-out", token=None, headers={"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(out.status, 204)
        self.assertEqual(stream.next()[1], "stream.denied")
        self.assertIsNone(stream.next())
        self.assertLess(time.monotonic() - start, 5)


class Restart(unittest.TestCase):
    def test_streams_are_told_to_come_again_and_miss_nothing(self):
        with harken.Server() as server:
            stream = Stream(server)
            path = files.write(server.root, "one.txt", "Ann: We meet on Monday.\nBob: Fine.\n")
            server.ingest(path)
            last = stream.next()
            with_rest = harken.Server("--take-over", home=server.home)
            try:
                with_rest.spawn()
                got = stream.next()
                while got and got[1] != "stream.again":
                    last = got
                    got = stream.next()
                self.assertEqual(got[1], "stream.again")
                server.child.wait(60)
                harken.wait_for("the second", with_rest.is_ready)
                again = Stream(with_rest, headers={"Last-Event-ID": "0"})
                self.assertEqual([again.next()[1] for _ in range(2)], ["interaction.created", "interaction.analysed"])
                again.close()
            finally:
                with_rest.discard()


if __name__ == "__main__":
    unittest.main()
