#!/usr/bin/env python3
"""Embeds files in a C source: page_embed.py OUTPUT FILE... makes struct page_file page_files[]."""
import hashlib
import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml"}


def main():
    out = ['#include "api/page.h"\n']
    rows = []
    for i, name in enumerate(sys.argv[2:]):
        path = pathlib.Path(name)
        data = path.read_bytes()
        body = ",".join(str(b) for b in data)
        out.append(f"static const char file_{i}[] = {{{body},0}};\n")
        tag = hashlib.sha256(data).hexdigest()[:16]
        rows.append(f'    {{"{path.name}", "{TYPES[path.suffix]}", "\\"{tag}\\"", {{file_{i}, {len(data)}}}}},\n')
    out.append("const struct page_file page_files[] = {\n" + "".join(rows) + "    {0},\n};\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
