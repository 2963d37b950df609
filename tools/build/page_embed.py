#!/usr/bin/env python3
"""Embeds files in a C source: page_embed.py OUTPUT FILE... makes struct page_file page_files[].

Each but the pages (.html) gets a name with the hash of its bytes in it, and /assets/NAME in a page is replaced by it: so such an
address always means the same bytes, and browsers keep them for good. The plain name stays, too. What gets smaller by it is
embedded compressed as well: with gzip, and with brotli where the command of that name is installed.
"""
import gzip
import hashlib
import pathlib
import shutil
import subprocess
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".svg": "image/svg+xml"}


def brotli(data):
    exe = shutil.which("brotli")
    return subprocess.run([exe, "--quality=11", "--stdout", "-"], input=data, capture_output=True, check=True).stdout if exe else b""


def hashed(path, data):
    return f"{path.stem}.{hashlib.sha256(data).hexdigest()[:16]}{path.suffix}"


def main():
    files = {pathlib.Path(name): pathlib.Path(name).read_bytes() for name in sys.argv[2:]}
    for page in (p for p in files if p.suffix == ".html"):
        for path, data in files.items():
            files[page] = files[page].replace(f"/assets/{path.name}".encode(), f"/assets/{hashed(path, data)}".encode())
    out, rows = ['#include "api/page.h"\n'], []
    for i, (path, data) in enumerate(files.items()):
        forms = []
        for coding, body in (("br", brotli(data)), ("gzip", gzip.compress(data, 9, mtime=0)), ("plain", data)):
            if coding != "plain" and (not body or len(body) >= len(data)):
                forms.append("{0}")
                continue
            out.append(f"static const char file_{i}_{coding}[] = {{{','.join(str(b) for b in body)},0}};\n")
            forms.append(f"{{file_{i}_{coding}, {len(body)}}}")
        rows.append(f'    {{"{path.name}", "{hashed(path, data)}", "{TYPES[path.suffix]}", "{hashlib.sha256(data).hexdigest()[:16]}", {{{", ".join(forms)}}}}},\n')
    out.append("const struct page_file page_files[] = {\n" + "".join(rows) + "    {0},\n};\n")
    pathlib.Path(sys.argv[1]).write_text("".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
