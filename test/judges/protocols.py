"""Judges of the protocols other than REST: graphql-http's audits, the official OpenAI client, the MCP conformance suite.

Each gets the folder of tools/setup/steps/judges-protocols; the scripts beside this file run there.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
RUN_S = 300
GRAPHQL_AUDITS, MCP_STABLE = 61, 32
MCP_SCENARIOS = {"2025-11-25": 25, "2026-07-28": 30}  # so many at least, else they were not read


def node(folder, script, *args):
    """Runs a script of ours with the packages of the folder; its last line is JSON."""
    copy = folder / script
    copy.write_bytes((HERE / script).read_bytes())
    done = subprocess.run([str(folder.parent / "bin/node"), str(copy), *map(str, args)], cwd=folder, capture_output=True, text=True, timeout=RUN_S)
    if done.returncode:
        raise RuntimeError(f"{script}: exit {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def graphql_http(build, folder):
    import harken

    os.environ["HARKEN_BUILD_DIR"] = str(build)
    with harken.Server() as server:
        said = node(folder, "graphql-http.mjs", server.address(), server.token())
    return [{"id": "graphql-http", "what": "graphql-http: audits of a server passed", "figure": said["passed"], "unit": "audits",
             "goal": GRAPHQL_AUDITS, "ok": said["passed"] >= GRAPHQL_AUDITS and not said["failed"], "note": "; ".join(said["failed"][:10])}]


def tiny_llm(server, deps):
    """Starts the server again with a language model: a tiny Llama with random weights."""
    model = server.root / "tiny.gguf"
    subprocess.run([str(deps / "venv/bin/python"), str(TOP / "tools/model/tiny_llama.py"), str(model)], check=True, capture_output=True)
    server.stop()
    server.env = {"HARKEN_LLM_MODEL": str(model)}
    server.start()


def openai_sdk(build, folder):
    import harken

    os.environ["HARKEN_BUILD_DIR"] = str(build)
    failed, passed, versions = [], 0, []
    with harken.Server() as server:
        tiny_llm(server, folder.parent)
        for name in ("openai", "openai-previous"):
            versions.append(json.loads((folder / "node_modules" / name / "package.json").read_text())["version"])
            said = node(folder, "openai.mjs", name, server.address(), server.token())
            passed += said["passed"]
            failed += [f"{name}: {f}" for f in said["failed"]]
    return [{"id": "openai-sdk", "what": "official OpenAI client, two majors: checks failed", "figure": len(failed), "unit": "failures", "goal": 0,
             "ok": not failed and passed > 0, "note": "; ".join([f"{passed} passed; versions {', '.join(versions)}", *failed[:10]])}]


def mcp_apart(suite, folder, url):
    """(scenarios, what failed) of the suite's stable release, one run for each."""
    listed = subprocess.run([*suite, "list"], capture_output=True, text=True, timeout=RUN_S, check=True).stdout.partition("Client scenarios")[0]
    scenarios, failed = re.findall(r"(?m)^\s+- (\S+) \[", listed), []
    for scenario in scenarios:
        done = subprocess.run([*suite, "server", "--url", url, "--scenario", scenario], cwd=folder, capture_output=True, text=True, timeout=RUN_S)
        if done.returncode:
            failed.append(f"{scenario}: {(done.stdout + done.stderr).strip()[-200:]}")
    return len(scenarios), failed


def mcp_required(suite, folder, url, revision):
    """(scenarios, what failed) of those that a revision requires, as the suite's next release says."""
    done = subprocess.run([*suite, "server", "--url", url, "--requirements", revision], cwd=folder, capture_output=True, text=True, timeout=RUN_S)
    scored = done.stdout.partition("=== SUMMARY ===")[2].partition("Total:")[0]
    apart = set(re.findall(r"(?m)^\s+. (\S+) \(", done.stdout.partition("Not scored")[2]))
    rows = [(mark, name, says) for mark, name, says in re.findall(r"(?m)^(\S) (\S+): (.*)$", scored) if name not in apart]
    return len(rows), [f"{revision} {name}: {says}" for mark, name, says in rows if mark != "\N{CHECK MARK}"]


def mcp_conformance(build, folder):
    """The stable release of the suite with all it has, and what its next release asks of each revision; against the suite's own tools,
    prompts and resources (mcp_fixtures.c), which speak through our code."""
    import harken

    os.environ["HARKEN_BUILD_DIR"] = str(build)
    suite, following = ([str(folder.parent / "bin/node"), str(folder / "node_modules" / name / "dist/index.js")]
                        for name in ("@modelcontextprotocol/conformance", "conformance-next"))
    os.environ["HARKEN_BINARY"] = "harken-mcp-fixtures"
    try:
        with harken.Server() as server:
            proxy = subprocess.Popen([str(folder.parent / "bin/node"), str(HERE / "mcp-proxy.mjs"), server.address(), server.token()], stdout=subprocess.PIPE, text=True)
            try:
                url = f"http://127.0.0.1:{proxy.stdout.readline().strip()}/mcp"
                parts = [mcp_apart(suite, folder, url), *(mcp_required(following, folder, url, revision) for revision in MCP_SCENARIOS)]
            finally:
                proxy.terminate()
                proxy.wait()
    finally:
        del os.environ["HARKEN_BINARY"]
    failed = [line for _, lines in parts for line in lines]
    if parts[0][0] < MCP_STABLE:
        failed.append(f"only {parts[0][0]} scenarios")
    failed += [f"only {n} scenarios of {revision}" for (n, _), (revision, least) in zip(parts[1:], MCP_SCENARIOS.items()) if n < least]
    counts = ", ".join(f"the {n} that {revision} requires" for (n, _), revision in zip(parts[1:], MCP_SCENARIOS))
    return [{"id": "mcp-conformance", "what": "MCP conformance suite: scenarios failed", "figure": len(failed), "unit": "failures", "goal": 0, "ok": not failed,
             "note": "; ".join([f"all {parts[0][0]} server scenarios of the stable release; of the next one {counts}", *failed])}]
