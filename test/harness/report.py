"""Rows of measurements: {id, what, figure, unit, goal, ok, peer, peer_figure, ratio, note}, as a table and as a file.

Numbers are numbers; a key that says nothing is left out. `make eval`, `bench`, `judges` and `faults` share this.
"""
import json
import math
import numbers
import pathlib

KEYS = {"id": str, "what": str, "figure": numbers.Real, "unit": str, "goal": numbers.Real, "ok": bool, "peer": str,
        "peer_figure": numbers.Real, "ratio": numbers.Real, "note": str}
NEEDED = ("id", "what", "figure", "unit")


def faults(rows):
    """What is wrong with the shape of rows, as sentences."""
    found, seen = [], set()
    for r in rows:
        name = r.get("id", "?")
        found += [f"{name}: {k} is missing" for k in NEEDED if k not in r]
        found += [f"{name}: unknown key {k}" for k in r if k not in KEYS]
        for k, kind in KEYS.items():
            v = r.get(k)
            if k in r and (not isinstance(v, kind) or (kind is not bool and isinstance(v, bool))):
                found.append(f"{name}: {k} is {v!r}")
            elif isinstance(v, float) and not math.isfinite(v):
                found.append(f"{name}: {k} is not a number")
        if name in seen:
            found.append(f"{name}: twice")
        seen.add(name)
    return found


def write(path, rows, partial=False):
    """Writes the report. A partial run replaces its own rows in what is there and leaves the others."""
    path = pathlib.Path(path)
    wrong = faults(rows)
    if wrong:
        raise ValueError("; ".join(wrong))
    if partial and path.exists():
        fresh = {r["id"] for r in rows}
        rows = [r for r in json.loads(path.read_text(encoding="utf-8")) if r["id"] not in fresh] + rows
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def number(x):
    if isinstance(x, int) or float(x).is_integer() and abs(x) >= 10:
        return f"{int(x):,}"
    return f"{x:.4f}" if abs(x) < 10 else f"{x:,.1f}"


def table(rows):
    print(f"{'id':40} {'figure':>10} {'goal':>9}  {'ok':4} {'ratio':>7}  {'unit':10} what")
    for r in rows:
        goal = number(r["goal"]) if "goal" in r else ""
        ok = {True: "yes", False: "NO"}.get(r.get("ok"), "")
        ratio = f"{r['ratio']:.2f}" if "ratio" in r else ""
        print(f"{r['id']:40} {number(r['figure']):>10} {goal:>9}  {ok:4} {ratio:>7}  {r['unit']:10} {r['what']}")
        extra = "; ".join(x for x in (f"{r['peer']} {number(r['peer_figure'])}" if "peer_figure" in r else "", r.get("note", "")) if x)
        if extra:
            print(f"{'':40} {extra[:230]}")
