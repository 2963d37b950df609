#!/usr/bin/env python3
"""Turns sql/NNNN_name.sql files into a C table of struct sql_step: embed_sql.py OUT FILE..."""
import os
import sys


def c_lines(text):
    for line in text.splitlines(keepends=True):
        yield '     "' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main(out, files):
    rows, last = [], 0
    for path in sorted(files, key=os.path.basename):
        name = os.path.basename(path)[: -len(".sql")]
        number = int(name.split("_")[0])
        if number <= last:
            sys.exit(f"{path}: another step has the number {number}")
        last = number
        with open(path, encoding="utf-8", newline="") as f:
            rows.append(f'    {{{number}, "{name}",\n' + "\n".join(c_lines(f.read())) + "},")
    with open(out, "w", encoding="utf-8") as f:
        f.write('/* made by src/store/embed_sql.py from sql/ */\n#include "store/migrate.h"\n\n')
        f.write("const struct sql_step sql_steps[] = {\n" + "\n".join(rows) + "\n    {0},\n};\n")


main(sys.argv[1], sys.argv[2:])
