#!/usr/bin/env python3
"""Writes a C file that holds the given list files: lists_embed.py OUT.c FILE.txt..."""
import os
import sys


def literal(data):
    out = []
    for line in data.splitlines(keepends=True):
        text = "".join(
            chr(b) if 32 <= b < 127 and b not in b'"\\?' else "\\%03o" % b for b in line)
        out.append('    "%s"' % text)
    return "\n".join(out) or '    ""'


def main():
    out, files = sys.argv[1], sorted(sys.argv[2:])
    assert len(files) <= 128, "raise LISTS_MAX"
    with open(out, "w", encoding="ascii") as f:
        f.write('#include "text/lists_data.h"\n\n')
        rows = []
        for i, path in enumerate(files):
            data = open(path, "rb").read()
            data.decode("utf-8")
            f.write("static const char d%d[] =\n%s;\n" % (i, literal(data)))
            rows.append('    {"%s", d%d, sizeof d%d - 1},' % (os.path.basename(path)[:-4], i, i))
        f.write("\nconst struct list_data lists_data[] = {\n%s\n};\n" % "\n".join(rows))
        f.write("const size_t lists_data_n = sizeof lists_data / sizeof lists_data[0];\n")


main()
