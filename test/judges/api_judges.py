"""Judges of the REST API: Spectral lints its description, schemathesis asks what it allows and what it does not, and Prism
compares each answer with it while our own tests run."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
MAIL = TOP / "samples/northwind-robotics/interactions/mail"
SCHEMATHESIS_S = 900
# Judged by checks of their own: a session that the judge would end, pages that hand over to another server, and a stream without an end.
APART = "^/(sign-in|scim/|v1/sign-out|v1/sign-in|v1/events|graphql|mcp|hooks|csp-report)"


def tools():
    """The folder of the set-up step judges-api, made when it is not there."""
    deps = pathlib.Path(os.environ.get("HARKEN_DEPS", TOP / ".deps"))
    subprocess.run([str(TOP / "tools/setup/setup"), "--quiet", "judges-api"], check=True)
    return deps / "judges-api", {**os.environ, "PATH": f"{deps / 'bin'}:{os.environ['PATH']}"}


def describe(build, folder):
    path = pathlib.Path(folder) / "openapi.json"
    path.write_bytes(subprocess.run([str(build / "harken"), "describe", "openapi"], capture_output=True, check=True).stdout)
    return path


def row(ident, what, failed, note):
    return {"id": ident, "what": what, "figure": len(failed), "unit": "failures", "goal": 0, "ok": not failed, "note": "; ".join([note, *failed[:10]])}


def spectral(build, _shared):
    home, env = tools()
    with tempfile.TemporaryDirectory() as folder:
        rules = pathlib.Path(folder) / "rules.yaml"
        rules.write_text('extends: ["spectral:oas"]\n')
        done = subprocess.run([str(home / "node_modules/.bin/spectral"), "lint", str(describe(build, folder)), "--ruleset", str(rules), "--format", "json", "--quiet",
                               "--fail-severity=hint"], capture_output=True, text=True, env=env)
        if done.returncode not in (0, 1) or not done.stdout.lstrip().startswith("["):
            raise RuntimeError(f"spectral: exit {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
        found = [f"{f['code']} at {'/'.join(map(str, f['path']))}" for f in json.loads(done.stdout)]
        return [row("spectral", "Spectral's rules for OpenAPI: warnings and errors", found, "spectral:oas")]


def ask_all(build, server, home, env, name, address, *more):
    """One run of schemathesis: what failed, how often, and what it did."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(home / "bin/schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run", address, "--header", f"Authorization: Bearer {server.token()}",
                   "--continue-on-failure", "--max-examples", os.environ.get("EXAMPLES", "12"), "--generation-deterministic", "--no-color", "--workers", "1",
                   "--request-timeout", "60", *more]
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder, timeout=SCHEMATHESIS_S)
    out = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    (build / "reports").mkdir(exist_ok=True)
    (build / f"reports/{name}.txt").write_text(out)
    cases, tested = re.search(r"(\d+) generated", out), re.search(r"Tested: (\d+)", out)
    if not cases or not tested:
        raise RuntimeError(f"schemathesis: exit {done.returncode}: {(out + done.stderr)[-800:]}")
    failed = re.findall(r"(?m)^\s+❌ (ST\d+ .*)$", out) or re.findall(r"(?m)^_+ ([A-Z]+ /\S*) _+$", out)
    if done.returncode and not failed:
        failed = [f"exit {done.returncode}"]
    if not server.running():
        failed.append("the server ended")
    count = sum(int(m) for m in re.findall(r"(?m)^\s+❌ ST\d+ .*: (\d+)$", out)) or len(failed)
    return failed, count, f"{tested.group(1)} operations, {cases.group(1)} cases; build/reports/{name}.txt"


def schemathesis(build, _shared):
    import harken

    home, env = tools()
    os.environ["HARKEN_BUILD_DIR"] = str(build)
    with harken.Server() as server:
        server.ingest(MAIL, ok=False)
        failed, count, note = ask_all(build, server, home, env, "schemathesis", server.address() + "/v1/openapi.json", "--exclude-path-regex", APART)
    return [row("schemathesis-rest", "schemathesis over REST, all checks, stateful", failed, note) | {"figure": count if failed else 0}]


def schemathesis_graphql(build, _shared):
    import harken

    home, env = tools()
    os.environ["HARKEN_BUILD_DIR"] = str(build)
    with harken.Server() as server:
        server.ingest(MAIL, ok=False)
        failed, count, note = ask_all(build, server, home, env | {"SCHEMATHESIS_HOOKS": "graphql_hooks", "PYTHONPATH": str(HERE)}, "schemathesis-graphql",
                                      server.address() + "/graphql")
    return [row("schemathesis-graphql", "schemathesis over GraphQL, all checks, stateful", failed, note) | {"figure": count if failed else 0}]


def prism(build, _shared):
    """The tests of the API and of the server with Prism between: what it says of our answers."""
    home, env = tools()
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "violations"
        log.touch()
        describe(build, folder)
        more = {"HARKEN_BUILD_DIR": str(build), "HARKEN_PRISM": str(home / "node_modules/.bin/prism"), "HARKEN_PRISM_DESCRIPTION": f"{folder}/openapi.json",
                "HARKEN_PRISM_LOG": str(log)}
        runs = [subprocess.run([sys.executable, str(TOP / "test/system" / name)], capture_output=True, text=True, env=env | more, timeout=1200)
                for name in ("api_test.py", "serve_test.py")]
        lines = log.read_text().splitlines()
        checked = sum(line.startswith("checked ") for line in lines)
        wrong = sorted({line for line in lines if not line.startswith("checked ")})
        for run in runs:
            if run.returncode:
                wrong += [f"behind it: {line}" for line in re.findall(r"(?m)^(?:FAIL|ERROR): .*$|^\w*Error: .*$", run.stderr)] or [f"the tests fail behind it: {run.stderr[-200:]}"]
        if checked < 100:
            wrong.append(f"only {checked} answers went through it")
        return [row("prism", "Prism between our tests and the server: answers that are not as described", wrong, f"{checked} answers")]

