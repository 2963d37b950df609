"""Our webhooks against the verifiers that Standard Webhooks publishes for Python and for Node.

A receiver on loopback collects real deliveries of a running server; each is then checked by both libraries, as it came and in forms
that must not pass: another body, another id, another time, another secret.

usage: hooks.py NODE_MODULES NODE       run by a Python that has standardwebhooks and PyNaCl; prints {"failed", "checks"}
"""
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

NODE = r"""
const { Webhook } = require(process.argv[1] + "/standardwebhooks");
let text = "";
process.stdin.on("data", d => text += d).on("end", () => {
  process.stdout.write(JSON.stringify(JSON.parse(text).map(c => {
    try { new Webhook(c.secret).verify(c.body, c.headers); return true; } catch (e) { return false; }
  })));
});
"""


class Receiver:
    """Collects what is posted; answers with the statuses of `answers` in turn, then 200."""

    def __init__(self, answers=()):
        self.got, self.answers = [], list(answers)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status = outer.answers.pop(0) if outer.answers else 200
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def cases(deliveries, secret):
    """[(what, secret, headers, body, must pass)]"""
    other = "whsec_" + "A" * 42 + "A="
    for headers, body in deliveries:
        ours = {k: headers[k] for k in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        yield "as it came", secret, ours, body, True
        yield "body changed", secret, ours, body + " ", False
        yield "id changed", secret, ours | {"webhook-id": "msg_x"}, body, False
        yield "time changed", secret, ours | {"webhook-timestamp": str(int(ours["webhook-timestamp"]) + 1)}, body, False
        yield "time long ago", secret, ours | {"webhook-timestamp": "1600000000"}, body, False
        yield "another secret", other, ours, body, False


def python_says(all_cases):
    import standardwebhooks

    said = []
    for _, secret, headers, body, _ in all_cases:
        try:
            standardwebhooks.Webhook(secret).verify(body, headers)
            said.append(True)
        except Exception:  # each version has exceptions of its own
            said.append(False)
    return said


def node_says(all_cases, modules, node):
    text = json.dumps([{"secret": s, "headers": h, "body": b} for _, s, h, b, _ in all_cases])
    return json.loads(subprocess.run([node, "-e", NODE, str(modules)], input=text, capture_output=True, text=True, check=True, timeout=60).stdout)


def failures(server, folder, modules, node, wait_for):
    """Sentences about what was judged otherwise than it should, and how many checks there were."""
    import base64

    receiver = Receiver()
    try:
        made = json.loads(server.http("POST", "/v1/webhooks", {"url": receiver.url}).body)
        keys = json.loads(server.http("POST", f"/v1/webhooks/{made['id']}/rotate", {}).body)
        path = pathlib.Path(folder, "hook.txt")
        path.write_text("Ann: The pilot starts in March.\nBob: Good.\n")
        server.ingest(path)
        wait_for("deliveries", lambda: len(receiver.got) >= 2)
        deliveries = list(receiver.got)
    finally:
        receiver.close()
    every = list(cases(deliveries, keys["secret"]))
    wrong = []
    for name, said in (("python", python_says(every)), ("node", node_says(every, modules, node))):
        wrong += [f"{name}: {what} passed: {ok}" for (what, *_, must), ok in zip(every, said) if ok != must]
    import nacl.signing

    public = nacl.signing.VerifyKey(base64.b64decode(keys["public_key"].removeprefix("whpk_")))
    for headers, body in deliveries:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
        for sig in [s.partition(",")[2] for s in headers["webhook-signature"].split() if s.startswith("v1a,")][:1]:
            try:
                public.verify(signed, base64.b64decode(sig))
            except nacl.exceptions.BadSignatureError:
                wrong.append("v1a: not good")
        if "v1a," not in headers["webhook-signature"]:
            wrong.append("v1a: missing")
    return wrong, 2 * len(every) + len(deliveries)


def main():
    sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "harness")]
    import harken

    with harken.Server("--set", "egress.allow=127.0.0.1") as server, tempfile.TemporaryDirectory(prefix="harken-hooks-") as folder:
        wrong, checks = failures(server, folder, sys.argv[1], sys.argv[2], harken.wait_for)
    print(json.dumps({"failed": wrong, "checks": checks}))


if __name__ == "__main__":
    main()
