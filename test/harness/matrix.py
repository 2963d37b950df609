"""The access matrix: every operation x everybody who may ask x whose thing it is, asked of a running server.

What is expected is worked out from descriptions alone: roles.def (who may do what, how far) and the list of operations, which the program
prints from its one table (`harken routes`). An operation about a kind of thing that nothing here knows
how to make, or without a permission, is a failure, so that nobody forgets a new one. Answers are compared by what they mean:

    nobody     401                 no permission for it
    refused    403                 known, but the role has not this permission (or a key may not do this at all)
    missing    404                 the permission does not reach this thing, or there is none
    allowed    anything else       but never a 5xx
"""
import collections
import json
import pathlib
import re
import tempfile
import uuid

import company
import harken

TOP = pathlib.Path(__file__).resolve().parents[2]
PERM = re.compile(r'PERM\(\d+, (\w+), "([a-z.]+)",((?:\s*\w+,){8})')
ROLES = ["rep", "manager", "revops", "admin", "dpo", "auditor", "integration", "provisioner"]

Operation = collections.namedtuple("Operation", "method path need fresh")
Cell = collections.namedtuple("Cell", "operation caller whose want got reply")

# What these three mean depends on more than a reach; they have tests of their own (access_test.py).
SPECIAL = {("GET", "/sign-in"), ("GET", "/sign-in/oidc/{}"), ("GET", "/sign-in/oidc/{}/callback"), ("POST", "/hooks/{}"), ("POST", "/v1/sign-in"), ("POST", "/v1/sign-in/again"), ("POST", "/v1/sign-out"), ("PUT", "/v1/me/password")}


def permissions():
    """{"interactions.read": {"rep": "own", ...}}"""
    text = (TOP / "src/gateway/roles.def").read_text()
    return {name: dict(zip(ROLES, re.findall(r"\w+", columns))) for _, name, columns in PERM.findall(text)}


def operations(server):
    """As the program itself lists them: the same table that its description is made of."""
    return [Operation(r["method"], re.sub(r"\{\w+\}", "{}", r["path"]), r["permission"], r["fresh"]) for r in json.loads(server.ok("routes"))]


class World:
    """A company, and things of everybody in it that operations can be asked about."""

    def __init__(self, server):
        self.server = server
        self.c = company.Company(server)
        self.serial = 0
        self.things = collections.defaultdict(dict)  # noun -> owner -> id
        for name in company.PEOPLE | company.PROGRAMS:
            self.things["interactions"][name] = self.c.talk(name, "outsider", word=f"canary{name}word")
            self.things["users"][name] = self.c.users[name]
        self.things["interactions"]["nobody"] = self.c.talk("outsider", "stranger", word="canarynobodyword")
        self.things["users"]["nobody"] = self.c.user_add("nina", ["rep"])
        self.spare = self.c.user_add("spare", [])  # joins teams and gets deals
        for team, ident in self.c.teams.items():
            self.things["teams"][team] = ident
        self.things["deals"] = self.deals()
        for name, ident in self.things["interactions"].items():
            # somebody who takes part in this one only
            self.things["people"][name] = self.c.sql("SELECT person_id FROM participant p JOIN person q ON q.workspace_id=p.workspace_id AND q.id=p.person_id "
                                                     f"WHERE p.interaction_id='{ident}' ORDER BY (SELECT count(*) FROM participant r WHERE r.person_id=p.person_id) LIMIT 1")

    def deals(self):
        """A deal of everybody, as a CRM would say it: {owner: id}."""
        lines = [{"format": "harken.pipeline/1", "id": "sales", "name": "Sales", "currency": "EUR",
                  "stages": [{"id": "talk", "order": 1, "probability": 0.2}, {"id": "won", "order": 2, "outcome": "won"}, {"id": "lost", "order": 0, "outcome": "lost"}]}]
        for name in self.things["interactions"]:
            history = [{"at": "2026-08-17T09:00:00Z", "field": "stage", "new": "talk"}]
            if name != "nobody":
                history.append({"at": "2026-08-17T09:00:00Z", "field": "owner", "new": company.address(name)})
            lines.append({"format": "harken.deal/1", "id": f"D-{name}", "name": f"Deal of {name}", "pipeline": "sales", "created_at": "2026-08-17", "history": history})
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as crm:
            crm.write("".join(json.dumps(line) + "\n" for line in lines))
            crm.flush()
            self.server.ok("ingest", "--wait", crm.name)
        listed = self.c.op.json("GET", "/v1/deals?limit=200")["deals"]
        return {d["name"].removeprefix("Deal of "): d["id"] for d in listed if d["name"].startswith("Deal of ")}

    def below(self, name):
        """Whose things a manager sees: everybody in the teams below, the manager too."""
        return {"ceo": {"ceo", "boss", "ann", "bob", "eve"}, "boss": {"boss", "ann", "bob"}}.get(name, {name})

    def fresh(self, noun, owner):
        """A thing that may be destroyed."""
        self.serial += 1
        op = self.c.op
        if noun == "interactions":
            return self.c.talk(owner if owner != "nobody" else "outsider", "outsider", word=f"thing{self.serial}word")
        if noun == "users":
            return op.json("POST", "/v1/users", {"email": f"u{self.serial}@northwind.example"})["id"]
        if noun == "teams":
            return op.json("POST", "/v1/teams", {"name": f"Team {self.serial}"})["id"]
        if noun == "keys":
            user = self.c.users[owner] if owner in self.c.users else self.c.users["nina"]
            return op.json("POST", "/v1/keys", {"name": "k", "user": user, "scopes": ["status.read"]})["id"]
        raise KeyError(noun)

    def callers(self):
        yield company.Caller(self.server, "nobody")
        yield self.c.op
        for name in company.PEOPLE:
            yield self.c.sessions[name]
        yield from (self.c.keys[name] for name in company.PEOPLE | company.PROGRAMS)


