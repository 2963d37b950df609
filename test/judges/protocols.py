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
GRAPHQL_AUDITS, MCP_SCENARIOS = 61, 32


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


def mcp_conformance(build, folder):
    import harken

    os.environ["HARKEN_BUILD_DIR"] = str(build)
    suite = [str(folder.parent / "bin/node"), str(folder / "node_modules/.bin/conformance")]
    listed = subprocess.run([*suite, "list"], capture_output=True, text=True, timeout=RUN_S, check=True).stdout.partition("Client scenarios")[0]
    scenarios = re.findall(r"(?m)^\s+- (\S+) \[", listed)
    failed = []
    os.environ["HARKEN_BINARY"] = "harken-mcp-fixtures"
    try:
        with harken.Server() as server:
            proxy = subprocess.Popen([str(folder.parent / "bin/node"), str(HERE / "mcp-proxy.mjs"), server.address(), server.token()], stdout=subprocess.PIPE, text=True)
            try:
                port = proxy.stdout.readline().strip()
                for scenario in scenarios:
                    done = subprocess.run([*suite, "server", "--url", f"http://127.0.0.1:{port}/mcp", "--scenario", scenario], cwd=folder, capture_output=True,
                                          text=True, timeout=RUN_S)
                    if done.returncode:
                        failed.append(f"{scenario}: {(done.stdout + done.stderr).strip()[-200:]}")
            finally:
                proxy.terminate()
                proxy.wait()
    finally:
        del os.environ["HARKEN_BINARY"]
    if len(scenarios) < MCP_SCENARIOS:
        failed.append(f"only {len(scenarios)} scenarios")
    return [{"id": "mcp-conformance", "what": "MCP conformance suite: scenarios failed", "figure": len(failed), "unit": "failures", "goal": 0, "ok": not failed,
             "note": "; ".join([f"all {len(scenarios)} server scenarios, with the tools, prompts and resources they call for (mcp_fixtures.c)", *failed])}]
