#!/usr/bin/env python3
"""Writes prompts.c, which holds the prompts and grammars: embed.py OUT.c FILE..."""
import pathlib
import sys


def literal(text):
    lines = ["".join(c if 32 <= ord(c) < 127 and c not in '"\\?' else "".join("\\%03o" % b for b in c.encode()) for c in line)
             for line in text.splitlines(keepends=True)]
    return "\n".join('    "%s"' % line for line in lines)


def main():
    rows = []
    for path in sorted(map(pathlib.Path, sys.argv[2:])):
        name = path.stem + ("_grammar" if path.suffix == ".gbnf" else "_prompt")
        rows.append("const char %s[] =\n%s;\n" % (name, literal(path.read_text(encoding="utf-8"))))
    pathlib.Path(sys.argv[1]).write_text('#include "insight/prompts.h"\n\n' + "\n".join(rows), encoding="ascii")


main()