# Things of the whole workspace: a random one is asked for, and that the question was answered is what counts.
WORKSPACE = {"answers", "break-glass", "jobs", "uploads", "factors", "identity-providers", "ResourceTypes", "Schemas", "accounts", "actions", "audit", "models", "playbooks", "privacy-requests",
             "resumable-uploads", "sources", "trackers", "webhooks", "webhook-deliveries", "hook-sources", "scorecards"}
NOUNS = WORKSPACE | {"Users", "Groups", "people", "interactions", "users", "teams", "deals", "keys", "sessions", "members", "access"}
# A second factor belongs to a user, and the operator is none.
OF_A_USER = {("POST", "/v1/me/totp"), ("POST", "/v1/me/webauthn")}
BODIES = {
    ("POST", "/scim/v2/Users"): lambda w: {"userName": f"scim{w.serial}@northwind.example"},
    ("PUT", "/scim/v2/Users/{}"): lambda w: {"userName": f"scim{w.serial}@northwind.example"},
    ("POST", "/scim/v2/Groups"): lambda w: {"displayName": f"Group {w.serial}"},
    ("PUT", "/scim/v2/Groups/{}"): lambda w: {"displayName": f"Group {w.serial}"},
    ("POST", "/v1/identity-providers"): lambda w: {"name": f"p{w.serial}", "issuer": "https://id.example", "client_id": "x"},
    ("POST", "/v1/users"): lambda w: {"email": f"new{w.serial}@northwind.example"},
    ("PATCH", "/v1/users/{}"): lambda w: {"name": "Another Name"},
    ("POST", "/v1/teams"): lambda w: {"name": f"Made {w.serial}"},
    ("PATCH", "/v1/teams/{}"): lambda w: {},
    ("POST", "/v1/keys"): lambda w: {"name": "k", "scopes": ["status.read"]},
    ("POST", "/v1/search"): lambda w: {"query": "price of the pilot", "limit": 100},
    ("POST", "/v1/ask"): lambda w: {"question": "What was said about the price?"},
    ("PUT", "/v1/interactions/{}/private"): lambda w: {"private": False},
    ("POST", "/v1/deals/{}/warnings"): lambda w: {"warning": "W01", "right": True},
    ("POST", "/v1/interactions/{}/comments"): lambda w: {"text": "Well said."},
    ("POST", "/v1/interactions/{}/scores"): lambda w: {"scorecard": str(uuid.uuid4()), "about": str(uuid.uuid4()), "answers": [3]},
}

