"""Hooks of schemathesis for GraphQL.

What a schema of GraphQL cannot say (lengths, ranges, forms, which rows there are) a server answers with an error beside the data, and the
suite takes any error for a failure. So each error is looked at here: one that is well formed, stands at a field of the answer which is null,
and has a code that speaks of the request, is what doc/api.md promises, and is taken out before the suite looks. Everything else it finds."""
import json

import schemathesis

# Of the request: see the table of codes in doc/api.md. INTERNAL is not among them.
OURS = {"BAD_USER_INPUT", "LIMIT", "NOT_FOUND", "EXISTS", "CONFLICT", "DENIED", "UNSUPPORTED"}


def promised(error, data):
    if not isinstance(error.get("message"), str) or not error["message"] or error.get("extensions", {}).get("code") not in OURS:
        return False
    if not all(isinstance(place.get(k), int) and place[k] > 0 for place in error.get("locations", [{}]) for k in ("line", "column")):
        return False
    if "path" not in error:  # before execution: then there is no data at all
        return data is None
    for step in error["path"]:
        if data is None:
            return True
        data = data[step]
    return data is None


@schemathesis.hook
def after_call(context, case, response):
    try:
        said = json.loads(response.content)
    except ValueError:
        return
    if isinstance(said, dict) and isinstance(said.get("errors"), list):
        rest = [e for e in said["errors"] if not promised(e, said.get("data"))]
        response.content = json.dumps({k: v for k, v in said.items() if k != "errors"} | ({"errors": rest} if rest else {"data": said.get("data") or {}})).encode()
