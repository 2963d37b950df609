"""The SDKs against the running server: paging, tries again, idempotency, errors, webhooks, events; and that they hold every operation."""
import importlib
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import typing
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test" / p) for p in ("harness", "judges")]
import company
import files
import harken
import proxy
from hooks import Receiver

NODE, TSC = harken.DEPS / "bin/node", harken.DEPS / "share/typescript/lib/tsc.js"
PLAYBOOKS = [f"Play {n}" for n in range(5)]
# What is no function of an SDK: pages, pictures and forms for browsers.
BROWSER = {"system.page", "system.asset", "system.authority", "system.reference", "system.graphiql", "system.sign_in", "sign-in.begin", "sign-in.end"}
RFC8032 = [  # section 7.1: public key, message, signature
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]


def setUpModule():
    """Made here, so that the test never sees an older one; its types are checked on the way."""
    global OUT
    folder = tempfile.TemporaryDirectory(prefix="harken-sdk-")
    unittest.addModuleCleanup(folder.cleanup)
    OUT = pathlib.Path(folder.name)
    done = subprocess.run([sys.executable, str(TOP / "tools/sdk/generate"), str(harken.binary()), str(OUT), "--node", str(NODE), "--tsc", str(TSC)],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    sys.path.insert(0, str(OUT / "python"))


class Sdk:
    """What both must do; a subclass says how a scenario is run."""

    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "egress.allow=127.0.0.1").start()
        cls.addClassCleanup(cls.server.discard)
        made = cls.server.http("POST", "/v1/playbooks", [{"name": name} for name in PLAYBOOKS])
        assert [r["status"] for r in json.loads(made.body)["results"]] == [201] * 5, made

    def setUp(self):
        self.between = proxy.Flaky(self.server.address())
        self.between.__enter__()
        self.addCleanup(self.between.__exit__)

    def do(self, scenario, **given):
        return self.run_scenario(scenario, {"url": self.between.url, "key": self.server.token()} | given)

    def listed(self, name):
        reply = json.loads(self.server.http("GET", "/v1/playbooks?limit=200").body)
        return [p["id"] for p in reply["playbooks"] if p["name"] == name]

    def test_a_list_is_walked_page_by_page(self):
        names = self.do("paging")
        self.assertEqual(sorted(n for n in names if n in PLAYBOOKS), PLAYBOOKS)
        asked = [path for _, path, _ in self.between.seen]
        self.assertGreaterEqual(len(asked), 3)
        self.assertEqual(["cursor=" in path for path in asked], [False] + [True] * (len(asked) - 1))
        self.assertTrue(all("limit=2" in path and "fields=id%2Cname" in path for path in asked), asked)

    def test_busy_is_tried_again_when_the_server_says(self):
        self.between.plan = [("answer", 503, {"Retry-After": "1"}), ("answer", 429, {"Retry-After": "3"}), "lose"]
        said = self.do("retry")
        self.assertEqual(said["version"], self.server.status()["version"])
        first, second, third = said["waits"]
        self.assertTrue(1 <= first <= 1.2 and 3 <= second <= 3.3 and 0 <= third <= 2, said)
        self.assertEqual(len(self.between.seen), 4)

    def test_it_gives_up_with_the_last_problem(self):
        self.between.plan = [("answer", 503, {})] * 9
        said = self.do("tired")
        self.assertEqual((said["kind"], said["status"], len(said["waits"])), ("NotReady", 503, 4))
        self.between.plan, self.between.seen = [("answer", 429, {"Retry-After": "3600"})], []
        self.assertEqual(self.do("tired")["kind"], "TooMany")  # nobody waits an hour
        self.assertEqual(len(self.between.seen), 1)

    def test_a_lost_answer_makes_no_second_row(self):
        self.between.plan = ["lose"]
        name = f"Once {type(self).__name__}"
        made = self.do("create", name=name)
        self.assertEqual(self.listed(name), [made["id"]])
        keys = [fields["idempotency-key"] for _, _, fields in self.between.seen]
        self.assertEqual(len(keys), 2)
        self.assertEqual(len(set(keys)), 1)

    def test_what_may_not_be_repeated_is_not(self):
        self.between.plan = ["lose"]
        self.assertEqual(self.do("unsafe"), {"lost": True, "waits": []})
        self.assertEqual(len(self.between.seen), 1)

    def test_errors_have_types_and_tags_guard_changes(self):
        said = self.do("errors", name=f"Guarded {type(self).__name__}")
        self.assertEqual(said, {"wrong": True, "pointer": "/nonsense", "request": True, "stale": True, "description": "y", "gone": True})

    def test_webhooks_are_verified(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        made = json.loads(self.server.http("POST", "/v1/webhooks", {"url": receiver.url, "types": ["interaction.created"]}).body)
        keys = json.loads(self.server.http("POST", f"/v1/webhooks/{made['id']}/rotate", {}).body)
        self.server.ingest(files.write(self.server.root, f"{type(self).__name__}.txt", f"Ann: {type(self).__name__} begins.\nBob: Good.\n"))
        harken.wait_for("the message", lambda: receiver.got)
        self.server.http("DELETE", f"/v1/webhooks/{made['id']}")
        headers, body = receiver.got[0]
        other = {"secret": "whsec_" + "A" * 43 + "=", "public_key": "whpk_" + keys["public_key"][5:][::-1][1:] + "="}
        cases, want = [], []
        for kind in ("secret", "public_key"):
            for more, text, key, good in (({}, body, [keys[kind]], True), ({}, body + " ", [keys[kind]], False), ({"webhook-id": "msg_x"}, body, [keys[kind]], False),
                                          ({"webhook-timestamp": str(int(time.time()) + 1)}, body, [keys[kind]], False),
                                          ({"webhook-signature": "v1,x v1a,y v9,z"}, body, [keys[kind]], False),
                                          ({"webhook-signature": ""}, body, [keys[kind]], False)):
                cases.append({"keys": key, "headers": headers | more, "body": text})
                want.append(good)
            cases.append({"keys": [keys[kind]], "headers": headers, "body": body, "now": time.time() + 301})
            want.append(False)
        cases.append({"keys": [other["secret"]], "headers": headers, "body": body})
        cases.append({"keys": [other["secret"], keys["secret"]], "headers": headers, "body": body})
        self.assertEqual(self.do("webhooks", cases=cases), want + [False, True])

    def test_events_are_taken_up_again(self):
        last = self.events_now()
        ids = []
        for n in range(3):
            path = files.write(self.server.root, f"{type(self).__name__}{n}.txt", f"Ann: {type(self).__name__} event {n}.\nBob: Yes.\n")
            self.server.ingest(path)
            ids.append(self.server.show(path)["id"])
        self.between.plan = [("cut", 190), ("answer", 503, {"Retry-After": "0"}), ("cut", 300)]
        got = self.do("events", count=6, after=last)
        self.assertEqual([(t, o) for _, t, o in got], [(t, i) for i in ids for t in ("interaction.created", "interaction.analysed")])
        self.assertEqual([int(i) for i, _, _ in got], sorted({int(i) for i, _, _ in got}))
        self.assertGreaterEqual(len(self.between.seen), 4)
        self.assertIn("last-event-id", self.between.seen[-1][2])

    def events_now(self):
        """The number of the newest event, when all have one."""
        harken.wait_for("numbers", lambda: company.sql(self.server, "SELECT count(*) FROM event WHERE n IS NULL") == "0")
        return company.sql(self.server, "SELECT coalesce(max(n), 0) FROM event")

    def test_every_operation_is_there(self):
        described = json.loads(harken.command("/nowhere", "describe", "openapi").out)
        ids = {op["operationId"] for item in described["paths"].values() for op in item.values() if isinstance(op, dict) and "operationId" in op}
        self.assertGreater(len(ids), 100)
        self.assertEqual(set(self.do("operations", ids=sorted(ids - BROWSER))), set())


class Python(Sdk, unittest.TestCase):
    def run_scenario(self, name, given):
        sdk = importlib.import_module("harken_sdk")
        waits = []
        with sdk.Harken(given["url"], given["key"], sleep=waits.append) as client:
            return getattr(self, "do_" + name)(sdk, client, given, waits)

    def do_paging(self, sdk, client, given, waits):
        return [row["name"] for row in client.playbooks.each(limit=2, fields=["id", "name"])]

    def do_retry(self, sdk, client, given, waits):
        return {"version": client.system.status()["version"], "waits": waits}

    def do_tired(self, sdk, client, given, waits):
        with self.assertRaises(sdk.Problem) as caught:
            client.system.status()
        return {"kind": type(caught.exception).__name__, "status": caught.exception.status, "waits": waits}

    def do_create(self, sdk, client, given, waits):
        return client.playbooks.create({"name": given["name"]})

    def do_unsafe(self, sdk, client, given, waits):
        with self.assertRaises(sdk.ConnectionFailed):
            client.questions.search({"query": "x"})
        return {"lost": True, "waits": waits}

    def do_errors(self, sdk, client, given, waits):
        with self.assertRaises(sdk.Unprocessable) as wrong:
            client.playbooks.create({"name": given["name"], "nonsense": 1})
        made = client.playbooks.create({"name": given["name"]})
        with self.assertRaises(sdk.PreconditionFailed):
            client.playbooks.update(made["id"], {"description": "x"}, if_match='"old"')
        changed = client.playbooks.update(made["id"], {"description": "y"}, if_match=sdk.etag(made))
        gone = client.playbooks.delete(made["id"])
        return {"wrong": isinstance(wrong.exception, sdk.Problem), "pointer": wrong.exception.errors[0]["pointer"], "request": bool(wrong.exception.request_id),
                "stale": True, "description": changed["description"], "gone": gone is None}

    def do_webhooks(self, sdk, client, given, waits):
        said = []
        for case in given["cases"]:
            try:
                message = sdk.Verifier(case["keys"]).verify(case["body"], case["headers"], case.get("now"))
                said.append(message == json.loads(case["body"]))
            except sdk.NotVerified:
                said.append(False)
        return said

    def do_events(self, sdk, client, given, waits):
        stream = client.events.stream(types="interaction.", last_event_id=given["after"])
        got = [next(stream) for _ in range(given["count"])]
        stream.close()
        return [[e.id, e.type, e.data["object"]] for e in got]

    def do_operations(self, sdk, client, given, waits):
        def has(ident):
            resource, name = ident.replace("-", "_").split(".")
            return callable(getattr(getattr(client, resource, None), name, None) or getattr(getattr(client, resource, None), name + "_", None))
        return [ident for ident in given["ids"] if not has(ident)]

    def test_annotations_name_what_exists(self):
        api = importlib.import_module("harken_sdk.api")
        hints = 0
        for thing in vars(api).values():
            if inspect.isclass(thing) and thing.__module__ == api.__name__:
                for one in [thing, *(f for f in vars(thing).values() if inspect.isfunction(f))]:
                    hints += len(typing.get_type_hints(one))
        self.assertGreater(hints, 500)

    def test_signatures_of_rfc_8032(self):
        ed25519 = importlib.import_module("harken_sdk.ed25519")
        for public, message, signature in ([bytes.fromhex(v) for v in row] for row in RFC8032):
            self.assertTrue(ed25519.verify(public, message, signature))
            self.assertFalse(ed25519.verify(public, message + b"x", signature))
            self.assertFalse(ed25519.verify(public, message, signature[:63] + bytes([signature[63] ^ 1])))
            self.assertFalse(ed25519.verify(public, message, bytes([signature[0] ^ 1]) + signature[1:]))
            self.assertFalse(ed25519.verify(public, message, signature[:63]))
            high = int.from_bytes(signature[32:], "little") + ed25519.ORDER  # the same point, written another way
            self.assertFalse(ed25519.verify(public, message, signature[:32] + high.to_bytes(32, "little")))

    def test_over_tls_with_the_servers_own_authority(self):
        sdk = importlib.import_module("harken_sdk")
        with harken.Server("--tls=on") as server:
            url = server.address().replace("127.0.0.1", "localhost")
            with sdk.Harken(url, server.token(), cafile=server.authority()) as client:
                self.assertTrue(client.system.status()["ready"])
            with sdk.Harken(url, server.token(), retries=0) as client, self.assertRaises(sdk.ConnectionFailed):
                client.system.status()


class TypeScript(Sdk, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not TSC.exists():
            raise unittest.SkipTest("no TypeScript compiler here: tools/setup/setup typescript")
        super().setUpClass()

    def run_scenario(self, name, given):
        done = subprocess.run([str(NODE), str(TOP / "test/system/sdk_node.mjs"), str(OUT / "typescript/dist/index.js"), name, json.dumps(given)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return json.loads(done.stdout)


if __name__ == "__main__":
    unittest.main()
