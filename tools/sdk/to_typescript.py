"""The generated part of the TypeScript SDK: api.ts."""
import dataclasses
import json
import re
import textwrap

from model import camel, class_name, is_switch, kinds, pascal, ref_name, shape_name, shapes_used

WIDTH = 130
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null", "object": "Record<string, unknown>"}
HEAD = """/* Made from the description of the API by tools/sdk/generate: change the description, not this. */
import { CallOptions, Core, Options, Problem, ProblemClass, pages } from "./core.js";
import { Event, follow } from "./events.js";
"""


def key_of(name):
    return name if re.fullmatch(r"[A-Za-z_$][\w$]*", name) else json.dumps(name)


def type_of(schema):
    if not schema:
        return "unknown"
    if "$ref" in schema:
        return ref_name(schema)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return (" & " if key == "allOf" else " | ").join(dict.fromkeys(type_of(s) for s in schema[key]))
    if is_switch(schema):
        return "boolean"
    if "enum" in schema:
        return " | ".join(json.dumps(v) for v in schema["enum"])
    made = []
    for kind in kinds(schema):
        if kind == "array":
            item = type_of(schema.get("items", {}))
            made.append(f"({item})[]" if re.search(r"[|&]", item) else f"{item}[]")
        elif kind == "object" and schema.get("properties"):
            made.append("{ " + " ".join(field(name, s, schema) for name, s in schema["properties"].items()) + " }")
        else:
            made.append(SCALARS[kind])
    return " | ".join(made) or "unknown"


def field(name, schema, parent):
    return f"{key_of(name)}{'' if name in parent.get('required', []) else '?'}: {type_of(schema)};"


def comment(text, indent):
    if not text:
        return ""
    rows = textwrap.wrap(text.replace("*/", "* /"), WIDTH - len(indent) - 7)
    return f"{indent}/** {rows[0]} */\n" if len(rows) == 1 else f"{indent}/**\n" + "".join(f"{indent} * {row}\n" for row in rows) + f"{indent} */\n"


def shape_write(name, schema):
    if kinds(schema) != ["object"] or not schema.get("properties"):
        return f"\n{comment(schema.get('description', ''), '')}export type {name} = {type_of(schema)};\n"
    rows = "".join(comment(s.get("description", ""), "  ") + f"  {field(p, s, schema)}\n" for p, s in schema["properties"].items())
    return f"\n{comment(schema.get('description', ''), '')}export interface {name} {{\n{rows}}}\n"


def params_of(op):
    """Optional and needed parameters as one object: query and header fields."""
    return op.of("query") + op.of("header")


def params_name(op):
    return pascal(op.resource) + pascal(op.name.removesuffix("_many")) + "Params"


def params_write(op):
    rows = "".join(comment(p.about, "  ") + f"  {key_of(camel(p.name))}{'' if p.needed else '?'}: {type_of(p.schema)}{'' if p.needed else ' | undefined'};\n"
                   for p in params_of(op))
    more = "  /** Go on behind this event. */\n  lastEventId?: string | undefined;\n" if op.stream else ""
    return f"\nexport interface {params_name(op)} extends CallOptions {{\n{rows}{more}}}\n"


def page_name(op):
    return pascal(op.resource) + pascal(op.name) + "Page"


def answer_type(op):
    if op.answer is None:
        return "void"
    return page_name(op) if op.rows else type_of(op.answer)


def arguments(op):
    out = [f"{camel(p.name)}: string" for p in op.of("path")]
    if op.data:
        out.append("data: BodyInit")
    elif op.body is not None:
        out.append(f"body: {type_of(op.body)}" + ("" if op.body_needed else " | undefined"))
    needed = any(p.needed for p in params_of(op))
    kind = params_name(op) if params_of(op) or op.stream else "CallOptions"
    out.append(f"params: {kind}" + ("" if needed else " = {}"))
    return ", ".join(out)


def path_of(op):
    text = re.sub(r"\{(\w+)\}", lambda m: "${encodeURIComponent(" + camel(m[1]) + ")}", op.path)
    return f"`{text}`" if op.of("path") else f'"{text}"'


