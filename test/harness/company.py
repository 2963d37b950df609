"""A small company on a running server: users with roles in a tree of teams, and conversations between them.

    west: boss manages; ann and bob belong to it        all: ceo manages west and east
    east: eve                                           dan is in no team
One more user for every role that is no seller's. Everybody has a session and a key with every scope.
"""
import email.message
import json
import subprocess
import urllib.parse

import harken

SCOPES_NEVER = {"self", "operator"}
PEOPLE = {"ceo": ["manager"], "boss": ["manager"], "ann": ["rep"], "bob": ["rep"], "eve": ["rep"], "dan": ["rep"], "rita": ["revops"],
          "adam": ["admin"], "dora": ["dpo"], "ada": ["auditor"]}
PROGRAMS = {"sync": ["integration"], "idp": ["provisioner"]}
TEAMS = {"All": (None, {"ceo": True}), "West": ("All", {"boss": True, "ann": False, "bob": False}), "East": ("All", {"eve": False})}


def address(name):
    return f"{name}@northwind.example"


def mail(sender, *to, word, subject="Note"):
    """One mail as bytes; `word` stands in it and nowhere else."""
    m = email.message.EmailMessage()
    m["From"], m["To"] = f"{sender.title()} Person <{address(sender)}>", ", ".join(address(t) for t in to)
    m["Subject"], m["Date"], m["Message-ID"] = f"{subject} {word}", "Tue, 10 Mar 2026 10:00:00 +0000", f"<{word}@northwind.example>"
    m.set_content(f"Good morning. The word of this mail is {word}. We talk about the price of the pilot next week.\n"
                  f"I will send you the {word} offer on Friday.\n")
    return m.as_bytes()


class Caller:
    """Somebody who asks: by session cookie, by key, as the operator, or nobody."""

    def __init__(self, server, name, cookie=None, key=None, user=None, roles=()):
        self.server, self.name, self.cookie, self.key, self.user, self.roles = server, name, cookie, key, user, list(roles)

    def ask(self, method, path, body=None, headers=None, head_only=False):
        headers = dict(headers or {})
        if self.cookie:
            headers |= {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        return self.server.http(method, path, body=body, headers=headers, token=self.key, head_only=head_only)

    def json(self, method, path, body=None, want=range(200, 300)):
        reply = self.ask(method, path, body)
        if reply.status not in want:
            raise harken.Failure(f"{self.name}: {method} {path}: {reply.status} {reply.body[:300]}")
        return json.loads(reply.body) if reply.body else None


def operator(server):
    return Caller(server, "operator", key=server.token())


def cookies_of(reply):
    """`Cookie:` value of what a reply sets."""
    return "; ".join(v.split(";")[0] for v in reply.headers.all("set-cookie"))


def open_link(server, url):
    """Spends a sign-in link and returns its session's cookie."""
    where = urllib.parse.urlsplit(url)
    reply = server.http("GET", f"{where.path}?{where.query}", token=None)
    if reply.status != 303:
        raise harken.Failure(f"the link does not work: {reply.status} {reply.body[:200]}")
    return cookies_of(reply)


def all_scopes(op):
    return sorted(set(op.json("GET", "/v1/me")["permissions"]) - SCOPES_NEVER)


class Company:
    def __init__(self, server):
        self.server, self.op, self.psql = server, operator(server), None
        self.scopes = all_scopes(self.op)
        self.users, self.sessions, self.keys, self.teams = {}, {}, {}, {}
        for name, roles in (PEOPLE | PROGRAMS).items():
            self.user_add(name, roles, service=name in PROGRAMS)
        for name, (above, members) in TEAMS.items():
            made = self.op.json("POST", "/v1/teams", {"name": name} | ({"parent": self.teams[above]} if above else {}))
            self.teams[name] = made["id"]
            for member, manager in members.items():
                self.op.json("PUT", f"/v1/teams/{made['id']}/members/{self.users[member]}", {"manager": manager})
        for name in PEOPLE:
            self.sessions[name] = self.session(name)

    def user_add(self, name, roles, service=False):
        made = self.op.json("POST", "/v1/users", {"email": address(name), "name": name.title(), "roles": roles, "service": service})
        self.users[name] = made["id"]
        key = self.op.json("POST", "/v1/keys", {"name": "all", "user": made["id"], "scopes": self.scopes})
        self.keys[name] = Caller(self.server, f"{name} by key", key=key["key"], user=made["id"], roles=roles)
        return made["id"]

    def session(self, name):
        """A fresh session of a user, opened by a link."""
        url = self.op.json("POST", f"/v1/users/{self.users[name]}/link", {})["url"]
        return Caller(self.server, f"{name} by session", cookie=open_link(self.server, url), user=self.users[name], roles=PEOPLE[name])

    def talk(self, sender, *to, word):
        """Brings a mail in and returns its conversation's id."""
        source = urllib.parse.quote(f"{word}.eml")
        reply = self.op.ask("POST", f"/v1/uploads?source={source}", mail(sender, *to, word=word))
        said = json.loads(reply.body)
        if reply.status not in (200, 202) or len(said["interactions"]) != 1:
            raise harken.Failure(f"upload of {word}: {reply.status} {said}")
        return said["interactions"][0]

    def sql(self, text):
        """As the superuser of the server's own cluster; what the first row's first column says."""
        if self.psql is None or self.psql.poll() is not None:
            self.psql = subprocess.Popen(psql(self.server), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
        self.psql.stdin.write(f"{text}\n;\n\\echo {SAID}\n")
        self.psql.stdin.flush()
        said = []
        for line in self.psql.stdout:
            if line == SAID + "\n":
                return "".join(said).strip()
            said.append(line)
        self.psql = None
        raise harken.Failure(f"psql: {''.join(said)}")


SAID = "--said--"  # behind what a statement gives


def psql(server):
    return ["psql", "-h", str(server.home / "pg" / "sock"), "-U", "harken_root", "-d", "harken", "-qAtX", "-v", "ON_ERROR_STOP=1"]


def sql(server, text):
    """As Company.sql, by a psql of its own."""
    done = subprocess.run([*psql(server), "-c", text], capture_output=True, text=True, timeout=60, cwd="/")
    if done.returncode:
        raise harken.Failure(f"psql: {done.stderr}")
    return done.stdout.strip()
