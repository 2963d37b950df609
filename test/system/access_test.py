"""Who may do what: signing in, sessions, second factors, keys, roles, teams, private conversations."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import files
import harken

PASSWORD = "blau-tor im Garten 7"
SAME = {"Sec-Fetch-Site": "same-origin"}
COMMON = ["admin:admin", "admin:password", "root:root", "admin:harken", "harken:harken", "admin@localhost:admin", "user:user", "guest:guest",
          "test:test", "admin:123456", "administrator:administrator", "operator:operator", "postgres:postgres", "admin:changeme", "demo:demo",
          "admin@example.com:admin", "root:toor", "admin:letmein", "support:support", "admin:"]


def totp(secret, at=None):
    """RFC 6238 by the standard library alone."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((at or time.time()) // 30)), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"


def sign_in(server, email, password, cookie=None, **more):
    headers = dict(SAME) | ({"Cookie": cookie} if cookie else {})
    return server.http("POST", "/v1/sign-in", {"email": email, "password": password} | more, headers=headers, token=None)


def body(reply):
    said = json.loads(reply.body)
    said.pop("instance", None)  # the request's id
    return said


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftKey:
    """An authenticator of Web Authentication in a few lines: one P-256 key, kept and used by openssl."""

    def __init__(self, site, origin):
        self.site, self.origin, self.count, self.credential = site, origin, 0, os.urandom(16)
        self.pem = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], check=True, capture_output=True).stdout
        der = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], input=self.pem, check=True, capture_output=True).stdout
        self.x, self.y = der[-64:-32], der[-32:]

    def client(self, kind, challenge, **more):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False} | more).encode()

    def auth(self, flags=5, key=b""):
        self.count += 1
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + key

    def create(self, challenge):
        cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + self.x + b"\x22\x58\x20" + self.y
        data = self.auth(0x45, bytes(16) + struct.pack(">H", len(self.credential)) + self.credential + cose)
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return {"client_data": b64url(self.client("webauthn.create", challenge)), "attestation": b64url(attestation)}

    def get(self, challenge, kind="webauthn.get", flags=5, count=None, **client):
        client_data, data = self.client(kind, challenge, **client), self.auth(flags)
        if count is not None:
            data = data[:33] + struct.pack(">I", count)
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(self.pem)
            pem.flush()
            signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pem.name], input=data + hashlib.sha256(client_data).digest(), check=True,
                                       capture_output=True).stdout
        return {"credential": b64url(self.credential), "client_data": b64url(client_data), "authenticator_data": b64url(data), "signature": b64url(signature)}


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().__enter__()
        cls.op = company.operator(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def invite(self, name, roles):
        """A new user by the command line; a caller with the session of the link."""
        made = json.loads(self.server.ok("users", "add", company.address(name), "--roles", roles, "--json"))
        cookie = company.open_link(self.server, made["link"]["url"])
        return company.Caller(self.server, name, cookie=cookie, user=made["user"]["id"], roles=roles.split(","))

    def member(self, name, roles="rep"):
        """The same, with a password."""
        caller = self.invite(name, roles)
        caller.json("PUT", "/v1/me/password", {"password": PASSWORD})
        return caller

    # ---- signing in ----

    def test_no_default_account(self):
        for pair in COMMON:
            name, _, password = pair.partition(":")
            self.assertNotIn(sign_in(self.server, name, password).status, range(200, 300), pair)

    def test_invited_user_chooses_a_password_and_signs_in(self):
        caller = self.invite("vera", "rep")
        self.assertEqual(caller.json("GET", "/v1/me")["user"]["email"], company.address("vera"))
        for bad in ("short", "password", "vera1234", "12345678"):
            self.assertEqual(caller.ask("PUT", "/v1/me/password", {"password": bad}).status, 422, bad)
        caller.json("PUT", "/v1/me/password", {"password": PASSWORD})
        reply = sign_in(self.server, company.address("vera").upper(), PASSWORD)
        self.assertEqual(reply.status, 200, reply.body)
        cookie = next(c for c in reply.headers.all("set-cookie") if c.startswith("harken_session="))
        for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
            self.assertIn(word, cookie)
        self.assertEqual(self.server.http("GET", "/v1/me", headers={"Cookie": company.cookies_of(reply)}, token=None).status, 200)
        self.assertEqual(sign_in(self.server, company.address("vera"), PASSWORD + "x").status, 401)

    def test_failed_sign_ins_stand_in_the_audit_log(self):
        caller = self.member("freda")
        sign_in(self.server, company.address("freda"), "wrong password")
        sign_in(self.server, "nobody@nowhere.example", "wrong password")

        def told():
            return [r["actor"] for r in self.op.json("GET", "/v1/audit?act=sign_in_failed&limit=200&sort=-seq")["records"]]

        harken.wait_for("the records", lambda: caller.user in told() and None in told())
        sign_in(self.server, company.address("freda"), PASSWORD)
        self.assertEqual(told().count(caller.user), 1)

    def test_whoever_guesses_learns_nothing(self):
        self.member("wanda")
        known, unknown = sign_in(self.server, company.address("wanda"), "wrong password"), sign_in(self.server, "nobody@else.example", "wrong password")
        self.assertEqual((known.status, body(known)), (unknown.status, body(unknown)))
        disabled = self.member("walter")
        self.server.ok("users", "disable", company.address("walter"))
        self.assertEqual(body(sign_in(self.server, company.address("walter"), PASSWORD)), body(unknown))
        self.assertEqual(disabled.ask("GET", "/v1/me").status, 401)

    def test_guesses_are_counted_and_the_owner_still_gets_in(self):
        self.member("olga")
        device = company.cookies_of(sign_in(self.server, company.address("olga"), PASSWORD))
        statuses = [sign_in(self.server, company.address("olga"), f"guess number {i}").status for i in range(40)]
        self.assertLessEqual(statuses.count(401), 10)
        self.assertGreater(statuses.count(429), 25)
        refused = sign_in(self.server, company.address("olga"), PASSWORD)
        self.assertEqual(refused.status, 429)  # the right password from a strange device waits, too
        self.assertGreater(int(refused.headers["retry-after"]), 0)
        known = next(part for part in device.split("; ") if part.startswith("harken_device="))
        self.assertEqual(sign_in(self.server, company.address("olga"), PASSWORD, cookie=known).status, 200)

    def test_signing_in_comes_from_our_page(self):
        data = {"email": "x@y.example", "password": "whatever it is"}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            self.assertEqual(self.server.http("POST", "/v1/sign-in", data, headers=headers, token=None).status, 403, headers)
        form = self.server.http("POST", "/v1/sign-in", b"email=x&password=y", token=None,
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(form.status, 403)

    def test_second_factor(self):
        caller = self.member("tessa")
        made = caller.json("POST", "/v1/me/totp", {})
        self.assertIn(made["secret"], made["uri"])
        self.assertEqual(caller.ask("POST", "/v1/me/totp/confirm", {"code": "000000"}).status, 422)
        self.assertEqual(sign_in(self.server, company.address("tessa"), PASSWORD).status, 200)  # not asked for before it is confirmed
        now = time.time()
        codes = caller.json("POST", "/v1/me/totp/confirm", {"code": totp(made["secret"], now)})["recovery_codes"]
        self.assertEqual(len(set(codes)), 10)
        without = sign_in(self.server, company.address("tessa"), PASSWORD)
        self.assertEqual((without.status, body(without)["type"]), (401, "urn:harken:problem:second-factor"))
        self.assertEqual(sign_in(self.server, company.address("tessa"), PASSWORD, code=totp(made["secret"], now)).status, 401)  # used
        later = totp(made["secret"], now + 30)
        self.assertEqual(sign_in(self.server, company.address("tessa"), PASSWORD, code=later).status, 200)
        self.assertEqual(sign_in(self.server, company.address("tessa"), PASSWORD, code=later).status, 401)
        factors = caller.json("GET", "/v1/me/factors")["factors"]
        self.assertEqual(sum(f["kind"] == "recovery" for f in factors), 10)
        self.assertNotIn(made["secret"], json.dumps(factors))

    def test_recovery_code_is_good_once(self):
        caller = self.member("rosa")
        made = caller.json("POST", "/v1/me/totp", {})
        codes = caller.json("POST", "/v1/me/totp/confirm", {"code": totp(made["secret"])})["recovery_codes"]
        self.assertEqual(sign_in(self.server, company.address("rosa"), PASSWORD, code=codes[3]).status, 200)
        self.assertEqual(sign_in(self.server, company.address("rosa"), PASSWORD, code=codes[3]).status, 401)
        self.assertEqual(sign_in(self.server, company.address("rosa"), PASSWORD, code=codes[4]).status, 200)

    @unittest.skipIf("HARKEN_WAF" in os.environ, "a security key is bound to the address that the server knows of itself")
    def test_security_key(self):
        caller, mail = self.member("willa", "admin"), company.address("willa")
        key = SoftKey("127.0.0.1", self.server.address())
        asked = caller.json("POST", "/v1/me/webauthn", {})
        for bad in (SoftKey("evil.example", self.server.address()), SoftKey("127.0.0.1", "https://evil.example")):
            self.assertEqual(caller.ask("POST", "/v1/me/webauthn/confirm", {"state": asked["state"]} | bad.create(asked["challenge"])).status, 422)
        self.assertEqual(caller.ask("POST", "/v1/me/webauthn/confirm", {"state": asked["state"]} | key.create(b64url(bytes(32)))).status, 422)
        caller.json("POST", "/v1/me/webauthn/confirm", {"state": asked["state"], "name": "blue key"} | key.create(asked["challenge"]))

        def attempt(make):
            time.sleep(10)  # tries are counted
            asked = body(sign_in(self.server, mail, PASSWORD, cookie=device))["webauthn"]
            return sign_in(self.server, mail, PASSWORD, cookie=device, webauthn={"state": asked["state"]} | make(asked["challenge"])).status

        device = None
        first = body(sign_in(self.server, mail, PASSWORD))
        self.assertEqual(first["type"], "urn:harken:problem:second-factor")
        self.assertEqual(first["webauthn"]["credentials"], [b64url(key.credential)])
        good = key.get(first["webauthn"]["challenge"])
        self.assertEqual(sign_in(self.server, mail, PASSWORD, webauthn={"state": first["webauthn"]["state"]} | good).status, 200)
        self.assertEqual(sign_in(self.server, mail, PASSWORD, webauthn={"state": first["webauthn"]["state"]} | good).status, 401)  # once
        self.assertEqual(attempt(lambda c: key.get(c, kind="webauthn.create")), 401)
        self.assertEqual(attempt(lambda c: key.get(c, origin="https://evil.example")), 401)
        self.assertEqual(attempt(lambda c: key.get(c, flags=0)), 401)
        self.assertEqual(attempt(lambda c: key.get(c, count=1)), 401)  # a copy of the key
        self.assertEqual(attempt(lambda c: key.get(c) | {"signature": b64url(os.urandom(70))}), 401)
        self.assertEqual(attempt(key.get), 200)

    # ---- sessions and keys ----

    def test_sessions_are_seen_and_ended(self):
        first = self.member("sven")
        second = company.Caller(self.server, "sven", cookie=company.cookies_of(sign_in(self.server, company.address("sven"), PASSWORD)))
        sessions = first.json("GET", "/v1/sessions")["sessions"]
        self.assertEqual(len(sessions), 2)
        other = next(s for s in sessions if not s["this"])
        self.assertEqual(second.ask("GET", "/v1/me").status, 200)
        self.assertEqual(first.ask("DELETE", f"/v1/sessions/{other['id']}").status, 204)
        self.assertEqual(second.ask("GET", "/v1/me").status, 401)
        stranger = self.member("sara")
        mine = next(s for s in first.json("GET", "/v1/sessions")["sessions"] if s["this"])
        self.assertEqual(stranger.ask("DELETE", f"/v1/sessions/{mine['id']}").status, 404)
        self.assertEqual(self.op.ask("DELETE", f"/v1/sessions/{mine['id']}").status, 204)
        self.assertEqual(first.ask("GET", "/v1/me").status, 401)
        self.assertEqual(first.ask("POST", "/v1/sign-out", {}).status, 401)

    def test_keys_and_sessions_beyond_a_thousand_are_found_and_ended(self):
        caller = self.member("mara")
        mine = caller.json("GET", "/v1/me")["user"]["id"]
        oldest = str(uuid.uuid4())
        for kind in (2, 3):
            self.c_sql("INSERT INTO token (workspace_id, id, token_hash, scopes, created_at, kind, user_id) SELECT w.id, gen_random_uuid(), "
                       f"sha256(('many' || {kind} || n)::bytea), 0, n, {kind}, '{mine}' FROM workspace w, generate_series(1, 1200) n")
        self.c_sql("INSERT INTO token (workspace_id, id, token_hash, scopes, created_at, kind, user_id) SELECT id, "
                   f"'{oldest}', sha256('oldest'), 0, 0, 3, '{mine}' FROM workspace")
        for noun, count in (("keys", 1201), ("sessions", 1201)):
            found, cursor = [], ""
            while cursor is not None:
                page = caller.json("GET", f"/v1/{noun}?limit=500" + (f"&cursor={cursor}" if cursor else ""))
                found += [x["created_at"] for x in page[noun]]
                cursor = page["next"]
            self.assertEqual((len(found), found), (count, sorted(found, reverse=True)), noun)
        of_mara = self.op.json("GET", f"/v1/keys?everybody=1&limit=1000&user={mine}&sort=created_at")["keys"]
        self.assertEqual((len(of_mara), of_mara[0]["id"]), (1000, oldest))
        self.assertEqual(caller.json("GET", f"/v1/keys/{oldest}")["id"], oldest)
        self.assertEqual(self.member("nora").ask("GET", f"/v1/keys/{oldest}").status, 404)
        self.assertEqual(caller.ask("DELETE", f"/v1/keys/{oldest}").status, 204)
        self.assertEqual(caller.ask("DELETE", f"/v1/keys/{oldest}").status, 404)
        self.assertEqual(caller.ask("POST", "/v1/keys", {"name": "one more", "scopes": ["deals.read"]}).status, 409)  # a hundred at most

    def c_sql(self, text):
        return company.sql(self.server, text)

    def test_disabling_and_roles_count_at_once(self):
        caller = self.member("rolf")
        self.assertEqual(caller.ask("GET", "/v1/interactions").status, 200)
        self.server.ok("users", "set", company.address("rolf"), "--roles", "admin")
        self.assertEqual(caller.ask("GET", "/v1/me").status, 401)  # roles changed: sign in again
        again = company.Caller(self.server, "rolf", cookie=company.cookies_of(sign_in(self.server, company.address("rolf"), PASSWORD)))
        self.assertEqual(again.ask("GET", "/v1/interactions").status, 403)
        self.assertEqual(again.ask("GET", "/v1/users").status, 200)
        self.server.ok("users", "disable", company.address("rolf"))
        self.assertEqual(again.ask("GET", "/v1/users").status, 401)

    def test_keys(self):
        caller = self.member("kira")
        made = caller.json("POST", "/v1/keys", {"name": "my script", "scopes": ["interactions.read", "users.write"], "days": 1})
        self.assertRegex(made["key"], r"^hk_[A-Za-z0-9_-]{43}$")
        key = company.Caller(self.server, "kira by key", key=made["key"])
        self.assertEqual(key.ask("GET", "/v1/interactions").status, 200)
        self.assertEqual(key.ask("GET", "/v1/status").status, 403)  # not in its scopes
        self.assertEqual(key.ask("POST", "/v1/users", {"email": "z@z.example"}).status, 403)  # scopes give nothing
        self.assertEqual(key.ask("POST", "/v1/keys", {"name": "more", "scopes": ["interactions.read"]}).status, 403)
        listed = caller.json("GET", "/v1/keys")["keys"]
        self.assertEqual([k["name"] for k in listed], ["my script"])
        self.assertIsNotNone(listed[0]["used_at"])
        self.assertNotIn(made["key"], json.dumps(listed))
        for path in (f"/v1/interactions?token={made['key']}", f"/v1/interactions?key={made['key']}", f"/v1/interactions?access_token={made['key']}"):
            self.assertEqual(self.server.http("GET", path, token=None).status, 401)
        self.assertEqual(self.server.http("GET", "/v1/interactions", headers={"Cookie": f"harken_session={made['key']}"}, token=None).status, 401)
        self.assertEqual(caller.ask("DELETE", f"/v1/keys/{made['id']}").status, 204)
        self.assertEqual(key.ask("GET", "/v1/interactions").status, 401)
        for bad, status in (({"name": "x", "scopes": []}, 400), ({"name": "x", "scopes": ["self"]}, 403), ({"name": "x", "scopes": ["operator"]}, 403),
                            ({"scopes": ["deals.read"]}, 400), ({"name": "x", "scopes": ["deals.read"], "days": 9999}, 400),
                            ({"name": "x", "scopes": ["deals.read"], "user_id": "x"}, 422), ({"name": "x", "scopes": ["deals.read"], "user": str(uuid.uuid4())}, 409)):
            self.assertEqual(caller.ask("POST", "/v1/keys", bad).status, status, bad)

    def test_secrets_do_not_reach_log_or_disk(self):
        caller = self.member("lena")
        made = caller.json("POST", "/v1/keys", {"name": "secret thing", "scopes": ["interactions.read"]})
        company.Caller(self.server, "k", key=made["key"]).ask("GET", "/v1/interactions")
        session = caller.cookie.partition("=")[2]
        wanted = [made["key"], session, PASSWORD, company.address("lena")]
        log = self.server.log()
        for secret in wanted:
            self.assertNotIn(secret, log)
        for path in (self.server.home / "pg").rglob("*"):
            if path.is_file() and path.stat().st_size < 1 << 26:
                data = path.read_bytes()
                for secret in wanted:
                    self.assertNotIn(secret.encode(), data, path)

    def test_a_stale_session_proves_itself_again(self):
        caller = self.member("stella")
        company.sql(self.server, "UPDATE token SET auth_at = auth_at - 600000")
        time.sleep(5.1)  # what was looked up is remembered for five seconds
        for method, path in (("POST", "/v1/keys"), ("POST", "/v1/me/totp"), ("PUT", "/v1/me/password")):
            reply = caller.ask(method, path, {"name": "x", "scopes": ["deals.read"]} if path == "/v1/keys" else {})
            self.assertEqual((reply.status, body(reply).get("type")), (403, "urn:harken:problem:step-up"), path)
        self.assertEqual(caller.ask("POST", "/v1/sign-in/again", {"password": "not it, no"}).status, 401)
        again = caller.ask("POST", "/v1/sign-in/again", {"password": PASSWORD})
        self.assertEqual(again.status, 204)
        self.assertEqual(caller.ask("GET", "/v1/me").status, 401)  # the old reference is worth nothing
        renewed = company.Caller(self.server, "stella", cookie=company.cookies_of(again))
        self.assertEqual(renewed.ask("POST", "/v1/keys", {"name": "x", "scopes": ["deals.read"]}).status, 201)

    def test_operator_has_no_password_and_admins_are_no_operators(self):
        admin = self.member("alma", "admin")
        self.assertEqual(admin.ask("POST", "/v1/sign-in-links", {}).status, 403)
        self.member("victim")
        victim = next(u for u in admin.json("GET", "/v1/users?limit=1000")["users"] if u["email"] == company.address("victim"))
        self.assertEqual(admin.ask("POST", f"/v1/users/{victim['id']}/link", {}).status, 409)  # has a password already
        self.assertEqual(admin.ask("POST", "/v1/keys", {"name": "x", "scopes": ["interactions.read"], "user": victim["id"]}).status, 403)
        me = admin.json("GET", "/v1/me")["user"]["id"]
        self.assertEqual(admin.ask("PATCH", f"/v1/users/{me}", {"roles": ["admin", "rep"]}).status, 403)
        self.assertEqual(admin.ask("PATCH", f"/v1/users/{me}", {"name": "Alma A."}).status, 200)
        for field in ("id", "version", "created_at", "workspace_id", "seen_at"):
            self.assertEqual(admin.ask("PATCH", f"/v1/users/{victim['id']}", {field: "x"}).status, 422, field)


class Teams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server().__enter__()
        cls.c = company.Company(cls.server)
        cls.talks = {"annword": cls.c.talk("ann", "outsider", word="annword"), "bobword": cls.c.talk("bob", "ann", word="bobword"),
                     "eveword": cls.c.talk("eve", "outsider", word="eveword"), "danword": cls.c.talk("outsider", "dan", word="danword")}

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None, None, None)

    def seen(self, caller):
        """By list, by search, one by one, by asking: all must say the same."""
        listed = {w for w, i in self.talks.items() if any(e["id"] == i for e in caller.json("GET", "/v1/interactions?limit=1000")["interactions"])}
        total = caller.json("GET", "/v1/interactions?limit=1000")["total"]
        read = {w for w, i in self.talks.items() if caller.ask("GET", f"/v1/interactions/{i}").status == 200}
        hits = {w for w, i in self.talks.items()
                if any(h["interaction"] == i for h in caller.json("POST", "/v1/search", {"query": "price of the pilot next week", "limit": 50})["hits"])}
        found = {w for w, i in self.talks.items() if caller.json("POST", "/v1/search", {"query": w, "mode": "lexical"})["hits"]}
        asked = caller.json("POST", "/v1/ask", {"question": "How many mails are there?"})
        self.assertEqual(listed, read)
        self.assertEqual(listed, hits)
        self.assertEqual(listed, found)
        self.assertEqual(total, len(listed))
        self.assertEqual(asked.get("count", 0), len(listed))
        return listed

    def test_own_and_team(self):
        want = {"ann": {"annword", "bobword"}, "bob": {"bobword"}, "eve": {"eveword"}, "dan": {"danword"}, "boss": {"annword", "bobword"},
                "ceo": {"annword", "bobword", "eveword"}}
        for name, words in want.items():
            self.assertEqual(self.seen(self.c.sessions[name]), words, name)
            self.assertEqual(self.seen(self.c.keys[name]), words, name)
        self.assertEqual(self.seen(self.c.op), set(self.talks))

    def test_administrators_read_nothing(self):
        for name in ("rita", "adam", "dora", "ada", "sync", "idp"):
            caller = self.c.sessions.get(name) or self.c.keys[name]
            for method, path, data in (("GET", "/v1/interactions", None), ("POST", "/v1/search", {"query": "price"}), ("POST", "/v1/ask", {"question": "price?"}),
                                       ("GET", f"/v1/interactions/{self.talks['annword']}", None), ("GET", f"/v1/interactions/{self.talks['annword']}/insights", None)):
                reply = caller.ask(method, path, data)
                if name == "sync":  # a program may read what is shared with it: here nothing
                    self.assertIn(reply.status, (200, 404), (name, path))
                    self.assertNotIn(b"annword", reply.body)
                else:
                    self.assertEqual(reply.status, 403, (name, path))

    def test_who_takes_part_sees_who_opened_it(self):
        talk = self.c.talk("ann", "outsider", word="viewedword")
        self.assertEqual(self.c.sessions["boss"].ask("GET", f"/v1/interactions/{talk}").status, 200)  # ann's manager
        for _ in range(100):
            views = self.c.sessions["ann"].json("GET", f"/v1/interactions/{talk}/views")["views"]
            if views:
                break
            time.sleep(0.2)
        self.assertEqual([(v["user"], v["name"]) for v in views], [(self.c.users["boss"], "Boss")])
        self.assertEqual(self.c.sessions["eve"].ask("GET", f"/v1/interactions/{talk}/views").status, 404)
        self.assertEqual(self.c.sessions["dora"].ask("GET", f"/v1/interactions/{talk}/views").status, 403)

    def test_foreign_and_missing_are_alike(self):
        missing = "019a0000-0000-7000-8000-000000000000"
        for path in ("/v1/interactions/{}", "/v1/interactions/{}/insights", "/v1/users/{}"):
            foreign_id = self.c.users["eve"] if "users" in path else self.talks["eveword"]
            foreign, none = self.c.sessions["ann"].ask("GET", path.format(foreign_id)), self.c.sessions["ann"].ask("GET", path.format(missing))
            self.assertEqual((foreign.status, body(foreign)), (404, body(none)), path)

    def test_private_hides_from_managers(self):
        talk = self.c.talk("ann", "outsider", word="privword")
        path = f"/v1/interactions/{talk}"
        boss, ann = self.c.sessions["boss"], self.c.sessions["ann"]
        self.assertEqual(boss.ask("GET", path).status, 200)
        self.assertEqual(boss.ask("PUT", path + "/private", {"private": True}).status, 404)  # took no part
        self.assertEqual(ann.ask("PUT", path + "/private", {"private": True}).status, 204)
        self.assertEqual(boss.ask("GET", path).status, 404)
        self.assertEqual(ann.ask("GET", path).status, 200)
        self.assertFalse(boss.json("POST", "/v1/search", {"query": "privword", "mode": "lexical"})["hits"])
        self.assertEqual(ann.ask("PUT", path + "/private", {"private": False}).status, 204)
        self.assertEqual(boss.ask("GET", path).status, 200)

    def test_membership_counts_at_once(self):
        boss, path = self.c.sessions["boss"], f"/v1/interactions/{self.talks['danword']}"
        self.assertEqual(boss.ask("GET", path).status, 404)
        self.server.ok("teams", "member", "West", company.address("dan"))
        self.assertEqual(boss.ask("GET", path).status, 200)
        self.server.ok("teams", "member", "West", company.address("dan"), "--remove")
        self.assertEqual(boss.ask("GET", path).status, 404)


class Limits(unittest.TestCase):
    def test_requests_are_limited_and_say_so(self):
        with harken.Server(env={"HARKEN_LIMITS_USER": "24", "HARKEN_LIMITS_ADDRESS": "120", "HARKEN_LIMITS_LOOPBACK": "true"}) as server:
            made = json.loads(server.ok("users", "add", "ann@northwind.example", "--roles", "rep", "--json"))
            key = json.loads(server.ok("keys", "create", "k", "--user", "ann@northwind.example", "--scopes", "status.read", "--json"))["key"]
            ann = company.Caller(server, "ann", cookie=company.open_link(server, made["link"]["url"]))
            time.sleep(10)  # the address has 20 at once and got some of them back
            replies = [ann.ask("GET", "/v1/status") for _ in range(15)]
            self.assertEqual([r.status for r in replies[:4]], [200] * 4)
            self.assertIn(429, [r.status for r in replies[4:]])
            self.assertRegex(replies[0].headers["ratelimit-policy"], r'^"\w+";q=\d+;w=\d+$')
            self.assertRegex(replies[0].headers["ratelimit"], r'^"\w+";r=\d+;t=\d+$')
            refused = next(r for r in replies if r.status == 429)
            wait = int(refused.headers["retry-after"])
            self.assertGreaterEqual(wait, 1)
            time.sleep(wait)
            self.assertEqual(ann.ask("GET", "/v1/status").status, 200)  # it said the truth
            for i in range(40):  # no other way round: case, a header, another spelling of the path
                ann.ask("GET", "/v1/status" + "?" * (i % 2), headers={"X-Forwarded-For": f"10.0.0.{i}"})
            self.assertEqual(ann.ask("GET", "/v1/status").status, 429)
            self.assertIn(429, [server.http("GET", "/healthz", token=None).status for _ in range(60)])
            self.assertTrue(key)
            self.assertEqual(server.http("GET", "/v1/status", token="own").status in (200, 429), True)


    def test_tokens_of_the_models_cost(self):
        """A unit is a hundred tokens: who used up the limit by one large request waits, whatever the number of requests."""
        with harken.Server(env={"HARKEN_LIMITS_COST": "60"}) as server:  # ten units at once, one a second
            server.ok("users", "add", "ann@northwind.example", "--roles", "rep", "--json")
            ann = company.Caller(server, "ann", key=json.loads(server.ok(
                "keys", "create", "k", "--user", "ann@northwind.example", "--scopes", "models.use,models.read", "--json"))["key"])
            model = ann.json("GET", "/v1/models")["data"][0]["id"]

            def embed(texts):
                return ann.ask("POST", "/v1/embeddings", {"model": model, "input": texts})

            for _ in range(12):  # many small ones are fine
                self.assertEqual(embed("a word").status, 200)
            used = json.loads(embed(["word " * 200] * 20).body)["usage"]["total_tokens"]
            self.assertGreater(used, 2000)
            refused = embed("a word")
            self.assertEqual(refused.status, 429)
            self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
            self.assertEqual(ann.ask("GET", "/v1/models").status, 429)

    def test_answers_cost_what_is_read_for_them(self):
        """A question over a long conversation uses the limit up; over a short one, many do not."""
        with harken.Server(env={"HARKEN_LIMITS_COST": "60"}) as server:
            server.ok("users", "add", "ann@northwind.example", "--roles", "rep", "--json")
            ann = company.Caller(server, "ann", key=json.loads(server.ok(
                "keys", "create", "k", "--user", "ann@northwind.example", "--scopes", "answers.use,status.read", "--json"))["key"])
            op = company.Caller(server, "op", key=server.token())

            def bring(name, text):
                mail = company.mail("ann", "outsider", word=name).decode() + text
                self.assertEqual(op.ask("POST", f"/v1/uploads?source={name}.eml", mail.encode()).status, 200)

            bring("short", "The zebra costs ten euros.\n")
            for _ in range(6):
                self.assertEqual(ann.ask("POST", "/v1/ask", {"question": "What does the zebra cost?"}).status, 200)
            bring("long", "The okapi costs ten euros, as everybody said again and again.\n" * 200)
            self.assertEqual(ann.ask("POST", "/v1/ask", {"question": "What does the okapi cost?"}).status, 200)
            refused = ann.ask("POST", "/v1/ask", {"question": "What does the zebra cost?"})
            self.assertEqual(refused.status, 429)
            self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
            self.assertEqual(ann.ask("GET", "/v1/status").status, 429)
            self.assertEqual(op.ask("POST", "/v1/ask", {"question": "What does the zebra cost?"}).status, 200)  # another one's limit


if __name__ == "__main__":
    unittest.main()
