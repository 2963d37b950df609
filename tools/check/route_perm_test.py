#!/usr/bin/env python3
"""A route without a permission does not compile, and no route is written around ROUTE()."""
import pathlib
import re
import subprocess
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
HEAD = '#include "gateway/gateway.h"\nvoid run(struct call *k);\nconst struct route routes[] = {\n'
TAIL = "    {.pattern = NULL},\n};\n"


def compiles(row):
    done = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-I", TOP / "src", "-fsyntax-only", "-x", "c", "-"], text=True,
                          input=HEAD + row + "\n" + TAIL, capture_output=True)
    return done.returncode == 0


class RoutePermission(unittest.TestCase):
    def test_a_named_permission_compiles(self):
        self.assertTrue(compiles('ROUTE(GET, "/v1/x", INTERACTIONS_READ, 0, false, run),'))
        self.assertTrue(compiles('ROUTE(GET, "/healthz", PUBLIC, 0, false, run),'))

    def test_no_permission_does_not(self):
        self.assertFalse(compiles('ROUTE(GET, "/v1/x", , 0, false, run),'))
        self.assertFalse(compiles('ROUTE(GET, "/v1/x"),'))
        self.assertFalse(compiles('ROUTE(GET, "/v1/x", 0, 0, false, run),'))
        self.assertFalse(compiles('ROUTE(GET, "/v1/x", WHATEVER, 0, false, run),'))

    def test_every_route_is_written_with_it(self):
        for file in (TOP / "src").rglob("*.[ch]"):
            if file.name.endswith("_test.c") or file.name == "gateway.h":
                continue
            self.assertIsNone(re.search(r"\{\s*HTTP_M_\w+\s*,\s*\"/", file.read_text(encoding="utf-8")), file)


if __name__ == "__main__":
    unittest.main()
