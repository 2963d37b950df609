"""Signing in at a real OpenID provider: an honest one, which must work, and the same one with one lie at a time, each of which must be
refused. The provider is oidc-provider from npm (tools/setup/setup judges-access)."""
import http.client
import json
import pathlib
import socket
import subprocess
import urllib.parse

import company
import harken

HERE = pathlib.Path(__file__).resolve().parent
SECRET = "a client secret of forty-two characters.."
DISCOVERY = ["other-issuer", "no-s256", "token-elsewhere", "no-keys"]
LIES = ["iss", "iss-slash", "aud", "aud-more", "aud-none", "azp", "nonce", "nonce-none", "exp", "exp-none", "exp-text", "iat-future", "iat-old", "nbf", "sub-none",
        "sub-number", "at_hash", "none", "stripped", "hs-secret", "hs-public", "other-key", "own-jwk", "kid-path", "crit", "typ", "changed", "twice", "state",
        "state-none", "iss-parameter", "iss-parameter-none", "code-twice", "code-wrong", "error", "kind-none", "token-none"]


class Browser:
    """Follows redirects and keeps cookies by host and port."""

    def __init__(self):
        self.jars, self.last = {}, ""

    def ask(self, method, url, body=None):
        u = urllib.parse.urlsplit(url)
        jar = self.jars.setdefault(u.netloc, {})
        connection = http.client.HTTPConnection(u.hostname, u.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())} if jar else {}
        connection.request(method, f"{u.path}{'?' + u.query if u.query else ''}", body=body, headers=headers)
        reply = connection.getresponse()
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                content = rest.split(";")[0]
                if content and "max-age=0" not in value.lower():
                    jar[key] = content
                else:
                    jar.pop(key, None)
        data = reply.read()
        connection.close()
        return reply.status, reply.getheader("location"), data

    def follow(self, url, stop=lambda url: False):
        """The end of the way: (status, url, body)."""
        for _ in range(12):
            if stop(url):
                return 0, url, b""
            status, where, data = self.ask("GET", url)
            if status not in (301, 302, 303, 307) or not where:
                return status, url, data
            url = urllib.parse.urljoin(url, where)
        raise harken.Failure("too many redirects")


def free_ports(n):
    """The first of n ports in a row that nobody listens on just now."""
    for first in range(20000, 60000, 17):
        socks = []
        try:
            for i in range(n):
                s = socket.socket()
                socks.append(s)
                s.bind(("127.0.0.1", first + i))
            return first
        except OSError:
            continue
        finally:
            for s in socks:
                s.close()
    raise harken.Failure("no free ports")


class Providers:
    def __init__(self, server, modules, node, count):
        self.first, self.server = free_ports(count), server
        self.child = subprocess.Popen([node, str(HERE / "oidc" / "op.mjs"), str(modules), str(self.first), str(count), server.address()],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.child.stdout.readline()
        if line.strip() != "ready":
            raise harken.Failure(f"the provider does not start: {line} {self.child.stderr.read()[-2000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(20)

    def issuer(self, i):
        return f"http://127.0.0.1:{self.first + i}"

    def say(self, i, what, **body):
        status, _, _ = Browser().ask("POST", f"{self.issuer(i)}/__{what}", json.dumps(body).encode())
        assert status == 200, status

    def known(self, i, **more):
        op = company.operator(self.server)
        return op.json("POST", "/v1/identity-providers", {"name": f"op{i}", "issuer": self.issuer(i), "client_id": "harken", "client_secret": SECRET} | more)


def me(server, browser):
    """Who the browser is signed in as; None: nobody."""
    status, _, data = browser.ask("GET", f"{server.address()}/v1/me")
    return json.loads(data)["user"] if status == 200 else None


def walk(server, i):
    browser = Browser()
    status, url, _ = browser.follow(f"{server.address()}/sign-in/oidc/op{i}")
    return browser, status, url


def honest(server, ops):
    """Problems of the honest way and of what belongs to it."""
    found = []
    ops.known(0, create=True, roles=["rep"])
    browser, status, url = walk(server, 0)
    first = me(server, browser)
    if not first or first["email"] != "otto@northwind.example" or first["roles"] != ["rep"]:
        found.append(f"the honest way leads to {status} {url} as {first}")
    again = me(server, walk(server, 0)[0])
    if not first or not again or again["id"] != first["id"]:
        found.append("the same subject is another user the second time")
    ops.known(1, create=True, roles=["rep"])
    other = me(server, walk(server, 1)[0])
    if not other or not first or other["id"] == first["id"] or other["email"] == first["email"]:
        found.append(f"another issuer with the same address becomes {other}")
    ops.say(0, "account", sub="sub-two")
    second = me(server, walk(server, 0)[0])
    if not second or (first and second["id"] == first["id"]):
        found.append(f"another subject with the same address becomes {second}")
    if first:
        server.ok("users", "disable", first["email"])
        ops.say(0, "account", sub="sub-one")
        if me(server, walk(server, 0)[0]):
            found.append("a disabled user came in")
        server.ok("users", "enable", first["email"])
    return found


def replays(server):
    """Answers that belong to another browser, or were used already. Returns (tried, those that worked)."""
    passed, base = [], server.address()
    victim = Browser()
    _, answer, _ = victim.follow(f"{base}/sign-in/oidc/op0", stop=lambda url: "/callback" in url)
    stranger = Browser()
    stranger.ask("GET", answer)
    if me(server, stranger):
        passed.append("an answer in a browser that asked nothing")
    begun = Browser()
    begun.ask("GET", f"{base}/sign-in/oidc/op0")
    begun.ask("GET", answer)
    if me(server, begun):
        passed.append("an answer in a browser that asked for another")
    crossed = answer.replace("/op0/callback", "/op1/callback")
    victim.ask("GET", crossed)
    if me(server, victim):
        passed.append("an answer at the address of another provider")
    user = Browser()
    _, answer, _ = user.follow(f"{base}/sign-in/oidc/op0", stop=lambda url: "/callback" in url)
    kept = dict(user.jars[urllib.parse.urlsplit(base).netloc])
    user.ask("GET", answer)
    if not me(server, user):
        passed.append("the real answer did not work")
    thief = Browser()
    thief.jars[urllib.parse.urlsplit(base).netloc] = kept
    thief.ask("GET", answer)
    if me(server, thief):
        passed.append("an answer that was used already")
    return 4, passed


def run(modules, node):
    """(number of lies, those that were believed, problems of the honest way)"""
    with harken.Server() as server, Providers(server, modules, node, 2 + len(DISCOVERY)) as ops:
        problems, believed = honest(server, ops), []
        for lie in LIES:
            ops.say(0, "lie", name=lie)
            browser, status, url = walk(server, 0)
            if me(server, browser) or status >= 500:
                believed.append(f"{lie} ({status} {url[:60]})")
        ops.say(0, "lie", name="")
        tried, passed = replays(server)
        for at, lie in enumerate(DISCOVERY, 2):
            ops.say(at, "lie", name=lie)
            ops.known(at, create=True)
            if me(server, walk(server, at)[0]):
                believed.append(lie)
        if not me(server, walk(server, 0)[0]):
            problems.append("the honest way does not work any more after the lies")
        return len(LIES) + len(DISCOVERY) + tried, believed + passed, problems
