"""Outgoing webhooks: who is told, retries, giving up, replay, and where nothing may be sent to."""
import json
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / p) for p in ("harness", "judges")]
import files
import harken
from hooks import Receiver


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "egress.allow=127.0.0.1").start()
        cls.addClassCleanup(cls.server.discard)

    def call(self, method, path, body=None, status=200):
        got = self.server.http(method, path, body)
        self.assertEqual(got.status, status, got.body)
        return json.loads(got.body) if got.body else None

    def hook(self, types=(), answers=()):
        receiver = Receiver(answers)
        self.addCleanup(receiver.close)
        made = self.call("POST", "/v1/webhooks", {"url": receiver.url, "types": list(types)}, 201)
        self.addCleanup(lambda: self.server.http("DELETE", f"/v1/webhooks/{made['id']}"))
        return receiver, made

    def bring(self, text):
        path = files.write(self.server.root, f"{abs(hash(text))}.txt", f"Ann: {text}\nBob: Yes.\n")
        self.server.ingest(path)
        return self.server.show(path)["id"]

    def deliveries(self, hook):
        return self.call("GET", f"/v1/webhook-deliveries?webhook={hook['id']}")["webhook_deliveries"]

    def test_what_is_wanted_comes_once_thin_and_is_in_the_log(self):
        receiver, made = self.hook(["interaction.created"])
        told = self.bring("Zanzibar is the code word.")
        harken.wait_for("the message", lambda: receiver.got)
        headers, body = receiver.got[0]
        message = json.loads(body)
        self.assertEqual((message["type"], message["data"]["object"]), ("interaction.created", told))
        self.assertNotIn("Zanzibar", body)
        row = harken.wait_for("the log", lambda: [d for d in self.deliveries(made) if d["state"] == "delivered"])[0]
        self.assertEqual((headers["webhook-id"], row["tries"], row["last_status"]), ("msg_" + row["id"], 1, 200))
        again = self.call("POST", f"/v1/webhook-deliveries/{row['id']}/replay", {})
        self.assertEqual(again["state"], "waiting")
        harken.wait_for("the replay", lambda: len(receiver.got) == 2)
        self.assertEqual(receiver.got[1][0]["webhook-id"], headers["webhook-id"])
        self.assertEqual([m[1] for m in receiver.got], [body, body])

    def test_a_failure_is_tried_again(self):
        receiver, made = self.hook(["interaction.created"], [500])
        self.bring("The first try fails.")
        harken.wait_for("the second try", lambda: len(receiver.got) == 2, 30)
        row = harken.wait_for("the log", lambda: [d for d in self.deliveries(made) if d["state"] == "delivered"])[0]
        self.assertEqual(row["tries"], 2)
        self.assertIsNone(self.call("GET", f"/v1/webhooks/{made['id']}")["failing_since"])

    def test_gone_disables_the_endpoint(self):
        receiver, made = self.hook(["interaction.created"], [410])
        self.bring("Nobody is at home.")
        harken.wait_for("the end", lambda: self.call("GET", f"/v1/webhooks/{made['id']}")["state"] == "failed")
        self.assertEqual(self.deliveries(made)[0]["state"], "given_up")
        self.bring("Nothing of this is sent.")
        self.assertEqual(len(receiver.got), 1)

    def test_redirects_are_not_followed(self):
        receiver, made = self.hook(["interaction.created"], [302] * 50)
        self.bring("Elsewhere.")
        row = harken.wait_for("the try", lambda: [d for d in self.deliveries(made) if d["last_status"] == 302])[0]
        self.assertEqual(row["state"], "waiting")
        self.assertEqual(len(receiver.got), row["tries"])

    def test_private_addresses_are_refused(self):
        for url in ["http://10.0.0.1/", "https://169.254.169.254/latest", "http://[::1]/", "https://user@8.8.8.8/", "ftp://8.8.8.8/", "http://8.8.8.8/", "x"]:
            with self.subTest(url):
                self.assertEqual(self.server.http("POST", "/v1/webhooks", {"url": url}).status, 422)

    def test_rotation_signs_with_both_keys(self):
        receiver, made = self.hook(["interaction.created"])
        first = self.call("POST", f"/v1/webhooks/{made['id']}/rotate", {})
        second = self.call("POST", f"/v1/webhooks/{made['id']}/rotate", {})
        self.assertNotEqual(first["secret"], second["secret"])
        self.bring("Signed by two.")
        harken.wait_for("the message", lambda: receiver.got)
        self.assertEqual([s.partition(",")[0] for s in receiver.got[0][0]["webhook-signature"].split()], ["v1a", "v1", "v1a", "v1"])


if __name__ == "__main__":
    unittest.main()
