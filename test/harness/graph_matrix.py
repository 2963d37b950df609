"""The access matrix over GraphQL: every field of Query and Mutation that stands for an operation x everybody x whose thing it is.

The same expectations as over REST (matrix.py): the program says which field stands for which operation (`harken routes`), the schema
itself, read by introspection, says what the field takes and gives. Bodies are those of the matrix, spelled as GraphQL has them.
"""
import json
import re
import urllib.parse

import matrix

TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name } } }"
INTROSPECT = ("{ __schema { types { kind name enumValues { name } inputFields { name type { %s } } fields { name type { %s } "
              "args { name defaultValue type { %s } } } } } }" % (TYPE, TYPE, TYPE))
CODES = {"DENIED": "refused", "NOT_FOUND": "missing"}
# A 403 or 409 of a resource's own words over REST; GraphQL has one code for them.
OWN_WORDS = {"UNSUPPORTED", "CONFLICT", "BAD_USER_INPUT"}


def camel(name):
    return re.sub(r"[_-](\w)", lambda m: m[1].upper(), name)


class GraphMatrix(matrix.Matrix):
    def __init__(self, world, only=None):
        super().__init__(world, only)
        world.kept.clear()  # what another matrix made in this world it may have used up
        types = world.c.op.json("POST", "/graphql", {"query": INTROSPECT})["data"]["__schema"]["types"]
        self.types = {t["name"]: t for t in types}
        self.fields, ops = {}, []
        for route in json.loads(world.server.ok("routes")):
            for at in route["graphql"]:
                kind, name = at.split(".")
                field = next(f for f in self.types[kind]["fields"] if f["name"] == name)
                path = re.sub(r"\{\w+\}", "{}", route["path"])
                if any(a["name"] == "id" for a in field["args"]) and "{}" not in path:
                    path += "/{}"  # one row, by the permission of the list
                op = matrix.Operation(route["method"], path, route["permission"], route["fresh"])
                self.fields[op] = (kind, field)
                self.success.setdefault((op.method, op.path), {200})
                ops.append(op)
        self.ops = ops

    def bare(self, type_):
        while type_.get("ofType"):
            type_ = type_["ofType"]
        return self.types[type_["name"]]

    def value(self, type_, v):
        """What REST takes, as GraphQL takes it."""
        if isinstance(v, list):
            return [self.value(type_, x) for x in v]
        bare = self.bare(type_)
        if bare["kind"] == "ENUM" and isinstance(v, str):
            return re.sub(r"\W", "_", v).upper()
        if bare["kind"] == "INPUT_OBJECT":
            takes = {f["name"]: f["type"] for f in bare["inputFields"]}
            return {camel(k): self.value(takes[camel(k)], x) for k, x in v.items()}
        return v

    def selection(self, type_, deep=True):
        bare = self.bare(type_)
        if bare["kind"] not in ("OBJECT", "INTERFACE"):
            return ""
        plain = [f["name"] for f in bare["fields"] if not f["args"] and self.bare(f["type"])["kind"] in ("SCALAR", "ENUM")]
        nodes = next((f for f in bare["fields"] if f["name"] == "nodes"), None)
        inner = f" nodes {self.selection(nodes['type'], False)}" if nodes and deep else ""
        return "{ __typename " + " ".join(plain) + inner + " }"

    def signature(self, type_):
        return {"NON_NULL": lambda: self.signature(type_["ofType"]) + "!", "LIST": lambda: "[" + self.signature(type_["ofType"]) + "]"}.get(
            type_["kind"], lambda: type_["name"])()

    def question(self, op, field, kind, path):
        given = {"ifMatch": "*", "first": 50}
        ids = re.findall(r"/([0-9a-f-]{36}|log\.level)(?:/|$)", path.split("?")[0])
        if ids:
            given["id"] = ids[0]
        for name, v in urllib.parse.parse_qsl(matrix.QUERIES.get(op.path, "").lstrip("?")):
            given[camel(name)] = v
        if op.method in ("POST", "PUT", "PATCH"):
            given["input"] = matrix.BODIES.get((op.method, op.path), lambda w: {})(self.w)
        variables = {a["name"]: self.value(a["type"], given[a["name"]]) for a in field["args"] if a["name"] in given}
        takes = ", ".join(f"${a['name']}: {self.signature(a['type'])}" for a in field["args"] if a["name"] in variables)
        gives = ", ".join(f"{name}: ${name}" for name in variables)
        text = f"{kind.lower()}{f'({takes})' if takes else ''} {{ it: {field['name']}{f'({gives})' if gives else ''} {self.selection(field['type'])} }}"
        return {"query": text, "variables": variables}

    def mean(self, op, caller, reply, said):
        if reply.status == 401:
            return "nobody"
        if reply.status == 403:
            return "refused"
        codes = {e["extensions"]["code"] for e in said.get("errors", []) if e.get("path", ["it"]) == ["it"]}
        exact = matrix.ANSWERS.get((op.method, op.path))
        if codes & OWN_WORDS and exact and (len(exact) < 3 or caller.name in exact[2]):
            return "allowed"
        if codes:
            return CODES.get(codes.pop(), "neither")
        if reply.status != 200:
            return "neither"
        return "missing" if said["data"]["it"] is None and self.fields[op][1]["type"]["kind"] != "SCALAR" and op.method == "GET" else "allowed"

    def ask(self, op, caller, whose, owner):
        kind, field = self.fields[op]
        want = self.want(op, caller, whose, owner)
        self.w.asks = caller
        path = op.path.replace("{}", "00000000-0000-4000-8000-000000000000") if whose == "missing" else self.target(op, owner, want)
        self.w.serial += 1
        body = self.question(op, field, kind, path)
        reply = caller.ask("POST", "/graphql", body)
        said = json.loads(reply.body)
        got = self.mean(op, caller, reply, said)
        self.cells.append(matrix.Cell(f"{kind}.{field['name']}", caller.name, f"{whose} {owner}".strip(), want, got, reply))
        if got != want and not (want == "refused" and got == "neither" and {e["extensions"]["code"] for e in said.get("errors", [])} <= OWN_WORDS):
            self.problems.append(f"{kind}.{field['name']} by {caller.name} ({whose or 'no thing'} of {owner or '-'}): {got} {reply.status}, not {want}; {body} {reply.body[:200]}")
        self.words(op, caller, reply)

    def alike(self, op, caller, owner):
        kind, field = self.fields[op]
        replies = []
        for path in (self.target(op, owner, "missing"), op.path.replace("{}", "00000000-0000-4000-8000-000000000000")):
            said = json.loads(caller.ask("POST", "/graphql", self.question(op, field, kind, path)).body)
            said.pop("extensions", None)
            replies.append(said)
        if replies[0] != replies[1]:
            self.problems.append(f"{kind}.{field['name']} by {caller.name}: foreign {replies[0]}, missing {replies[1]}")
