"""The access matrix: every operation x everybody who may ask x whose thing it is, asked of a running server.

What is expected is worked out from descriptions alone: roles.def (who may do what, how far) and the list of operations, which the program
prints from its one table (`harken routes`). An operation about a kind of thing that nothing here knows
how to make, or without a permission, is a failure, so that nobody forgets a new one. Answers are compared by what they mean:

    nobody     401                 no permission for it
    refused    403                 known, but the role has not this permission (or a key may not do this at all)
    missing    404                 the permission does not reach this thing, or there is none
    allowed    a success of the operation's description, or the one answer that ANSWERS names with its reason

Things are real: each kind is made here, of everybody it may belong to, so that "missing" never hides that nothing was there.
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

SETTINGS = ["--set=egress.allow=127.0.0.1/32"]  # webhooks may go to this machine, where nobody listens

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
        server.kept = harken.Wire()
        self.c = company.Company(server)
        self.serial, self.kept, self.asks = 0, {}, None
        self.reach = permissions()
        self.model = self.c.op.json("GET", "/v1/models")["data"][0]["id"]
        self.things = collections.defaultdict(dict)  # noun -> owner -> id
        for name in company.PEOPLE | company.PROGRAMS:
            self.things["interactions"][name] = self.c.talk(name, "outsider", word=f"canary{name}word")
            self.things["users"][name] = self.c.users[name]
        self.things["interactions"]["nobody"] = self.c.talk("outsider", "stranger", word="canarynobodyword")
        self.things["users"]["nobody"] = self.c.user_add("nina", ["rep"])
        self.c.op.json("POST", "/v1/accounts", {"name": "Northwind"})
        self.spare = self.c.user_add("spare", [])  # joins teams and gets deals
        for team, ident in self.c.teams.items():
            self.things["teams"][team] = ident
        self.things["deals"] = self.deals()
        for name, ident in self.things["interactions"].items():
            # somebody who takes part in this one only
            self.things["people"][name] = self.c.sql("SELECT person_id FROM participant p JOIN person q ON q.workspace_id=p.workspace_id AND q.id=p.person_id "
                                                     f"WHERE p.interaction_id='{ident}' ORDER BY (SELECT count(*) FROM participant r WHERE r.person_id=p.person_id) LIMIT 1")
        for name, ident in self.things["interactions"].items():
            self.things["findings"][name] = harken.wait_for("a finding", lambda: self.c.op.json("GET", f"/v1/findings?kind=commitment&interaction={ident}")["findings"], 60)[0]["id"]

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

    def dead_job(self):
        ident = str(uuid.uuid4())
        self.c.sql("INSERT INTO job_dead (workspace_id, id, queue, object_id, arg, priority, failures, code, died_at) "
                   f"SELECT id, '{ident}', 'parse', gen_random_uuid(), 0, 0, 9, 1, 1 FROM workspace")
        return ident

    def factor(self):
        """A second factor of who asks."""
        ident = str(uuid.uuid4())
        if self.asks.user:
            self.c.sql("INSERT INTO second_factor (workspace_id, id, user_id, kind, confirmed, created_at, sealed) "
                       f"SELECT id, '{ident}', '{self.asks.user}', 3, true, 0, '' FROM workspace")
        return ident

    def glass(self, about, granted=False):
        made = self.c.sessions["adam"].json("POST", "/v1/break-glass", {"reason": REASON, "interactions": [self.things["interactions"][about]]})["id"]
        if granted:
            self.c.sessions["dora"].json("POST", f"/v1/break-glass/{made}/approve", {})
        return made

    def resumable(self, owner):
        caller = self.c.sessions.get(owner) or self.c.keys.get(owner)
        if caller is None or not any(self.reach["interactions.write"][r] != "no" for r in caller.roles):
            caller = self.c.op
        return caller.json("POST", "/v1/resumable-uploads", {"size_bytes": 4, "source": "part.txt"})["id"]

    def answer(self, owner):
        caller = self.c.op if owner == "operator" else self.c.sessions.get(owner) or self.c.keys.get(owner) or self.c.keys["nina"]
        if not any(self.reach["answers.use"][r] != "no" for r in caller.roles) and owner != "operator":
            caller = self.c.keys["nina"]
        before = {a["id"] for a in caller.json("GET", "/v1/answers?limit=200")["answers"]}
        caller.json("POST", "/v1/ask", {"question": "What was said about the price?"})
        return next(a["id"] for a in caller.json("GET", "/v1/answers?limit=200")["answers"] if a["id"] not in before)

    def created(self, noun):
        return self.c.op.json("POST", f"/v1/{noun}", BODIES["POST", f"/v1/{noun}"](self))["id"]

    def card(self):
        if not hasattr(self, "a_card"):
            self.a_card = self.created("scorecards")
        return self.a_card

    def make(self, noun, owner, op, granted=False):
        """A new thing of a kind that has no owner, or of somebody."""
        self.serial += 1
        if noun in ("Users", "Groups"):
            return self.fresh("users" if noun == "Users" else "teams", owner)
        special = {"jobs": self.dead_job, "factors": self.factor, "answers": lambda: self.answer(owner), "resumable-uploads": lambda: self.resumable(owner),
                   "break-glass": lambda: self.glass(owner if owner in self.things["interactions"] else "nobody", granted),
                   "audit": lambda: harken.wait_for("a numbered record", lambda: self.c.op.json("GET", "/v1/audit?limit=1")["records"], 30)[0]["id"],
                   "uploads": lambda: json.loads(self.c.op.ask("POST", "/v1/uploads?source=u.eml", company.mail("outsider", "stranger", word=f"up{self.serial}word")).body)["id"],
                   "webhook-deliveries": self.delivery, "actions": lambda: self.action(owner)}
        fixed = {"settings": "log.level", "models": self.model, "ResourceTypes": "User", "Schemas": "urn:ietf:params:scim:schemas:core:2.0:User", "v2": "ServiceProviderConfig"}
        return fixed[noun] if noun in fixed else special[noun]() if noun in special else self.created(noun)

    def delivery(self):
        """Of a new conversation, to an endpoint where nobody listens."""
        if not self.c.op.json("GET", "/v1/webhooks?limit=1")["webhooks"]:
            self.created("webhooks")
        self.c.talk("outsider", "stranger", word=f"told{self.serial}word")
        return harken.wait_for("a delivery", lambda: self.c.op.json("GET", "/v1/webhook-deliveries?limit=1")["webhook_deliveries"], 60)[0]["id"]

    def action(self, owner):
        """A proposal about the deal of somebody, as the deal stage writes it."""
        ident = str(uuid.uuid4())
        self.c.sql("INSERT INTO action (workspace_id, id, decision_id, deal_id, kind, position, propensity, score, made_at) "
                   f"SELECT workspace_id, '{ident}', (SELECT d.id FROM decision d WHERE d.workspace_id=deal.workspace_id LIMIT 1), id, 1, 0, 1, 1, 1 FROM deal WHERE id='{self.things['deals'][owner]}'")
        return ident

    def made(self, noun, owner, op, used_up):
        """A thing that is there; a new one where the request may use it up."""
        if noun == "break-glass" and used_up and op.method == "POST":
            return self.make(noun, "nobody", op, granted=op.path.endswith("/end"))
        if noun == "factors" and not used_up:
            return str(uuid.uuid4())
        if noun == "factors" or (used_up and (op.method in ("DELETE", "PUT") or op.path.endswith(("/retry", "/complete", "/response")))):
            ident = self.make(noun, owner, op)
            if op.path.endswith("/complete"):
                self.c.op.ask("PUT", f"/v1/resumable-uploads/{ident}/part?offset=0", b"word")
            return ident
        key = (noun, owner, op.path.endswith("/interactions"))
        if key not in self.kept:
            self.kept[key] = self.make(noun, owner, op, granted=key[2])
        return self.kept[key]

    def callers(self):
        yield company.Caller(self.server, "nobody")
        yield self.c.op
        for name in company.PEOPLE:
            yield self.c.sessions[name]
        yield from (self.c.keys[name] for name in company.PEOPLE | company.PROGRAMS)


# Things that belong to nobody: whoever has the permission gets to all of them.
WORKSPACE = {"jobs", "uploads", "factors", "identity-providers", "ResourceTypes", "Schemas", "v2", "accounts", "audit", "models", "playbooks",
             "privacy-requests", "sources", "trackers", "webhooks", "webhook-deliveries", "hook-sources", "settings", "Users", "Groups", "scorecards"}
NOUNS = WORKSPACE | {"people", "interactions", "users", "teams", "deals", "findings", "keys", "sessions", "members", "access", "answers", "actions", "resumable-uploads",
                     "break-glass"}
# A second factor belongs to a user, and the operator is none.
OF_A_USER = {("POST", "/v1/me/totp"), ("POST", "/v1/me/webauthn")}
HOOK = "http://127.0.0.1:9/nobody-listens"
REASON = "The matrix asks for what it asks for."


def patch_scim(world):
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "displayName", "value": f"Called {world.serial}"}]}


BODIES = {
    ("POST", "/scim/v2/Users"): lambda w: {"userName": f"scim{w.serial}@northwind.example"},
    ("PUT", "/scim/v2/Users/{}"): lambda w: {"userName": f"scim{w.serial}@northwind.example"},
    ("POST", "/scim/v2/Groups"): lambda w: {"displayName": f"Group {w.serial}"},
    ("PUT", "/scim/v2/Groups/{}"): lambda w: {"displayName": f"Group {w.serial}"},
    ("PATCH", "/scim/v2/Users/{}"): patch_scim,
    ("PATCH", "/scim/v2/Groups/{}"): patch_scim,
    ("POST", "/v1/identity-providers"): lambda w: {"name": f"p{w.serial}", "issuer": "https://id.example", "client_id": "x"},
    ("POST", "/v1/users"): lambda w: {"email": f"new{w.serial}@northwind.example"},
    ("PATCH", "/v1/users/{}"): lambda w: {"name": "Another Name"},
    ("POST", "/v1/teams"): lambda w: {"name": f"Made {w.serial}"},
    ("POST", "/v1/keys"): lambda w: {"name": "k", "scopes": ["status.read"]},
    ("POST", "/v1/search"): lambda w: {"query": "price of the pilot", "limit": 100},
    ("POST", "/v1/ask"): lambda w: {"question": "What was said about the price?"},
    ("POST", "/v1/deals"): lambda w: {"name": f"Made deal {w.serial}", "pipeline": "Sales"},
    ("PATCH", "/v1/deals/{}"): lambda w: {"amount": f"{w.serial}.00"},
    ("PATCH", "/v1/people/{}"): lambda w: {"side": "unknown"},
    ("POST", "/v1/people/{}/merge"): lambda w: {"into": w.things["people"]["nobody"]},
    ("PATCH", "/v1/findings/{}"): lambda w: {"state": "confirmed"},
    ("PUT", "/v1/interactions/{}/private"): lambda w: {"private": False},
    ("PUT", "/v1/warnings/settings"): lambda w: {"pipeline": w.c.sql("SELECT id FROM pipeline LIMIT 1"), "warning": "W01", "enabled": True},
    ("POST", "/v1/deals/{}/warnings"): lambda w: {"warning": "W01", "right": True},
    ("POST", "/v1/interactions/{}/comments"): lambda w: {"text": "Well said."},
    ("POST", "/v1/interactions/{}/scores"): lambda w: {"scorecard": w.card(), "about": str(uuid.uuid4()), "answers": [3]},
    ("POST", "/v1/accounts"): lambda w: {"name": f"Account {w.serial}"},
    ("POST", "/v1/scorecards"): lambda w: {"name": f"Scorecard {w.serial}", "questions": ["Was the next step agreed?"]},
    ("POST", "/v1/playbooks"): lambda w: {"name": f"Playbook {w.serial}"},
    ("POST", "/v1/privacy-requests"): lambda w: {"kind": "access", "person": w.things["people"]["nobody"]},
    ("POST", "/v1/sources"): lambda w: {"name": f"Source {w.serial}", "kind": "gmail"},
    ("POST", "/v1/trackers"): lambda w: {"name": f"Tracker {w.serial}", "kind": "words", "phrases": ["xyzzy"]},
    ("POST", "/v1/trackers/{}/try"): lambda w: {"text": "Could you say xyzzy?"},
    ("POST", "/v1/trackers/{}/feedback"): lambda w: {"interaction": w.things["interactions"].get(w.asks.name.split(" ")[0], w.things["interactions"]["nobody"]), "turn": 0, "start": 0, "end": 4, "right": True},
    ("POST", "/v1/webhooks"): lambda w: {"url": HOOK, "types": ["interaction."]},
    ("POST", "/v1/hook-sources"): lambda w: {"name": f"sender-{w.serial}"},
    ("POST", "/v1/resumable-uploads"): lambda w: {"size_bytes": 4, "source": f"part{w.serial}.txt"},
    ("PUT", "/v1/resumable-uploads/{}/part"): lambda w: b"word",
    ("POST", "/v1/uploads"): lambda w: company.mail("outsider", "stranger", word=f"sent{w.serial}word"),
    ("POST", "/v1/break-glass"): lambda w: {"reason": REASON, "interactions": [w.things["interactions"]["nobody"]]},
    ("PATCH", "/v1/settings/{}"): lambda w: {"value": "info"},
    ("POST", "/v1/actions/{}/response"): lambda w: {"response": "accepted"},
    ("POST", "/v1/chat/completions"): lambda w: {"model": w.model, "messages": [{"role": "user", "content": "Hello"}]},
    ("POST", "/v1/embeddings"): lambda w: {"model": w.model, "input": "a word"},
    ("POST", "/graphql"): lambda w: {"query": "{ __typename }"},
    ("POST", "/mcp"): lambda w: {"jsonrpc": "2.0", "id": 1, "method": "ping"},
    ("POST", "/scim/v2/.search"): lambda w: SEARCH_SCIM,
    ("POST", "/scim/v2/Users/.search"): lambda w: SEARCH_SCIM,
    ("POST", "/scim/v2/Groups/.search"): lambda w: SEARCH_SCIM,
}
SEARCH_SCIM = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1}
QUERIES = {"/v1/deals/{}/explain": "?figure=p", "/v1/analytics/explain": "?figure=win_rate", "/v1/analytics/coaching/explain": "?figure=talk_ratio",
           "/v1/resumable-uploads/{}/part": "?offset=0", "/graphql": "?query=%7B__typename%7D",
           "/v1/uploads": "?source=sent.eml", "/v1/briefs": "?account=Northwind"}
# Where an allowed request is not answered with a success, the one answer it has, and why.
ANSWERS = {
    ("POST", "/v1/interactions/{}/scores"): (422, "about somebody who takes no part in it"),
    ("POST", "/v1/people/{}/merge"): (409, "a user, or the same person"),
    ("POST", "/v1/people/{}/unmerge"): (409, "nobody was merged"),
    ("POST", "/v1/break-glass"): (409, "who has the machine reads everything anyway, audited", {"operator"}),
    ("POST", "/v1/break-glass/{}/approve"): (409, "only a user can agree", {"operator"}),
    ("POST", "/v1/chat/completions"): (503, "there is no language model here"),
    ("POST", "/v1/keys"): (409, "the operator is no user", {"operator"}),
    ("GET", "/v1/privacy-requests/{}/erasure"): (409, "the request asks for access"),
    ("POST", "/v1/privacy-requests/{}/approval"): (409, "the request asks for access"),
    ("POST", "/v1/me/totp/confirm"): (400, "without a code"),
    ("POST", "/v1/me/webauthn/confirm"): (400, "without an answer of the authenticator"),
}


def successes(server):
    """{(method, path): statuses} that an operation's description calls a success."""
    described = json.loads(server.ok("describe", "openapi"))["paths"]
    return {(method.upper(), re.sub(r"\{\w+\}", "{}", path)): {int(status) for status in op["responses"] if status[0] in "23"}
            for path, ops in described.items() for method, op in ops.items() if "responses" in op}


