"""The generated part of the Python SDK: api.py."""
import dataclasses
import json
import keyword
import textwrap

from model import class_name, is_switch, kinds, pascal, ref_name, shape_name, shapes_used, snake

WIDTH = 130
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
HEAD = '''"""Made from the description of the API by tools/sdk/generate: change the description, not this."""
from __future__ import annotations

from typing import Any, Dict, Iterator, List, Literal, Optional, TypedDict, Union

from . import core, events
from .core import Problem, quote
'''


def name_of(name):
    made = snake(name)
    return made + "_" if keyword.iskeyword(made) else made


def type_of(schema):
    if not schema:
        return "Any"
    if "$ref" in schema:
        return ref_name(schema)
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            made = list(dict.fromkeys(type_of(s) for s in schema[key]))
            return made[0] if len(made) == 1 else "Any" if "Any" in made else f"Union[{', '.join(made)}]"
    if is_switch(schema):
        return "bool"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(v) for v in schema['enum'])}]"
    found = kinds(schema)
    made = [f"List[{type_of(schema.get('items', {}))}]" if k == "array" else "Dict[str, Any]" if k == "object" else SCALARS[k] for k in found]
    if not made:
        return "Any"
    if "None" in made and len(made) == 2:
        return f"Optional[{next(m for m in made if m != 'None')}]"
    return made[0] if len(made) == 1 else f"Union[{', '.join(made)}]"


def comment(text, indent):
    return "".join(f"{indent}# {line}\n" for line in textwrap.wrap(text, WIDTH - len(indent) - 2))


def shape_write(name, schema):
    props = schema.get("properties", {})
    about = schema.get("description", "")
    if kinds(schema) != ["object"] or not props:
        return f"\n\n{comment(about, '')}{name} = {'Dict[str, Any]' if 'object' in kinds(schema) else type_of(schema)}\n"
    if any(keyword.iskeyword(p) or not p.isidentifier() for p in props):  # a name that a class cannot have
        rows = "".join(f"{comment(s.get('description', ''), '    ')}    {json.dumps(p)}: {type_text(s)},\n" for p, s in props.items())
        return f"\n\n{comment(about, '')}{name} = TypedDict({json.dumps(name)}, {{\n{rows}}}, total=False)\n"
    rows = "".join(f"{comment(s.get('description', ''), '    ')}    {p}: {type_of(s)}\n" for p, s in props.items())
    doc = f'    """{about}"""\n\n' if about else ""
    return f"\n\nclass {name}(TypedDict, total=False):\n{doc}{rows}"


def type_text(schema):
    """A type where it is evaluated at once: shapes further down are only named."""
    return json.dumps(type_of(schema))


def page_name(op):
    return pascal(op.resource) + pascal(op.name) + "Page"


def answer_type(op):
    if op.answer is None:
        return "None"
    return page_name(op) if op.rows else type_of(op.answer)


def doc_of(op, extra=()):
    lines = textwrap.wrap(f"{op.about}. {op.method} {op.path}", WIDTH - 11)
    lines += [line for p in op.of("path") + op.of("query") + op.of("header") if p.about
              for line in textwrap.wrap(f"{name_of(p.name)}: {p.about}", WIDTH - 8, subsequent_indent="    ")]
    lines += extra
    lines = [line.replace("\\", "\\\\") for line in lines]
    return f'        """{lines[0]}"""\n' if len(lines) == 1 else f'        """{lines[0]}\n\n' + "".join(f"        {line}\n" for line in lines[1:]) + '        """\n'


def arguments(op, without=()):
    """The parameters of a method, as text."""
    first = ["self"] + [f"{name_of(p.name)}: str" for p in op.of("path")]
    if op.data:
        first.append("data: bytes")
    elif op.body is not None:
        first.append(f"body: {type_of(op.body)}" if op.body_needed else f"body: Optional[{type_of(op.body)}] = None")
    rest = []
    for p in [p for p in op.of("query") + op.of("header") if p.name not in without]:
        rest.append(f"{name_of(p.name)}: {type_of(p.schema)}" if p.needed else f"{name_of(p.name)}: Optional[{type_of(p.schema)}] = None")
    rest.sort(key=lambda text: " = None" in text)
    if op.stream:
        rest.append("last_event_id: Optional[str] = None")
    return ", ".join(first + (["*"] + rest if rest else []))


def call_path(op):
    text = op.path
    for p in op.of("path"):
        text = text.replace("{" + p.name + "}", "{quote(" + name_of(p.name) + ")}")
    return f'f"{text}"' if op.of("path") else f'"{text}"'


def pairs(params):
    return "{" + ", ".join(f'"{p.name}": {name_of(p.name)}' for p in params) + "}"


