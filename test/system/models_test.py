"""The OpenAI protocol and the language model's process: a tiny Llama with random weights, kills, bad model files."""
import base64
import http.client
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import harken

DEPS = pathlib.Path(os.environ.get("HARKEN_DEPS", harken.TOP / ".deps"))
MESSAGES = [{"role": "user", "content": "Say something."}]


def tiny(path, *more):
    subprocess.run([str(DEPS / "venv/bin/python"), str(harken.TOP / "tools/model/tiny_llama.py"), *more, str(path)], check=True, capture_output=True)
    return path


class WithModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        model = tiny(cls.server.root / "tiny.gguf", "--template", "{{ raise_exception('never run') }}")
        cls.server.env = {"HARKEN_LLM_MODEL": str(model)}
        cls.server.start()
        cls.models = {m["kind"]: m["id"] for m in json.loads(cls.server.http("GET", "/v1/models").body)["data"]}

    def chat(self, **more):
        return self.server.http("POST", "/v1/chat/completions", {"model": self.models["chat"], "messages": MESSAGES, "max_tokens": 8} | more)

    def generator(self):
        """The process that writes text."""
        for pid in self.server.processes()["engine"]:
            if b"generate" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None

    def test_same_seed_same_text(self):
        texts = {json.loads(self.chat(seed=seed, temperature=1.5).body)["choices"][0]["message"]["content"] for seed in (1, 1, 2, 3)}
        self.assertGreater(len(texts), 1)
        self.assertLess(len(texts), 4)

    def test_the_template_is_ours(self):
        # the prompt of ChatML around "Say something.": 1 opening token, then the bytes and turns; a template would have failed
        said = json.loads(self.chat(temperature=0).body)
        self.assertEqual(said["object"], "chat.completion")
        self.assertGreater(said["usage"]["prompt_tokens"], 10)
        # what looks like a special token in a message is text: many tokens, not one
        plain = json.loads(self.chat(messages=[{"role": "user", "content": ""}]).body)["usage"]["prompt_tokens"]
        marked = json.loads(self.chat(messages=[{"role": "user", "content": "<|im_end|>"}]).body)["usage"]["prompt_tokens"]
        self.assertGreaterEqual(marked - plain, 10)

    def test_stop_ends_the_text(self):
        whole = json.loads(self.chat(temperature=0, max_tokens=40).body)["choices"][0]["message"]["content"]
        stop = whole[5:7]
        cut = json.loads(self.chat(temperature=0, max_tokens=40, stop=stop).body)["choices"][0]
        self.assertEqual((cut["message"]["content"], cut["finish_reason"]), (whole[:whole.index(stop)], "stop"))

    def test_a_client_that_leaves_frees_its_slot(self):
        where = urllib.parse.urlsplit(self.server.address())
        for _ in range(4):  # more than there are slots
            c = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
            c.request("POST", "/v1/chat/completions", json.dumps({"model": self.models["chat"], "messages": MESSAGES, "stream": True}).encode(),
                      {"Authorization": f"Bearer {self.server.token()}", "Content-Type": "application/json"})
            self.assertTrue(c.getresponse().readline().startswith(b"data: "))
            c.close()
        start = time.monotonic()
        self.assertEqual(self.chat().status, 200)
        self.assertLess(time.monotonic() - start, 30)

    def test_a_killed_model_comes_back(self):
        first = self.generator()
        os.kill(first, signal.SIGKILL)
        harken.wait_for("another process", lambda: self.generator() not in (None, first))
        harken.wait_for("an answer", lambda: self.chat().status == 200)
        self.assertTrue(self.server.running())

    def test_embeddings_in_both_forms(self):
        ask = {"model": self.models["embedding"], "input": ["a pilot in Ghent", "thirty carriers"]}
        floats = json.loads(self.server.http("POST", "/v1/embeddings", ask | {"encoding_format": "float"}).body)
        packed = json.loads(self.server.http("POST", "/v1/embeddings", ask | {"encoding_format": "base64"}).body)
        for a, b in zip(floats["data"], packed["data"]):
            raw = base64.b64decode(b["embedding"], validate=True)
            unpacked = struct.unpack(f"<{len(raw) // 4}f", raw)
            self.assertEqual(len(unpacked), len(a["embedding"]))
            self.assertLess(max(abs(x - y) for x, y in zip(unpacked, a["embedding"])), 1e-6)

    def test_bad_requests_say_what_is_wrong(self):
        for more, param in (({"messages": []}, "messages"), ({"temperature": 3}, "temperature"), ({"max_tokens": 0}, "max_tokens"), ({"n": 2}, "n"),
                            ({"tools": [{}]}, "tools"), ({"stop": [""]}, "stop"), ({"messages": [{"role": "x", "content": ""}]}, "messages"),
                            ({"stream": "yes"}, "stream"), ({"response_format": {"type": "json_object"}}, "response_format")):
            with self.subTest(more=more):
                reply = self.chat(**more)
                error = json.loads(reply.body)["error"]
                self.assertEqual((reply.status, error["type"], error["param"]), (400, "invalid_request_error", param))


CALL = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ana Ruiz>I'll throw in the onboarding by Friday.

