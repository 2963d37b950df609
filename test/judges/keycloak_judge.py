"""Signing in at a real Keycloak: a realm with one client and two people, the login page filled in as a browser would."""
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.parse

import company
import harken
import oidc_judge

SECRET = "a client secret for the judge"
PASSWORD = "a password for the judge"


def realm(redirect):
    def person(name):
        return {"username": name, "enabled": True, "email": f"{name}@northwind.example", "emailVerified": True, "firstName": name.title(), "lastName": "Seller",
                "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}]}

    return {"realm": "harken", "enabled": True, "sslRequired": "none", "users": [person("alice"), person("carol")],
            "clients": [{"clientId": "harken", "enabled": True, "protocol": "openid-connect", "publicClient": False, "secret": SECRET, "standardFlowEnabled": True,
                         "directAccessGrantsEnabled": False, "redirectUris": [redirect], "attributes": {"pkce.code.challenge.method": "S256"}}]}


class Keycloak:
    def __init__(self, dist, redirect):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="harken-keycloak-"))
        self.home = self.folder / "kc"
        shutil.copytree(dist, self.home, symlinks=True)
        (self.home / "data/import").mkdir(parents=True)
        (self.home / "data/import/harken.json").write_text(json.dumps(realm(redirect)))
        self.port = oidc_judge.free_ports(2)
        self.issuer = f"http://127.0.0.1:{self.port}/realms/harken"
        self.log = open(self.folder / "log", "wb")
        self.child = subprocess.Popen([str(self.home / "bin/kc.sh"), "start-dev", "--http-host=127.0.0.1", f"--http-port={self.port}", "--import-realm"],
                                      stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
                                      env=os.environ | {"JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m"})

    def __enter__(self):
        try:
            harken.wait_for("Keycloak", self.up, 240, 1)
        except BaseException:
            print((self.folder / "log").read_text(errors="replace")[-3000:])
            self.__exit__()
            raise
        return self

    def up(self):
        if self.child.poll() is not None:
            raise harken.Failure("Keycloak ended")
        try:
            return oidc_judge.Browser().ask("GET", f"{self.issuer}/.well-known/openid-configuration")[0] == 200
        except OSError:
            return False

    def __exit__(self, *_):
        os.killpg(self.child.pid, 15)
        self.child.wait(60)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class FormBrowser(oidc_judge.Browser):
    def post(self, url, **fields):
        """Sends a form and follows where it leads."""
        import http.client
        u = urllib.parse.urlsplit(url)
        jar = self.jars.setdefault(u.netloc, {})
        connection = http.client.HTTPConnection(u.hostname, u.port, timeout=60)
        connection.request("POST", f"{u.path}?{u.query}", body=urllib.parse.urlencode(fields),
                           headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())})
        reply = connection.getresponse()
        where, data = reply.getheader("location"), reply.read()
        connection.close()
        return self.follow(urllib.parse.urljoin(url, where)) if where else (reply.status, url, data)


def sign_in(server, name, password):
    browser = FormBrowser()
    _, url, page = browser.follow(f"{server.address()}/sign-in/oidc/kc")
    form = re.search(rb'<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"', page) or re.search(rb'action="([^"]+)"', page)
    if not form:
        raise harken.Failure(f"no login page at {url}: {page[:300]}")
    browser.post(urllib.parse.urljoin(url, html.unescape(form[1].decode())), username=name, password=password, credentialId="")
    return oidc_judge.me(server, browser)


def run(dist):
    """Problems."""
    found = []
    with harken.Server() as server, Keycloak(dist, f"{server.address()}/sign-in/oidc/kc/callback") as kc:
        op = company.operator(server)
        op.json("POST", "/v1/identity-providers", {"name": "kc", "issuer": kc.issuer, "client_id": "harken", "client_secret": SECRET, "create": True, "roles": ["rep"]})
        first = sign_in(server, "alice", PASSWORD)
        if not first or first["email"] != "alice@northwind.example" or first["name"] != "Alice Seller":
            found.append(f"alice comes in as {first}")
        again = sign_in(server, "alice", PASSWORD)
        if not first or not again or again["id"] != first["id"]:
            found.append("alice is another user the second time")
        other = sign_in(server, "carol", PASSWORD)
        if not other or (first and other["id"] == first["id"]):
            found.append(f"carol comes in as {other}")
        if sign_in(server, "alice", "not the password"):
            found.append("a wrong password came in")
        if first:
            server.ok("users", "disable", first["email"])
            if sign_in(server, "alice", PASSWORD):
                found.append("a disabled user came in")
    return found
