#!/usr/bin/env python3
"""Writes a C file with the sorted lines of a word list: words_embed.py OUT.c NAME IN.txt (lines with # are left out)."""
import sys


def main(out, name, source):
    with open(source, encoding="ascii") as f:
        words = sorted({line.rstrip("\n") for line in f if line.strip() and not line.startswith("#")})
    with open(out, "w", encoding="ascii") as f:
        f.write(f"#include <stddef.h>\n\nextern const char *const {name}[];\nextern const size_t {name}_n;\n")
        f.write(f"const char *const {name}[] = {{\n")
        for word in words:
            f.write('    "%s",\n' % word.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?"))
        f.write(f"}};\nconst size_t {name}_n = sizeof {name} / sizeof *{name};\n")


main(*sys.argv[1:])