00:00:05.000 --> 00:00:09.000
<v Ben Cole>The price is way too expensive for us. Maybe I'll ask our board.
"""


class Proposals(unittest.TestCase):
    """A model of random weights writes under the grammar: what it proposes is words of nobody, so nothing of it is shown."""

    def makers(self, server):
        found = server.json("insights", "--json", "talk.vtt")["findings"]
        return {f["maker"] for f in found}

    def stage_runs(self, server):
        body = server.http("GET", "/metrics").body.decode()
        return int(float(next((x.split()[-1] for x in body.splitlines() if x.startswith('harken_stage_seconds_count{stage="model"}')), 0)))

    def test_random_words_are_proposed_and_none_is_shown(self):
        with harken.Server() as server:
            model = tiny(server.root / "tiny.gguf", "--context", "4096")
            path = server.root / "talk.vtt"
            path.write_text(CALL)
            server.ingest(path.name, cwd=server.root)
            harken.wait_for("the analysis", lambda: "rules.commitments" in self.makers(server))
            self.assertEqual(self.stage_runs(server), 0)  # no model, no stage
            server.stop()
            server.env = {"HARKEN_LLM_MODEL": str(model)}
            server.start()  # what was analysed before there was a model is shown to it now
            harken.wait_for("the model", lambda: self.stage_runs(server) >= 1, timeout_s=300, pause_s=0.5)
            self.assertTrue(server.running())
            self.assertIn("rules.commitments", self.makers(server))
            self.assertFalse([m for m in self.makers(server) if m.startswith("model.")])
            self.assertNotIn("job.failed", server.log())
            queued = server.log().count("analyses.queued")
            server.stop()
            server.start()  # the same model has nothing new to say of what it has seen
            path.with_name("more.vtt").write_text(CALL.replace("Friday", "Monday"))
            server.ingest("more.vtt", cwd=server.root)
            harken.wait_for("the model", lambda: self.stage_runs(server) >= 1, timeout_s=300, pause_s=0.5)
            self.assertEqual(server.log().count("analyses.queued"), queued)


class Cost(unittest.TestCase):
    def test_chat_costs_its_tokens_streamed_or_not(self):
        """A unit is a hundred tokens, one at once here and one in ten seconds: who asks for long answers waits, and what was streamed counts as well."""
        server = harken.Server()
        self.addCleanup(server.discard)
        server.env = {"HARKEN_LLM_MODEL": str(tiny(server.root / "tiny.gguf")), "HARKEN_LIMITS_COST": "6"}
        server.start()
        model = next(m["id"] for m in json.loads(server.http("GET", "/v1/models").body)["data"] if m["kind"] == "chat")
        for stream in (False, True):
            user = json.loads(server.http("POST", "/v1/users", {"email": f"u{stream}@northwind.example", "roles": ["rep"]}).body)["id"]
            key = json.loads(server.http("POST", "/v1/keys", {"name": "k", "user": user, "scopes": ["models.use", "models.read"]}).body)["key"]

            def chat(words, tokens):
                return server.http("POST", "/v1/chat/completions", {"model": model, "messages": [{"role": "user", "content": words}], "max_tokens": tokens,
                                                                    "stream": stream, "stream_options": {"include_usage": True}} if stream else
                                   {"model": model, "messages": [{"role": "user", "content": words}], "max_tokens": tokens}, token=key)

            reply = chat("word " * 60, 100)
            self.assertEqual(reply.status, 200, reply.body)
            said = [json.loads(x[6:]) for x in reply.body.split(b"\n\n") if x.startswith(b"data: {")] if stream else [json.loads(reply.body)]
            spent = next(x["usage"]["total_tokens"] for x in said if x.get("usage"))
            self.assertGreater(spent, 300)
            reply = chat("Hi", 2)
            self.assertEqual(reply.status, 429)
            self.assertGreaterEqual(int(reply.headers["retry-after"]), 10)  # it is two units in debt
            self.assertEqual(server.http("GET", "/v1/models", token=key).status, 429)


class WithoutModel(unittest.TestCase):
    def test_chat_says_how_to_configure_one(self):
        with harken.Server() as server:
            embed = next(m["id"] for m in json.loads(server.http("GET", "/v1/models").body)["data"])
            reply = server.http("POST", "/v1/chat/completions", {"model": "any", "messages": MESSAGES})
            self.assertEqual((reply.status, reply.headers["content-type"]), (503, "application/problem+json"))
            said = json.loads(reply.body)
            self.assertIn("llm.model", said["detail"])
            self.assertEqual(said["error"]["code"], "no_model")
            self.assertEqual(server.http("POST", "/v1/embeddings", {"model": embed, "input": "words"}).status, 200)

    def test_a_bad_model_file_takes_nothing_else_down(self):
        with harken.Server() as server:
            folder = server.root
            good = tiny(folder / "good.gguf").read_bytes()
        for name, content in (("text", b"this is no model at all, only words"), ("cut", good[:len(good) // 2]), ("head", good[:2000]),
                              ("counts", good[:8] + struct.pack("<QQ", 1 << 60, 1 << 60) + good[24:])):
            with self.subTest(name):
                server = harken.Server()
                self.addCleanup(server.discard)
                path = server.root / "bad.gguf"
                path.write_bytes(content)
                server.env = {"HARKEN_LLM_MODEL": str(path)}
                server.start()
                reply = server.http("POST", "/v1/chat/completions", {"model": "any", "messages": MESSAGES})
                self.assertEqual(reply.status, 503)
                self.assertIn("model file", json.loads(reply.body)["detail"])
                self.assertEqual(server.http("GET", "/readyz").status, 200)
                server.discard()


if __name__ == "__main__":
    unittest.main()
