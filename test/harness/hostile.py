"""Hostile inputs by family (trust.md R12): JSON bodies, GraphQL, tokens, webhooks, multipart, addresses.

    report = hostile.run(server, "json", 10000, seed=1)      # .problems, .statuses, .growth

Each family starts from things that are right and breaks them: bytes changed, cut, doubled, nested; numbers out of range; names that are
taken for something else. What is asked of every answer: it comes, it is no 5xx, its status is one that clients are told of, an error is
a problem+json, and the same input is answered alike when it comes again. Of the server: it lives, and its memory stays.
"""
import base64
import collections
import hashlib
import hmac
import json
import os
import random
import re
import socket
import time
import urllib.parse

FAMILIES = ["json", "graphql", "tokens", "webhooks", "multipart", "addresses"]
STATUSES = {200, 201, 202, 204, 303, 304, 400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 414, 415, 417, 422, 428, 429, 431, 501, 505}
OF_RFC = {501, 505}  # an unknown method, an unknown version: RFC 9110 asks for them
AGAIN_EVERY, WARM_UP, GROWTH_MB = 20, 0.2, 24

Ask = collections.namedtuple("Ask", "method path headers body expect")  # expect: None, or the statuses that are right
Report = collections.namedtuple("Report", "family count statuses problems growth_mb")


class Client:
    """Sends bytes as they are and reads one answer; keeps the connection while it can."""

    def __init__(self, address):
        where = urllib.parse.urlsplit(address)
        self.host, self.where, self.sock = where.netloc.encode(), (where.hostname, where.port), None

    def ask(self, ask):
        head = [b"%s %s HTTP/1.1" % (ask.method, ask.path), b"Host: " + self.host]
        head += [b"%s: %s" % (k, v) for k, v in ask.headers.items()]
        if ask.body is not None:
            head.append(b"Content-Length: %d" % len(ask.body))
        data = b"\r\n".join(head) + b"\r\n\r\n" + (ask.body or b"")
        kept = self.sock is not None
        try:
            return self.exchange(data)
        except (ConnectionError, EOFError):
            self.close()
            if not kept:
                raise
            return self.exchange(data)  # a connection that was kept may have ended meanwhile

    def exchange(self, data):
        if not self.sock:
            self.sock = socket.create_connection(self.where, 60)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock.sendall(data)
        except ConnectionError:
            pass  # refused before it was read: the answer is there
        got = b""
        while b"\r\n\r\n" not in got:
            piece = self.sock.recv(65536)
            if not piece:
                raise EOFError("no answer")
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        status = int(head.split()[1])
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            while not body.endswith(b"0\r\n\r\n"):
                body += self.more()
        else:
            size = 0 if status in (204, 304) or data.startswith(b"HEAD ") else int(fields.get(b"content-length", b"0"))
            while len(body) < size:
                body += self.more()
        if b"close" in fields.get(b"connection", b""):
            self.close()
        return status, fields, body

    def more(self):
        piece = self.sock.recv(65536)
        if not piece:
            raise EOFError("a cut answer")
        return piece

    def close(self):
        if self.sock:
            self.sock.close()
        self.sock = None


# ---- breaking things ----

ODD = [b"\0", b"\r\n", b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xcc\x81" * 50, b"%00", b"%s%n", b"../", b"${jndi:x}", b"' OR 1=1--",
       b"<script>", b"\\u0000", b"\\ud800", b"1e999", b"-0", b"9" * 400, b"{" * 40, b"[" * 40, b'"', b"\\", b"NaN"]


def broken(rnd, data):
    """One to four changes of some bytes."""
    data = bytearray(data)
    for _ in range(rnd.randint(1, 4)):
        at, n = rnd.randint(0, len(data)), rnd.randint(1, 12)
        kind = rnd.randrange(7)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << rnd.randrange(8)
        elif kind == 1:
            del data[at:at + n]
        elif kind == 2:
            data[at:at] = rnd.choice(ODD)
        elif kind == 3:
            data[at:at] = data[max(0, at - n):at] * rnd.randint(1, 30)
        elif kind == 4:
            del data[at:]
        elif kind == 5:
            data[at:at + n] = rnd.randbytes(n)
        else:
            data[at:at + n] = data[at:at + n][::-1]
    return bytes(data)


def deep(rnd, leaf="1"):
    n = rnd.choice([2, 31, 33, 64, 100, 1000, 20000])
    left, right = rnd.choice([("[", "]"), ('{"a":', "}"), ('[{"a":[', "]}]")])
    return (left * n + leaf + right * n).encode()[:60000]


