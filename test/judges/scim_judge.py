"""SCIM by two strangers: scim2-tester tries everything the schemas allow, and a client that does what the big identity providers do."""
import json
import pathlib
import subprocess

import company
import harken

HERE = pathlib.Path(__file__).resolve().parent


def provisioner(server):
    """A program with the role of an identity provider, and its key."""
    op = company.operator(server)
    user = op.json("POST", "/v1/users", {"email": "idp@northwind.example", "service": True, "roles": ["provisioner"]})["id"]
    return op.json("POST", "/v1/keys", {"name": "idp", "user": user, "scopes": ["identity.write"]})["key"]


def tester(server, python):
    """(checks, those that failed) of scim2-tester."""
    done = subprocess.run([str(python), str(HERE / "scim_check.py"), server.address() + "/scim/v2", provisioner(server)], capture_output=True,
                          text=True, timeout=300)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode not in (0, 1) or not lines:
        raise RuntimeError(f"scim_check: {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
    said = json.loads(lines[-1])
    return said["checks"], said["failed"]


def run(python):
    with harken.Server() as server:
        return tester(server, python)
