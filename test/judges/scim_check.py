"""Runs scim2-tester against a server: scim_check.py URL KEY. Prints one JSON line. Needs the set-up step judges-access."""
import json
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server


def main():
    url, key = sys.argv[1:]
    client = SyncSCIMClient(Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60))
    client.discover()
    results = check_server(client)
    failed = [f"{r.title}: {r.reason}" for r in results if r.status not in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE, Status.SKIPPED)]
    print(json.dumps({"checks": len(results), "failed": failed[:20]}))
    return 1 if failed else 0


sys.exit(main())