def odd_value(rnd, depth=0):
    kind = rnd.randrange(12 if depth < 3 else 9)
    if kind < 9:
        return rnd.choice([None, True, 0, -1, 2**63, -2**64, 1e308, 0.1, "", "\0", "\ud7ff", "a" * rnd.choice([1, 255, 5000]), "018f6e1c-7a3b-7c4d-8e5f-0123456789ab", "2026-13-45T99:99:99Z", "\u202e\u0000x",
                           "=1+1", "../../etc/passwd", [], {}])
    if kind < 11:
        return [odd_value(rnd, depth + 1) for _ in range(rnd.randrange(4))]
    return {rnd.choice(["id", "name", "workspace_id", "role", "__proto__", "query", "", "\0"]): odd_value(rnd, depth + 1) for _ in range(rnd.randrange(4))}


# ---- families: each yields what to ask ----

def json_bodies(rnd, server):
    auth, right = bearer(server), [
        (b"POST", b"/v1/search", {"query": "price of the pilot", "limit": 10}), (b"POST", b"/v1/users", {"email": "x@northwind.example", "roles": ["rep"]}), (b"POST", b"/v1/teams", {"name": "A team"}),
        (b"POST", b"/v1/accounts", {"name": "Northwind"}), (b"POST", b"/v1/playbooks", {"name": "Discovery"}), (b"POST", b"/v1/webhooks", {"url": "https://hooks.example.com/x", "types": ["deal."]}),
        (b"POST", b"/v1/hook-sources", {"name": "x"}), (b"POST", b"/v1/sign-in", {"email": "a@b.example", "password": "wrong"}), (b"PATCH", b"/v1/people/018f6e1c-7a3b-7c4d-8e5f-0123456789ab", {"name": "x"}),
        (b"POST", b"/v1/embeddings", {"model": "x", "input": "y"}), (b"POST", b"/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}), (b"POST", b"/scim/v2/Users", {"userName": "x@y.example"})]
    while True:
        method, path, body = rnd.choice(right)
        kind = rnd.randrange(5)
        if kind == 0:
            data = deep(rnd)
        elif kind == 1:
            body = dict(body)
            body[rnd.choice(list(body) + ["id", "workspace_id", "x" * 300])] = odd_value(rnd)
            data = json.dumps(body).encode()
        elif kind == 2:
            data = json.dumps(odd_value(rnd)).encode()
        elif kind == 3:
            text = json.dumps(body)
            data = (text[:-1] + "," + text[1:]).encode()  # every key twice
        else:
            data = broken(rnd, json.dumps(body).encode())
        yield Ask(method, path + (b"?dry_run=1" if path.startswith(b"/v1/") and not path.startswith((b"/v1/s", b"/v1/e")) else b""), auth | {b"Content-Type": b"application/json"}, data, None)


def graphql(rnd, server):
    right = ["{ deals(first: 2) { edges { node { id name } } pageInfo { hasNextPage } } }", "query Q($n: Int = 3) { people(first: $n) { edges { node { ...P } } } } fragment P on Person { id }",
             '{ a: interactions(first: 1) { edges { cursor } } b: deals(first: 1) @include(if: true) { edges { cursor } } }', "{ __schema { types { name fields { name type { name ofType { name } } } } } }",
             'mutation { createPlaybook(input: {name: "x"}) { id } }']
    auth = bearer(server) | {b"Content-Type": b"application/json"}
    while True:
        query = rnd.choice(right)
        kind = rnd.randrange(8)
        if kind == 0:
            n = rnd.choice([5, 11, 100, 5000])
            query = "{" + "deals{edges{node" * 1 + "{account" * n + "{id}" + "}" * (n + 3)
        elif kind == 1:
            query = "{" + " ".join(f"a{i}: deals(first: 1) {{ edges {{ cursor }} }}" for i in range(rnd.choice([15, 16, 1000]))) + "}"
        elif kind == 2:
            query = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
        elif kind == 3:
            query = "{ deals" + " @include(if: true)" * rnd.choice([1, 51, 2000]) + " { edges { cursor } } }"
        elif kind == 4:
            query = "query(" + " ".join(f"$v{i}: {'[' * rnd.choice([1, 60])}Int" for i in range(rnd.choice([1, 500]))) + ") { __typename }"
        else:
            query = broken(rnd, query.encode()).decode("utf-8", "surrogateescape")
        body = {"query": query}
        if rnd.random() < 0.3:
            body["variables"] = odd_value(rnd)
        if rnd.random() < 0.1:
            body = [body] * rnd.choice([0, 1, 10, 11, 500])
        data = json.dumps(body).encode()
        yield Ask(b"POST", b"/graphql", auth, broken(rnd, data) if rnd.random() < 0.1 else data, None)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def tokens(rnd, server):
    """What stands where a token should: JSON web tokens of every kind, keys cut and doubled, cookies. Nobody is let in."""
    real = server.token().encode()
    while True:
        head = {"alg": rnd.choice(["none", "None", "HS256", "RS256", "ES256", "EdDSA", "", "x" * 500]), "typ": "JWT", "kid": rnd.choice(["1", "../../dev/null", "' OR 1", "\0"])}
        if rnd.random() < 0.3:
            head["crit"] = odd_value(rnd)
        claims = {"iss": "https://id.example", "sub": "1", "aud": "harken", "exp": rnd.choice([0, 2**62, -1, "soon", 1e300]), "roles": ["admin"]}
        token = b".".join([b64(json.dumps(head).encode()), b64(json.dumps(claims).encode()), b64(rnd.randbytes(rnd.choice([0, 32, 64, 256])))])
        kind = rnd.randrange(6)
        if kind == 0:
            token = broken(rnd, token)
        elif kind == 1:
            token = broken(rnd, real)
        elif kind == 2:
            token = b".".join([token] * rnd.choice([2, 5]))
        elif kind == 3:
            token = b"hk_" + rnd.randbytes(32).hex().encode()
        token = bytes(c for c in token if c > 32 and c != 127) or b"x"  # what cannot stand in a field at all is another family
        if token == real:
            continue
        field = rnd.choice([(b"Authorization", b"Bearer " + token), (b"Authorization", b"bearer " + token), (b"Cookie", b"harken_session=" + token), (b"Authorization", b"Basic " + token)])
        yield Ask(b"GET", rnd.choice([b"/v1/me/session", b"/v1/deals", b"/v1/events", b"/v1/settings"]), dict([field]), None, {401, 431})


def webhooks(rnd, server):
    name = f"hostile-{rnd.randrange(10**9)}"
    secret = json.loads(server.http("POST", "/v1/hook-sources", {"name": name}).body)["secret"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    while True:
        ident, stamp, body = b"msg_%d" % rnd.randrange(10**12), b"%d" % time.time(), broken(rnd, b'{"type":"call.recorded","data":{"id":1}}')
        mac = base64.b64encode(hmac.new(key, b".".join([ident, stamp, body]), hashlib.sha256).digest())
        headers = {b"webhook-id": ident, b"webhook-timestamp": stamp, b"webhook-signature": b"v1," + mac, b"Content-Type": rnd.choice([b"application/json", b"text/plain", b"multipart/form-data; boundary=x"])}
        right = rnd.random() < 0.3
        path = b"/hooks/" + name.encode()
        if not right:
            victim = rnd.choice(list(headers)[:3])
            was = headers[victim]
            headers[victim] = b"".join(bytes([c]) for c in broken(rnd, headers[victim]) if 32 < c < 127) or b"x"
            if rnd.random() < 0.2:
                headers[b"webhook-signature"] = b" ".join([b"v1,AAAA", b"v1a," + b64(rnd.randbytes(64))] * rnd.choice([1, 8, 100]))
                was = None
            if rnd.random() < 0.1:
                path = b"/hooks/" + urllib.parse.quote(broken(rnd, name.encode())).replace("%00", "%01").encode()
            if was is not None and headers[victim] == was and path == b"/hooks/" + name.encode():
                continue
        yield Ask(b"POST", path, headers, body, {202} if right else {403, 400, 404, 405, 431, 200, 202} if was is not None else {403, 400, 404, 405})


def multipart(rnd, server):
    auth = bearer(server)
    while True:
        edge = rnd.choice([b"x", b"a" * 70, b"'()+_,-./:=?", b"", b"\xff", b"x" * 5000])
        part = b"--" + edge + b"\r\nContent-Disposition: form-data; name=\"file\"; filename=" + rnd.choice(
            [b'"../../x.vtt"', b"\"a\\\"b\"", b"x; filename*=UTF-8''%e2%80%ae", b'"\0"', b'"' + b"y" * 3000 + b'"']) + b"\r\nContent-Type: text/vtt\r\n\r\nWEBVTT\r\n\r\n"
        body = broken(rnd, part * rnd.choice([1, 3, 40]) + b"--" + edge + b"--\r\n")
        path = rnd.choice([b"/v1/search", b"/v1/accounts", b"/v1/sign-in", b"/graphql", b"/mcp", b"/hooks/nobody", b"/v1/chat/completions", b"/scim/v2/Users"])
        kind = b"multipart/" + rnd.choice([b"form-data", b"mixed", b"form-data;" * 20, b"x"]) + b"; boundary=" + bytes(c for c in edge if 32 < c < 127)
        if rnd.random() < 0.003:  # each is parsed in a child
            path = b"/v1/uploads?source=hostile.eml"
        yield Ask(b"POST", path, (auth if path != b"/v1/sign-in" else {}) | {b"Content-Type": kind}, body, None)


PRIVATE = ["127.0.0.1", "0x7f.1", "2130706433", "017700000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "[fe80::1%25eth0]", "[fd00::1]", "0.0.0.0",
           "localhost", "127.0.0.1.", "①②⑦.⓪.⓪.①", "100.64.0.1", "[64:ff9b::7f00:1]", "224.0.0.1", "255.255.255.255"]


def addresses(rnd, server):
    """Targets of requests, and addresses that Harken is told to call: nothing private may be taken."""
    auth = bearer(server)
    paths = [b"/v1/deals?limit=2&sort=-created_at", b"/v1/deals/018f6e1c-7a3b-7c4d-8e5f-0123456789ab", b"/v1/people?fields=id,name&account=x", b"/", b"/docs", b"/sign-in?token=x", b"/v1/jobs/dead", b"/hooks/x",
             b"/v1/interactions?started_at_from=2026-01-01T00:00:00Z", b"/sign-in/oidc/x/callback?code=1&state=2", b"/v1/openapi.json"]
    while True:
        if rnd.random() < 0.3:
            host = rnd.choice(PRIVATE)
            url = rnd.choice(["https://", "http://", "HTTPS://", "https:/", "//", "https:\\\\", "file://", "gopher://"]) + rnd.choice(["", "", "a@", "a:b@", "8.8.8.8@"]) + host + rnd.choice(["", ":443", ":22", ":99999", "/x", "?@8.8.8.8", "#@8.8.8.8"])
            yield Ask(b"POST", b"/v1/webhooks", auth | {b"Content-Type": b"application/json"}, json.dumps({"url": url}).encode(), {400, 422})
            continue
        path = broken(rnd, rnd.choice(paths))
        path = b"/" + bytes(c for c in path if c > 32 and c != 127).lstrip(b"/") if rnd.random() < 0.9 else bytes(c for c in path if c not in b"\r\n") or b"*"
        method = rnd.choice([b"GET"] * 6 + [b"HEAD", b"OPTIONS", b"DELETE", b"PUT", b"TRACE", b"BREW"])
        if b"/v1/events" in path:
            continue  # a stream does not end
        yield Ask(method, path, auth, None, None)


MAKERS = {"json": json_bodies, "graphql": graphql, "tokens": tokens, "webhooks": webhooks, "multipart": multipart, "addresses": addresses}


# ---- judging ----

def bearer(server):
    return {b"Authorization": b"Bearer " + server.token().encode()}


def meaning(answer):
    """What a client would do by: the status and what kind of problem it is."""
    status, fields, body = answer
    if body and fields.get(b"content-type", b"").startswith(b"application/problem+json"):
        problem = json.loads(body)
        return status, problem.get("type"), problem.get("title")
    return status, None, None


def wrong_with(ask, answer):
    status, fields, body = answer
    if status not in STATUSES:
        return f"status {status}"
    if ask.expect is not None and status not in ask.expect:
        return f"status {status}, wanted {sorted(ask.expect)}"
    kind = fields.get(b"content-type", b"")
    if status >= 400 and ask.method != b"HEAD" and not re.match(rb"application/(problem\+json|json|scim\+json|graphql-response\+json)|text/html", kind):
        return f"status {status} as {kind.decode()!r}"
    if re.search(rb"sqlstate|SELECT |/src/|\.c:\d|Traceback|postgres", body) and status >= 400:
        return "an error tells of our inside"
    return None


def resident_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1]) / 1024


def run(server, family, count, seed=1):
    rnd, client, statuses, problems = random.Random(f"{family} {seed}"), Client(server.address()), collections.Counter(), []
    asks, before = MAKERS[family](rnd, server), None
    for i in range(count):
        ask = next(asks)
        try:
            answer = client.ask(ask)
        except (OSError, EOFError, ValueError) as problem:
            problems.append(f"{i}: {problem!r}: {ask.method.decode()} {ask.path[:80]!r} {(ask.body or b'')[:80]!r}")
            client.close()
            if not server.running():
                break
            continue
        statuses[answer[0]] += 1
        why = wrong_with(ask, answer)
        if not why and i % AGAIN_EVERY == 0 and answer[0] >= 400 and meaning(client.ask(ask)) != meaning(answer):
            why = "answered otherwise the second time"
        if why:
            problems.append(f"{i}: {why}: {ask.method.decode()} {ask.path[:80]!r} {(ask.body or b'')[:120]!r} -> {answer[2][:160]!r}")
        if i == int(count * WARM_UP):
            before = resident_mb(server.child.pid)
    client.close()
    if not server.running():
        problems.append("the server ended")
        return Report(family, count, statuses, problems, 0)
    growth = resident_mb(server.child.pid) - before
    if growth > max(GROWTH_MB, before * 0.05) and "ASAN_OPTIONS" not in os.environ:  # that sanitizer keeps what was freed
        problems.append(f"memory grew by {growth:.0f} MB from {before:.0f}")
    return Report(family, count, statuses, problems, growth)
