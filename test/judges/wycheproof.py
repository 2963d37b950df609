"""Wycheproof's signatures and keys against our JOSE code: every case must come out as the file says, but for those with a shared secret
(HS256 and the like), which are refused on purpose: an identity provider signs with a key of its own, so all of these must be refused."""
import json
import subprocess

FILES = ("json_web_signature_test.json", "json_web_key_test.json")


def cases(folder):
    for name in FILES:
        for group in json.loads((folder / name).read_text())["testGroups"]:
            key = group.get("public") or group.get("private")
            keys = key if "keys" in key else {"keys": [key]}
            shared = any(k.get("kty") == "oct" for k in keys["keys"])
            for test in group["tests"]:
                token = test["jws"] if isinstance(test["jws"], str) else json.dumps(test["jws"])
                yield f"{name[:17]} {test['tcId']} {test['comment']}", "invalid" if shared else test["result"], keys, token.replace("\n", " ").replace("\t", " ")


def run(exe, folder):
    """(number of cases, names of those that came out otherwise, number refused on purpose)"""
    rows = list(cases(folder))
    text = "".join(json.dumps(keys) + "\t" + token + "\n" for _, _, keys, token in rows)
    got = subprocess.run([str(exe)], input=text, capture_output=True, text=True, check=True, timeout=120).stdout.split()
    if len(got) != len(rows):
        raise RuntimeError(f"{len(rows)} cases, {len(got)} answers")
    wrong = [name for (name, want, _, _), said in zip(rows, got) if said != want]
    return len(rows), wrong, sum('"oct"' in json.dumps(keys) for _, _, keys, _ in rows)
