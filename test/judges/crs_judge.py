"""Our own tests of everything that speaks HTTP, through nginx with ModSecurity and the OWASP core rule set at paranoia level 1.

A false positive is a request that the rules would have blocked and that Harken answered well (below 400): who sends it has done nothing
wrong. What both refuse is an attack that a test makes on purpose, and is counted beside it."""
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

import front

SUMS = {"980130", "980140"}  # what the scores came to
TOP = pathlib.Path(__file__).resolve().parents[2]
RUNS = ["api_test.py", "access_test.py", "graphql_test.py", "scim_test.py", "mcp_test.py", "hooks_test.py", "webhooks_test.py", "events_test.py", "deals_test.py", "models_test.py"]
RUN_S = 900
# What our test data alone brings about: the rule, a piece of what it matched, the reason. Nobody but the tests sends it.
KNOWN = [
    ("942140", "northwind", "the sample company is called like a sample database"),
    ("931100", "127.0.0.1", "the receivers of the tests listen at an address that has no name"),
    ("920270", "", "the tests break bodies with null characters on purpose; one answer for many parts is 200"),
]


def on_purpose(rules):
    """Is every rule that counted one of those?"""
    return all(any(rule == r and piece in words.lower() for r, piece, _ in KNOWN) for rule, words in rules.items() if rule not in SUMS)


def there():
    return os.path.exists(front.NGINX) and (front.MODULES / "ngx_http_modsecurity_module.so").exists() and front.RULES.exists()


def run(build, only=RUNS):
    """(requests, false positives as text, attacks that both refuse, tests that failed on the way)"""
    with tempfile.TemporaryDirectory(prefix="harken-crs-") as folder:
        env = os.environ | {"HARKEN_BUILD_DIR": str(build), "HARKEN_WAF": folder}
        broken = []
        for name in only:
            done = subprocess.run([sys.executable, "-B", str(TOP / "test/system" / name)], capture_output=True, text=True, env=env, timeout=RUN_S)
            if done.returncode:
                broken += [f"{name}: {line}" for line in done.stderr.splitlines() if line.startswith(("FAIL:", "ERROR:"))]
        seen, found = front.flagged(pathlib.Path(folder) / "audit.json")
    wrong = collections.Counter(f"{method} {path} {status}: {'; '.join(f'{r} {w}' for r, w in rules.items())}" for method, path, status, rules in found
                                if status < 400 and not on_purpose(rules))
    return seen, [f"{n} x {what}" for what, n in wrong.most_common()], sum(f[2] >= 400 or on_purpose(f[3]) for f in found), broken
