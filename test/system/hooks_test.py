"""Webhooks in: who is let in at /hooks/NAME, once, whatever dies; and who never learns why not."""
import base64
import hashlib
import hmac
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken
from events_test import Stream

BODY = b'{"type":"call.recorded","data":{"note":"Xylophonist called about the pilot"}}'


def signed(secret, ident, body=BODY, at=None):
    """Fields of a message, by the words of the specification: HMAC-SHA-256 over id.timestamp.body."""
    stamp = str(int(time.time()) if at is None else at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, b".".join([ident.encode(), stamp.encode(), body]), hashlib.sha256).digest()
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": "v1," + base64.b64encode(mac).decode(),
            "content-type": "application/json"}


class Hooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().start()
        cls.addClassCleanup(cls.server.discard)
        cls.serial = 0

    def call(self, method, path, body=None, status=200, **more):
        got = self.server.http(method, path, body, **more)
        self.assertEqual(got.status, status, got.body)
        return json.loads(got.body) if got.body else None

    def source(self, **more):
        Hooks.serial += 1
        return self.call("POST", "/v1/hook-sources", {"name": f"sender-{self.serial}"} | more, 201)

    def post(self, source, headers, body=BODY):
        return self.server.http("POST", source["path"], body, headers=headers, token=None)

    def kept(self, source):
        return self.call("GET", f"/v1/hook-sources/{source['id']}")["messages"]

    def test_a_signed_message_is_taken_once_and_told(self):
        source, stream = self.source(), Stream(self.server, "?types=hook.received")
        self.addCleanup(stream.close)
        headers = signed(source["secret"], "msg_1")
        self.assertEqual([self.post(source, headers).status for _ in range(3)], [202, 200, 200])
        self.assertEqual(self.post(source, signed(source["secret"], "msg_2")).status, 202)
        told = []
        while len(told) < 2:  # the streams of a server tell what other tests did, too
            _, kind, data = stream.next()
            self.assertEqual(kind, "hook.received")
            told += [data["object"]] if data["subject"] == source["id"] else []
        self.assertEqual(len(set(told)), 2)
        self.assertEqual(self.kept(source), 2)
        self.assertIsNotNone(self.call("GET", f"/v1/hook-sources/{source['id']}")["last_received_at"])

    def test_the_same_id_of_another_sender_is_another_message(self):
        one, two = self.source(), self.source()
        self.assertEqual([self.post(s, signed(s["secret"], "msg_same")).status for s in (one, two)], [202, 202])

    def test_whatever_is_wrong_the_answer_is_the_same(self):
        source, other = self.source(), self.source()
        good = signed(source["secret"], "msg_1")
        now = int(time.time())
        wrong = {
            "tampered": (source, good, BODY + b" "),
            "another id": (source, good | {"webhook-id": "msg_2"}, BODY),
            "another time": (source, good | {"webhook-timestamp": str(now + 1)}, BODY),
            "stale": (source, signed(source["secret"], "msg_1", at=now - 301), BODY),
            "from the future": (source, signed(source["secret"], "msg_1", at=now + 330), BODY),
            "another sender's": (other, good, BODY),
            "no such sender": ({"path": "/hooks/nobody"}, good, BODY),
            "no such name": ({"path": "/hooks/%C3%BC%20..x"}, good, BODY),
            "no signature": (source, {k: v for k, v in good.items() if k != "webhook-signature"}, BODY),
            "nothing": (source, {}, b""),
            "not base64": (source, good | {"webhook-signature": "v1,???"}, BODY),
            "dot in the id": (source, signed(source["secret"], "msg.1"), BODY),
            "time in words": (source, good | {"webhook-timestamp": "now"}, BODY),
        }
        said = set()
        for what, (to, headers, body) in wrong.items():
            with self.subTest(what):
                got = self.post(to, headers, body)
                self.assertEqual(got.status, 403, got.body)
                problem = json.loads(got.body)
                problem.pop("instance")
                said.add((json.dumps(problem, sort_keys=True), tuple(sorted(k for k in got.headers if k not in ("date", "x-request-id")))))
        self.assertEqual(len(said), 1)
        self.assertEqual(self.kept(source), 0)

    def test_too_large_is_refused_before_anything_else(self):
        source = self.source()
        for to in (source, {"path": "/hooks/nobody"}):
            body = b"x" * ((1 << 20) + 1)
            self.assertEqual(self.post(to, signed(source["secret"], "msg_1", body), body).status, 413)
        body = b"x" * (1 << 20)
        self.assertEqual(self.post(source, signed(source["secret"], "msg_1", body), body).status, 202)

    def test_any_bytes_of_any_type_are_taken(self):
        source = self.source()
        for i, (kind, body) in enumerate([("application/x-www-form-urlencoded", b"a=1&b=%"), ("text/plain", b"\0\xff"), ("application/json", b"{nothing"), (None, b"")]):
            headers = signed(source["secret"], f"msg_{i}", body)
            if kind is None:
                del headers["content-type"]
            else:
                headers["content-type"] = kind
            self.assertEqual(self.post(source, headers, body).status, 202, kind)

    def test_keys_change_without_a_gap_and_the_oldest_ends(self):
        source = self.source()
        second = self.call("POST", f"/v1/hook-sources/{source['id']}/rotate", {})["secret"]
        self.assertEqual([self.post(source, signed(s, i)).status for s, i in ((source["secret"], "a"), (second, "b"))], [202, 202])
        third = self.call("POST", f"/v1/hook-sources/{source['id']}/rotate", {})["secret"]
        self.assertEqual([self.post(source, signed(s, i)).status for s, i in ((source["secret"], "c"), (second, "d"), (third, "e"))], [403, 202, 202])

    def test_a_senders_own_key_is_taken_and_never_shown(self):
        own = "whsec_" + base64.b64encode(b"k" * 24).decode()
        source = self.source(key=own)
        self.assertIsNone(source["secret"])
        self.assertEqual(self.post(source, signed(own, "msg_1")).status, 202)
        self.assertNotIn(own, json.dumps(self.call("GET", "/v1/hook-sources")))
        for bad in ("whsec_AAAA", "secret", "whpk_AAAA"):
            self.call("POST", "/v1/hook-sources", {"name": "bad", "key": bad}, 400)
        for bad in ("Upper", "-x", "a/b", "a b", "x" * 64):
            self.call("POST", "/v1/hook-sources", {"name": bad}, 400)

    def test_a_deleted_sender_is_unknown_and_its_name_is_free(self):
        source = self.source()
        name = source["path"].rpartition("/")[2]
        self.assertEqual(self.post(source, signed(source["secret"], "msg_1")).status, 202)
        self.call("POST", "/v1/hook-sources", {"name": name}, 409)
        self.call("DELETE", f"/v1/hook-sources/{source['id']}", status=204)
        self.assertEqual(self.post(source, signed(source["secret"], "msg_2")).status, 403)
        again = self.call("POST", "/v1/hook-sources", {"name": name}, 201)
        self.assertEqual(self.post(again, signed(again["secret"], "msg_1")).status, 202)

    def test_what_was_acknowledged_is_there_after_a_kill_and_told_once(self):
        with harken.Server() as server:
            made = json.loads(server.http("POST", "/v1/hook-sources", {"name": "killed"}).body)
            acknowledged = 0
            for round_ in range(3):
                for i in range(5):
                    got = server.http("POST", made["path"], BODY, headers=signed(made["secret"], f"msg_{round_}_{i}"), token=None)
                    acknowledged += got.status == 202
                server.kill()
                server.start()
                again = server.http("POST", made["path"], BODY, headers=signed(made["secret"], f"msg_{round_}_4"), token=None)
                self.assertEqual(again.status, 200)
            self.assertEqual(acknowledged, 15)
            self.assertEqual(json.loads(server.http("GET", f"/v1/hook-sources/{made['id']}").body)["messages"], 15)
            harken.wait_for("the jobs", lambda: not [j for j in json.loads(server.http("GET", "/v1/jobs").body)["jobs"] if j["queue"] == "hook"])
            server.http("POST", made["path"], BODY, headers=signed(made["secret"], "last"), token=None)
            stream = Stream(server, "?types=hook.received", {"Last-Event-ID": "0"})
            told = [stream.next()[2]["object"] for _ in range(16)]
            stream.close()
            self.assertEqual(len(set(told)), 16)

    def test_words_of_a_message_are_nowhere_in_clear(self):
        source = self.source()
        self.assertEqual(self.post(source, signed(source["secret"], "msg_1")).status, 202)
        places = [p for p in self.server.home.rglob("*") if p.is_file()] + [self.server.log_path]
        for secret in (b"Xylophonist", base64.b64decode(source["secret"].removeprefix("whsec_")), source["secret"].encode()):
            self.assertEqual([str(p) for p in places if p.exists() and secret in p.read_bytes()], [])


if __name__ == "__main__":
    unittest.main()
