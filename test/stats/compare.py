#!/usr/bin/env python3
"""Every figure of the program against recompute.py: equal rows in equal order, values to 1e-9.

usage: compare.py STATEVAL [--random N] [--seed S] [--files N] [--data FOLDER]
"""
import argparse
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import calls  # noqa: E402
import recompute  # noqa: E402

KEYS = ("id", "speaker", "of", "unit", "n", "reason", "spans")


def differ(mine, theirs):
    if any(mine[k] != theirs[k] for k in KEYS) or (mine["value"] is None) != (theirs["value"] is None):
        return True
    return mine["value"] is not None and abs(mine["value"] - theirs["value"]) > 1e-9 * max(1, abs(mine["value"]))


LARGEST = [0.0]


def difference(mine, theirs):
    if mine["value"] is None or theirs["value"] is None:
        return 0.0 if mine["value"] is theirs["value"] else float("inf")
    return abs(mine["value"] - theirs["value"]) / max(1, abs(mine["value"]))


def compare(name, call, context, theirs, show):
    mine, bad = recompute.rows(call, context), 0
    if len(mine) != len(theirs):
        print(f"{name}: {len(mine)} rows, the program has {len(theirs)}")
        return len(mine), 1
    for m, t in zip(mine, theirs):
        LARGEST[0] = max(LARGEST[0], difference(m, t))
        if differ(m, t):
            bad += 1
            if show > 0:
                show -= 1
                print(f"{name}:\n  recomputed {m}\n  program    {t}")
    digest = recompute.inputs_hash(call, context)
    if any(t["inputs_hash"] != digest or t["definition_version"] != recompute.VERSION for t in theirs):
        print(f"{name}: another hash of the inputs")
        bad += 1
    return len(mine), bad


def run(stateval, cases, show=10):
    cases, rows, bad = list(cases), 0, 0
    text = "".join(calls.dump(c, x) + "\n" for _, c, x in cases)
    done = subprocess.run([stateval], input=text.encode(), capture_output=True, check=True)
    answers = done.stdout.decode().splitlines()
    if len(answers) != len(cases):
        raise SystemExit(f"{len(answers)} answers to {len(cases)} calls")
    for (name, call, context), answer in zip(cases, answers):
        r, b = compare(name, call, context, json.loads(answer), show - bad)
        rows, bad = rows + r, bad + b
    return len(cases), rows, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stateval")
    parser.add_argument("--random", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--data", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data"))
    args = parser.parse_args()
    failed = 0
    for what, cases in (("random calls", calls.randoms(args.random, args.seed)),
                        ("real calls", calls.reals(args.data, args.files))):
        n, rows, bad = run(args.stateval, cases)
        failed += bad
        print(f"{what}: {n}, {rows} rows, {bad} differ")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