class Matrix:
    def __init__(self, world, only=None):
        self.w = world
        self.reach = permissions()
        self.ops = [o for o in operations(world.server) if (o.method, o.path) not in SPECIAL]
        self.success = successes(world.server)
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
        noun = self.noun(op)
        if whose == "missing":
            return "missing"
        if noun == "factors":
            return "missing" if caller.name == "operator" else "allowed"
        if noun == "answers":  # one's own only, whoever one is
            return "allowed" if owner == who else "missing"
        if op.path.startswith("/v1/break-glass/{}/"):
            return self.want_glass(op, caller)
        if op.path.endswith("/private") and caller.name != "operator":
            return "allowed" if owner == who else "missing"  # only those who took part
        if noun in ("keys", "sessions"):
            others = "keys.write" if noun == "keys" else "users.write"
            any_ = caller.name == "operator" or any(self.reach[others][r] == "all" for r in caller.roles)
            if noun == "sessions" and caller.name.endswith("by key"):
                return "refused"
            return "allowed" if any_ or owner == who else "missing"
        if noun in WORKSPACE | {"teams"} or reach == "all":
            return "allowed"
        return "allowed" if owner in (self.w.below(who) if reach == "team" else {who}) else "missing"

    def noun(self, op):
        """What kind of thing an operation is about: the word before its first id."""
        return next((a for a, b in zip(op.path.split("/"), op.path.split("/")[1:]) if b == "{}"), "")

    def want_glass(self, op, caller):
        """Asked by adam: he reads what dora opened and decides nothing; she decides; the operator shuts and refuses."""
        who, verb = self.short(caller), op.path.rsplit("/", 1)[1]
        if verb == "interactions":
            return "allowed" if who == "adam" else "missing"
        return "refused" if who == "adam" and verb in ("approve", "refuse") else "allowed"

    def owners(self, op, caller):
        """Whose things to ask about: one's own, a report's, a stranger's."""
        who = self.short(caller)
        if self.noun(op) in WORKSPACE:
            return ["everybody"]
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
            if op.method == "DELETE" and want == "allowed":
                return self.w.fresh("keys", owner)
            if (noun, owner) not in self.w.kept:
                self.w.kept[noun, owner] = self.w.fresh("keys", owner)
            return self.w.kept[noun, owner]
        if noun in WORKSPACE or noun in ("answers", "actions", "resumable-uploads", "break-glass"):
            return self.w.made(noun, owner, op, want == "allowed" and last)
        if op.method == "DELETE" and last and want == "allowed":
            return self.w.fresh(noun, owner)
        if noun == "users" and op.path.endswith("/link"):
            return self.w.fresh("users", owner) if want == "allowed" else self.w.things["users"][owner]
        if noun == "teams":
            return self.w.c.teams["East"]
        return self.w.things[noun][owner]

    def meaning(self, op, caller, status):
        exact = ANSWERS.get((op.method, op.path))
        if exact and status == exact[0] and (len(exact) < 3 or caller.name in exact[2]):
            return "allowed"
        if status in self.success[op.method, op.path]:
            return "allowed"
        return {401: "nobody", 403: "refused", 404: "missing"}.get(status, "neither")

    def ask(self, op, caller, whose, owner):
        want = self.want(op, caller, whose, owner)
        self.w.asks = caller
        if whose == "missing" or op.need == "public":
            path = op.path.replace("{}", str(uuid.uuid4()))
        else:
            path = self.target(op, owner, want)
        self.w.serial += 1
        if op.method != "POST" or op.path != "/graphql":
            path += QUERIES.get(op.path, "")
        body = BODIES.get((op.method, op.path), lambda w: {})(self.w) if op.method in ("POST", "PUT", "PATCH") else None
        headers = {"If-Match": "*"} if op.method in ("PATCH", "DELETE") else {}
        if op.path == "/mcp":
            headers |= {"Accept": "application/json, text/event-stream"}
        reply = caller.ask(op.method, path, body, headers=headers, head_only=op.need == "events.read")  # that one goes on and on
        got = self.meaning(op, caller, reply.status)
        if op.need == "public" and got in ("missing", "neither") and reply.status < 500:
            got = "allowed"  # nobody has to be known: what it says to a made-up name or an empty body is told elsewhere
        self.cells.append(Cell(f"{op.method} {op.path}", caller.name, f"{whose} {owner}".strip(), want, got, reply))
        if got != want:
            self.problems.append(f"{op.method} {op.path} by {caller.name} ({whose or 'no thing'} of {owner or '-'}): {got} {reply.status}, not {want}; {reply.body[:120]}")
        self.words(op, caller, reply)

    def words(self, op, caller, reply):
        """No answer holds a word of a conversation that the caller may not see."""
        if caller.name == "operator" or op.path == "/v1/break-glass/{}/interactions":  # what was opened is to be read
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
            if (op.method, op.path) not in self.success:
                self.problems.append(f"{op.method} {op.path} is not described: nothing is expected of it")
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
            for owner in self.owners(op, caller):
                self.ask(op, caller, "thing", owner)
            self.ask(op, caller, "missing", "")
        if alike and "{}" in op.path and op.method == "GET" and op.path.split("/")[2] in ("interactions", "users", "deals"):
            for name in ("ann", "boss"):
                if self.reach_of(self.w.c.sessions[name], op) in ("own", "team"):
                    self.alike(op, self.w.c.sessions[name], "nobody")
