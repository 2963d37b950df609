"""The API's description as what an SDK needs: resources with operations, and shapes.

Only what OpenAPI says is used, so that a new resource is in the SDKs without a word here. Left out are addresses for browsers:
whose success is no JSON, text or stream of events.
"""
import dataclasses
import re
from typing import Any, Dict, List, Optional

METHODS = ("get", "post", "put", "patch", "delete")
RUNTIME_NAMES = ("Problem", "Event", "Message", "Row", "Options", "Harken")  # what sdk/ itself defines
SKIPPED_HEADERS = ("if-none-match",)  # an answer without a body is no row


@dataclasses.dataclass
class Param:
    name: str  # as the wire has it
    place: str  # path, query or header
    schema: dict
    needed: bool
    about: str


@dataclasses.dataclass
class Op:
    id: str
    resource: str
    name: str
    method: str
    path: str
    about: str
    params: List[Param]
    body: Optional[dict]  # schema of a JSON body; None: there is none
    body_needed: bool
    data: bool  # the body is bytes
    answer: Optional[dict]  # schema; None: no body
    media: str  # "" without a body
    keyed: bool  # knows Idempotency-Key
    rows: Optional[str]  # a list in pages: the key of its rows
    row: Optional[dict]  # and the shape of one
    many: Optional[dict]  # takes an array of bodies, too: what it answers then

    def of(self, place):
        return [p for p in self.params if p.place == place]

    @property
    def stream(self):
        return self.media == "text/event-stream"


@dataclasses.dataclass
class Model:
    version: str
    resources: Dict[str, List[Op]]
    abouts: Dict[str, str]
    shapes: Dict[str, dict]
    problems: Dict[int, str]  # by status


def is_json(media):
    return media == "application/json" or media.endswith("+json")


def answer_of(op):
    """(media, schema) of success; None: nothing an SDK can give."""
    for status in (s for s in op["responses"] if s.startswith("2")):  # the usual one stands first
        content = op["responses"][status].get("content", {})
        for media, what in content.items():
            if is_json(media):
                schema = what.get("schema", {})
                return media, {} if schema.get("type") == "string" else schema  # JSON of a shape that is not described
        for media in ("text/event-stream", "text/plain"):
            if media in content:
                return media, {"type": "string"}
        if content:
            return None
        if status == "204":
            return "", None
    return ("", None) if any(s.startswith("2") for s in op["responses"]) else None


def rows_of(schema, params):
    """A list in pages has `next` and takes `cursor`."""
    props = (schema or {}).get("properties", {})
    if "next" not in props or not any(p.name == "cursor" for p in params):
        return None, None
    lists = [name for name, s in props.items() if s.get("type") == "array"]
    return (lists[0], props[lists[0]].get("items", {})) if len(lists) == 1 else (None, None)


def many_of(op, body):
    """(schema of one body, schema of the answer to many): a body that may be an array is answered by an array of results."""
    choices = (body or {}).get("anyOf", [])
    ones = [s for s in choices if "array" not in kinds(s)]
    if len(choices) != 2 or len(ones) != 1:
        return body, None
    answers = [s for reply in op["responses"].values() for what in reply.get("content", {}).values() for s in what.get("schema", {}).get("anyOf", [])]
    results = next((s for s in answers if "BulkResults" in s.get("$ref", "")), None)
    return (ones[0], results) if results else (body, None)


def op_of(path, method, op):
    found = answer_of(op)
    if not found:
        return None
    params = [Param(p["name"], p["in"], p.get("schema", {}), p.get("required", False), p.get("description", ""))
              for p in op.get("parameters", []) if p["name"].lower() not in SKIPPED_HEADERS]
    headers = {p.name.lower() for p in params if p.place == "header"}
    content = op.get("requestBody", {}).get("content", {})
    body = next((what.get("schema", {}) for media, what in content.items() if is_json(media)), None)
    resource, _, name = op["operationId"].partition(".")
    body, many = many_of(op, body)
    rows, row = rows_of(found[1], params)
    return Op(op["operationId"], resource, name, method.upper(), path, op.get("summary", ""), params, body,
              op.get("requestBody", {}).get("required", False), bool(content) and body is None, found[1], found[0],
              "idempotency-key" in headers, rows, row, many)


def problems_of(description):
    """{status: name} of the shared responses."""
    out = {}
    for item in description["paths"].values():
        for method in METHODS:
            for status, reply in item.get(method, {}).get("responses", {}).items():
                if reply.get("$ref", "").startswith("#/components/responses/"):
                    out[int(status)] = reply["$ref"].rpartition("/")[2]
    return dict(sorted(out.items()))


def model_of(description):
    resources: Dict[str, List[Op]] = {}
    for path, item in sorted(description["paths"].items()):
        for method in METHODS:
            made = op_of(path, method, item[method]) if method in item else None
            if made:
                resources.setdefault(made.resource, []).append(made)
    return Model(description["info"]["version"], dict(sorted(resources.items())),
                 {t["name"]: t.get("description", "") for t in description.get("tags", [])}, description["components"]["schemas"],
                 problems_of(description))


def refs(schema: Any):
    """Names of the shapes a schema names itself."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for value in schema.values():
            yield from refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from refs(value)


def shapes_used(model):
    """The shapes that operations reach, by name."""
    todo = [name for ops in model.resources.values() for op in ops for s in (op.body, op.answer, op.many, *[p.schema for p in op.params]) for name in refs(s)]
    seen = set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += refs(model.shapes[name])
    return {name: model.shapes[name] for name in sorted(seen)}


def words(name):
    """The words of a name, whatever joins them."""
    return [w.lower() for w in re.findall(r"[A-Za-z][a-z0-9]*|[0-9]+", name)]


def snake(name):
    return "_".join(words(name))


def camel(name):
    first, *rest = words(name)
    return first + "".join(w.title() for w in rest)


def pascal(name):
    return "".join(w.title() for w in words(name))


def shape_name(name):
    return name + "Shape" if name in RUNTIME_NAMES else name


def ref_name(schema):
    return shape_name(schema["$ref"].rpartition("/")[2])


def class_name(resource):
    return pascal(resource) + "Api"


def names_check(model):
    """Nothing may have the name of another thing: the later would hide the earlier."""
    names = [*RUNTIME_NAMES, *model.problems.values(), *map(shape_name, model.shapes), *map(class_name, model.resources)]
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise SystemExit(f"these names are used twice: {', '.join(sorted(twice))}")


def is_switch(schema):
    """A boolean in a query, with all its spellings."""
    return set(schema.get("enum", [])) == {"true", "false", "1", "0"}


def kinds(schema):
    """The JSON types of a schema, null among them."""
    said = schema.get("type", [])
    return [said] if isinstance(said, str) else list(said)