def pairs(params):
    return "{ " + ", ".join(f"{key_of(p.name)}: params.{camel(p.name)}" for p in params) + " }"


def doc_of(op):
    return comment(f"{op.about}. {op.method} {op.path}", "  ")


def wrapped(head, args, tail):
    line = f"  {head}({args}){tail}\n"
    return line if len(line) <= WIDTH else f"  {head}(\n    {args},\n  ){tail}\n"


def many_write(op):
    """The same for many at once."""
    many = dataclasses.replace(op, name=op.name + "_many", about=op.about.replace(", or many", "") + " for each of many; each is judged by itself",
                               body={"type": "array", "items": op.body}, answer=op.many, rows=None, many=None)
    return "\n" + op_write(many)


def op_write(op):
    name = camel(op.name)
    if op.stream:
        return doc_of(op) + wrapped(name, arguments(op), ": AsyncGenerator<Event> {") + \
            f"    return follow(this.core, {path_of(op)}, {pairs(op.of('query'))}, params.lastEventId, params);\n  }}\n"
    parts = []
    if op.of("query"):
        parts.append(f"query: {pairs(op.of('query'))}")
    if op.data or op.body is not None:
        parts.append("data" if op.data else "body")
    if op.of("header"):
        parts.append(f"headers: {pairs(op.of('header'))}")
    if op.media and op.media != "application/json":
        parts.append(f'accept: "{op.media}"')
    if op.keyed:
        parts.append("keyed: true")
    request = "{ " + ", ".join(parts) + " }" if parts else "{}"
    line = f'    return this.core.send("{op.method}", {path_of(op)}, {request}, params);\n'
    if len(line) > WIDTH:
        rows = "".join(f"        {part},\n" for part in parts)
        line = f'    return this.core.send(\n      "{op.method}",\n      {path_of(op)},\n      {{\n{rows}      }},\n      params,\n    );\n'
    out = doc_of(op) + wrapped(name, arguments(op), f": Promise<{answer_type(op)}> {{") + line + "  }\n"
    return out + (each_write(op) if op.rows else "") + (many_write(op) if op.many else "")


def each_write(op):
    name = "each" if op.name == "list" else camel(op.name) + "Each"
    before = "".join(f"{camel(p.name)}, " for p in op.of("path"))
    return ("\n" + comment(f"{op.about}: every row, page by page; limit is the size of a page.", "  ")
            + wrapped(name, arguments(op), f": AsyncGenerator<{type_of(op.row)}> {{")
            + f'    return pages((cursor) => this.{camel(op.name)}({before}{{ ...params, cursor: cursor ?? params.cursor }}), "{op.rows}");\n  }}\n')


def page_write(op):
    rows = "".join(f"  {field(name, s, op.answer)}\n" for name, s in op.answer["properties"].items())
    return f"\n/** A page of {op.rows}. */\nexport interface {page_name(op)} {{\n{rows}}}\n"


def typescript_write(model):
    ops = [op for every in model.resources.values() for op in every]
    out = [HEAD]
    out += [f"\n/** {status}. */\nexport class {name} extends Problem {{}}\n" for status, name in model.problems.items()]
    out.append("\nconst problems: Record<number, ProblemClass> = { " + ", ".join(f"{s}: {n}" for s, n in model.problems.items()) + " };\n")
    out += [shape_write(shape_name(name), schema) for name, schema in shapes_used(model).items()]
    out += [page_write(op) for op in ops if op.rows] + [params_write(op) for op in ops if params_of(op) or op.stream]
    for resource, mine in model.resources.items():
        out.append(f"\n{comment(model.abouts.get(resource, ''), '')}export class {class_name(resource)} {{\n  constructor(private readonly core: Core) {{}}\n")
        out += ["\n" + op_write(op) for op in mine]
        out.append("}\n")
    out.append("\n/** A server. */\nexport class Harken {\n")
    out += [f"  readonly {camel(r)}: {class_name(r)};\n" for r in model.resources]
    out.append("\n  constructor(options: Options) {\n    const core = new Core(options, problems);\n")
    out += [f"    this.{camel(r)} = new {class_name(r)}(core);\n" for r in model.resources]
    out.append("  }\n}\n")
    return "".join(out)