def wrapped(head, tail, indent="    "):
    """`def f(a, b) -> T:` on as many lines as it needs."""
    if len(indent + head + tail) <= WIDTH:
        return indent + head + tail + "\n"
    name, _, args = head.partition("(")
    return f"{indent}{name}(\n" + "".join(f"{indent}        {line}\n" for line in textwrap.wrap(args, WIDTH - len(indent) - 8, break_long_words=False)) + f"{indent}{tail}\n"


def stream_write(op):
    return (wrapped(f"def {name_of(op.name)}({arguments(op)}", ") -> Iterator[events.Event]:")
            + doc_of(op, ["last_event_id: go on behind this one. Goes on for ever; taken up again by itself when the connection breaks."])
            + f"        return events.follow(self._core, {call_path(op)}, {pairs(op.of('query'))}, last_event_id)\n")


def many_write(op):
    """The same for many at once."""
    many = dataclasses.replace(op, name=op.name + "_many", about=op.about.replace(", or many", "") + " for each of many; each is judged by itself",
                               body={"type": "array", "items": op.body}, answer=op.many, rows=None, many=None)
    return "\n" + op_write(many)


def op_write(op):
    if op.stream:
        return stream_write(op)
    parts = [f'"{op.method}"', call_path(op)]
    if op.of("query"):
        parts.append(f"query={pairs(op.of('query'))}")
    if op.data or op.body is not None:
        parts.append("data=data" if op.data else "body=body")
    if op.of("header"):
        parts.append(f"headers={pairs(op.of('header'))}")
    if op.media and op.media != "application/json":
        parts.append(f'accept="{op.media}"')
    if op.keyed:
        parts.append("keyed=True")
    call = ", ".join(parts)
    line = f"        return self._core.send({call})\n"
    if len(line) > WIDTH:
        line = "        return self._core.send(\n" + "".join(f"            {row}\n" for row in textwrap.wrap(call, WIDTH - 12, break_long_words=False, break_on_hyphens=False)) + "        )\n"
    out = wrapped(f"def {name_of(op.name)}({arguments(op)}", f") -> {answer_type(op)}:") + doc_of(op) + line
    return out + (each_write(op) if op.rows else "") + (many_write(op) if op.many else "")


def each_write(op):
    """An iterator over the rows of all pages."""
    name = "each" if op.name == "list" else name_of(op.name) + "_each"
    given = [p for p in op.of("path") + op.of("query") + op.of("header") if p.name != "cursor"]
    ask = ", ".join([name_of(p.name) if p.place == "path" else f"{name_of(p.name)}={name_of(p.name)}" for p in given] + ["cursor=cursor"])
    body = f"        return self._core.pages(lambda cursor: self.{name_of(op.name)}({ask}), \"{op.rows}\")\n"
    if len(body) > WIDTH:
        rows = textwrap.wrap(ask, WIDTH - 16)
        body = (f"        return self._core.pages(\n            lambda cursor: self.{name_of(op.name)}(\n" + "".join(f"                {row}\n" for row in rows)
                + f"            ),\n            \"{op.rows}\",\n        )\n")
    return ("\n" + wrapped(f"def {name}({arguments(op, ['cursor'])}", f") -> Iterator[{type_of(op.row)}]:")
            + f'        """{op.about}: every row, page by page; limit is the size of a page."""\n' + body)


def page_write(op):
    rows = "".join(f"    {name}: {type_of(s)}\n" for name, s in op.answer["properties"].items())
    return f"\n\nclass {page_name(op)}(TypedDict, total=False):\n    \"\"\"A page of {op.rows}.\"\"\"\n\n{rows}"


def python_write(model):
    out = [HEAD]
    for status, name in model.problems.items():
        out.append(f'\n\nclass {name}(Problem):\n    """{status}."""\n')
    out.append("\n\nProblem.kinds.update({" + ", ".join(f"{s}: {n}" for s, n in model.problems.items()) + "})\n")
    out += [shape_write(shape_name(name), schema) for name, schema in shapes_used(model).items()]
    out += [page_write(op) for ops in model.resources.values() for op in ops if op.rows]
    for resource, ops in model.resources.items():
        out.append(f'\n\nclass {class_name(resource)}:\n    """{model.abouts.get(resource, "")}"""\n\n'
                   "    def __init__(self, core: core.Core):\n        self._core = core\n")
        out += ["\n" + op_write(op) for op in ops]
    out.append('\n\nclass Harken(core.Core):\n    """A server. Its arguments are those of core.Core; with `with` it is closed at the end."""\n\n'
               "    def __init__(self, url: str, key: str, **options: Any):\n        super().__init__(url, key, **options)\n")
    out += [f"        self.{name_of(r)} = {class_name(r)}(self)\n" for r in model.resources]
    out.append('\n    def __enter__(self) -> "Harken":\n        return self\n\n    def __exit__(self, *_: Any) -> None:\n        self.close()\n')
    return "".join(out)