QUERIES = {"/v1/deals/{}/explain": "?figure=p"}


def meaning(status):
    return {401: "nobody", 403: "refused", 404: "missing"}.get(status, "broken" if status >= 500 and status != 503 else "allowed")


class Matrix:
    def __init__(self, world, only=None):
        self.w = world
        self.reach = permissions()
        self.ops = [o for o in operations(world.server) if (o.method, o.path) not in SPECIAL]
        self.only = only
        self.cells, self.problems = [], []

    def reach_of(self, caller, op):
        """none, own, team or all, as roles.def says."""
        if caller.name == "operator":
            return "all"
        order = ["no", "own", "team", "all"]
        return max((self.reach[op.need][r] for r in caller.roles), key=order.index, default="no")

    def short(self, caller):
        return caller.name.split(" ")[0]

    def want(self, op, caller, whose, owner):
        """What should happen, from the descriptions alone."""
        if op.need == "public":
            return "allowed"
        if caller.name == "nobody":
            return "nobody"
        by_key = caller.name.endswith("by key")
        if by_key and op.need in company.SCOPES_NEVER:
            return "refused"
        reach = self.reach_of(caller, op)
        if reach == "no":
            return "refused"
        if op.fresh and (by_key or (caller.name == "operator" and (op.method, op.path) in OF_A_USER)):
            return "refused"
        return self.want_known(op, caller, whose, owner, reach)

    def want_known(self, op, caller, whose, owner, reach):
        who = self.short(caller)
        if not whose:
            return "allowed"
        noun = op.path.split("/")[2]
        if whose == "missing":
            return "allowed" if noun in WORKSPACE or op.path == "/scim/v2/{}" else "missing"
        if op.path == "/scim/v2/{}":
            return "allowed"
        if op.path.endswith("/private") and caller.name != "operator":
            return "allowed" if owner == who else "missing"  # only those who took part
        if noun in ("keys", "sessions"):
            others = "keys.write" if noun == "keys" else "users.write"
            any_ = caller.name == "operator" or any(self.reach[others][r] == "all" for r in caller.roles)
            if noun == "sessions" and caller.name.endswith("by key"):
                return "refused"
            return "allowed" if any_ or owner == who else "missing"
        if noun in WORKSPACE | {"teams", "v2"} or reach == "all":
            return "allowed"
        return "allowed" if owner in (self.w.below(who) if reach == "team" else {who}) else "missing"

    def owners(self, caller):
        """Whose things to ask about: one's own, a report's, a stranger's."""
        who = self.short(caller)
        return list(dict.fromkeys([who if who in self.w.c.users else "dan", "ann", "eve", "nobody"]))

    def target(self, op, owner, want):
        """The path with ids in it, of something of `owner`; what is destroyed is made for it."""
        nouns = [(a, b) for a, b in zip(op.path.split("/"), op.path.split("/")[1:]) if b == "{}"]
        ids = []
        for at, (noun, _) in enumerate(nouns):
            if noun not in NOUNS:
                raise KeyError(noun)
            ids.append(self.thing(op, noun, owner, want, last=at == len(nouns) - 1))
        if op.method == "DELETE" and nouns[-1][0] in ("members", "access") and want == "allowed":
            at = op.path
            for ident in ids:
                at = at.replace("{}", ident, 1)
            self.w.c.op.json("PUT", at, {})
        path = op.path
        for ident in ids:
            path = path.replace("{}", ident, 1)
        return path

    def thing(self, op, noun, owner, want, last):
        if noun in ("members", "access"):
            return self.w.spare
        if noun == "sessions":
            user = self.w.c.users.get(owner, self.w.c.users["nina"])
            self.w.c.sql("INSERT INTO token (workspace_id, id, token_hash, scopes, created_at, kind, user_id, name_sealed) SELECT workspace_id, "
                         f"'{(ident := str(uuid.uuid4()))}', sha256('{ident}'), 0, 0, 2, '{user}', NULL FROM app_user WHERE id='{user}'")
            return ident
        if noun == "keys":
            return self.w.fresh("keys", owner)
        if noun in WORKSPACE:
            return str(uuid.uuid4())
        if noun in ("Users", "Groups"):
            return self.w.fresh("users" if noun == "Users" else "teams", owner)
        if op.method == "DELETE" and last and want == "allowed":
            return self.w.fresh(noun, owner)
        if noun == "users" and op.path.endswith("/link"):
            return self.w.fresh("users", owner) if want == "allowed" else self.w.things["users"][owner]
        if noun == "teams":
            return self.w.c.teams["East"]
        return self.w.things[noun][owner]

    def ask(self, op, caller, whose, owner):
        want = self.want(op, caller, whose, owner)
        noun = op.path.split("/")[2] if op.path.count("/") > 1 else ""
        if whose == "missing" or op.need == "public" or op.path == "/scim/v2/{}":
            path = op.path.replace("{}", str(uuid.uuid4()))
        else:
            path = self.target(op, owner, want)
        self.w.serial += 1
        path += QUERIES.get(op.path, "")
        body = BODIES.get((op.method, op.path), lambda w: {})(self.w) if op.method in ("POST", "PUT", "PATCH") else None
        reply = caller.ask(op.method, path, body, head_only=op.need == "events.read")  # that one goes on and on
        got = meaning(reply.status)
        if (op.need == "public" or noun in WORKSPACE | {"v2", "me", "scim"}) and want == "allowed" and got == "missing":
            got = "allowed"  # there is no such thing here: that the question was answered is what counts
        self.cells.append(Cell(f"{op.method} {op.path}", caller.name, f"{whose} {owner}".strip(), want, got, reply))
        if got != want:
            self.problems.append(f"{op.method} {op.path} by {caller.name} ({whose or 'no thing'} of {owner or '-'}): {got} {reply.status}, not {want}")
        self.words(op, caller, reply)

    def words(self, op, caller, reply):
        """No answer holds a word of a conversation that the caller may not see."""
        if caller.name == "operator":
            return
        who = self.short(caller)
        reach = self.reach_of(caller, op) if op.need in self.reach and caller.name != "nobody" else "no"
        sees = {"no": set(), "own": {who}, "team": self.w.below(who), "all": set(self.w.things["interactions"])}[reach]
        for word in set(re.findall(rb"canary(\w+?)word", reply.body)) - {n.encode() for n in sees}:
            self.problems.append(f"{op.method} {op.path} by {caller.name} shows a word of {word.decode()}")

    def alike(self, op, caller, owner):
        """What is foreign answers like what is not there."""
        replies = [caller.ask(op.method, p, {} if op.method != "GET" else None) for p in (self.target(op, owner, "missing"), op.path.replace("{}", str(uuid.uuid4())))]
        said = [json.loads(r.body) if r.body else {} for r in replies]
        for s in said:
            s.pop("instance", None)
        if (replies[0].status, said[0]) != (replies[1].status, said[1]):
            self.problems.append(f"{op.method} {op.path} by {caller.name}: foreign {replies[0].status} {said[0]}, missing {replies[1].status} {said[1]}")

    def run(self, alike=True):
        for op in self.ops:
            if self.only and not self.only(op):
                continue
            if op.need is None or (op.need != "public" and op.need not in self.reach):
                self.problems.append(f"{op.method} {op.path} names no permission of roles.def")
                continue
            try:
                self.run_one(op, alike)
            except KeyError as unknown:
                self.problems.append(f"{op.method} {op.path}: the matrix does not know how to make one of {unknown}")
        return self

    def run_one(self, op, alike):
        for caller in self.w.callers():
            if "{}" not in op.path or op.need == "public":
                self.ask(op, caller, "", "")
                continue
            for owner in self.owners(caller):
                self.ask(op, caller, "thing", owner)
            self.ask(op, caller, "missing", "")
        if alike and "{}" in op.path and op.method == "GET" and op.path.split("/")[2] in ("interactions", "users", "deals"):
            for name in ("ann", "boss"):
                if self.reach_of(self.w.c.sessions[name], op) in ("own", "team"):
                    self.alike(op, self.w.c.sessions[name], "nobody")


def locks(server, world_of=None):
    """The whole matrix on one server: (cells, problems)."""
    world = (world_of or World)(server)
    m = Matrix(world).run()
    return m.cells, m.problems
