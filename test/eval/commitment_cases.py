"""The written cases of test/cases/commitments*.txt: read, run through the program, scored.

usage: commitment_cases.py [BUILD] [build|measure|all] [SET...]   prints what differs and the figures

A finding and an expected item belong together when a span of the one lies in a span of the other, in the same turn; then owner
and due are compared. Commitments are COMMITTED and ACCEPTED: precision = right ones / found ones, recall = right ones / expected
ones, where right needs the place and a modality of the two. Hardening = statements expected HEDGED, REQUESTED, NEGATED or
CANCELLED that come out as a commitment / all such statements. Fabrication = commitments whose quote is not in the text or whose
owner or due is another than the expected one (an expected null is a fabrication when something stands there) / commitments.
"""
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
SETS = {"first": TOP / "test/cases/commitments.txt", "second": TOP / "test/cases/commitments_more.txt",
        "third": TOP / "test/cases/commitments_wide.txt",
        "held": TOP / "test/cases/commitments_held.txt"}
PEOPLE = {"A": ("Ana Ruiz", "internal"), "C": ("Cleo Marsh", "internal"), "B": ("Ben Cole", "external"), "D": ("Dan Wu", "external")}
FIRM = ("COMMITTED", "ACCEPTED")
MARK = re.compile(r"\{(?:(\d+):)?([^{}]*)\}")


def case_read(line, number):
    head, text, want = (p.strip() for p in line.split(" | "))
    kind, start, *rest = head.split()
    turns, spans, seen = [], {}, []
    for one in text.split(" // "):
        who, _, said = one.partition(": ")
        said, plain, at = said.replace("\\n", "\n"), "", 0
        for m in MARK.finditer(said):
            plain += said[at:m.start()]
            spans.setdefault(int(m[1] or 1), []).append((len(turns), len(plain.encode()), len((plain + m[2]).encode())))
            plain += m[2]
            at = m.end()
        plain += said[at:]
        turns.append({"speaker": PEOPLE[who][0], "text": plain})
        seen.append(who)
    seen += [c for r in rest if r.startswith("+") for c in r[1:].split("+")]
    ia = {"format": "harken.interaction/1", "kind": kind, "title": "case %d" % number, "turns": turns,
          "started_at": "2026-03-11T10:00:00+01:00" if start == "." else start,
          "language": next((r for r in rest if not r.startswith("+")), "en"),
          "participants": [{"name": n, "side": s} for w, (n, s) in PEOPLE.items() if w in seen]}
    items = []
    if want != "none":
        for i, item in enumerate(want.split(";"), 1):
            modality, owner, due = item.split()
            items.append({"modality": modality, "owner": PEOPLE[owner][0] if owner != "-" else None,
                          "due": due if due != "-" else None, "spans": spans.get(i, spans.get(1))})
    return ia, items


def cases(half="all", sets=tuple(SETS)):
    """Of each set: all, its odd cases ("build") or its even ones ("measure")."""
    return [c for name in sets for c in one_set(name, half)]


def one_set(name, half):
    lines = [x for x in SETS[name].read_text(encoding="utf-8").splitlines() if x and not x.startswith("#")]
    out = [(n, *case_read(x, n)) for n, x in enumerate(lines, 1)]
    return [c for c in out if half == "all" or (c[0] % 2 == 1) == (half == "build")]


def run(build, items):
    text = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items)
    tool = pathlib.Path(build) / "src/insight/harken_findeval"
    done = subprocess.run([str(tool)], input=text.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [[f for f in json.loads(x)["findings"] if f["kind"] == "commitment"] for x in done.stdout.decode().splitlines()]


def meets(spans, finding):
    mine = {(s["turn"], b) for s in finding["spans"] for b in range(s["start"], s["end"])}
    return any(sum((t, x) in mine for x in range(a, b)) * 2 >= b - a for t, a, b in spans)


def pairs(want, got):
    left, out = list(got), []
    for exact in (True, False):
        for w in want:
            if any(w is p for p, _ in out):
                continue
            for g in left:
                if meets(w["spans"], g) and (not exact or (g["modality"], g["owner"]) == (w["modality"], w["owner"])):
                    out.append((w, g))
                    left.remove(g)
                    break
    return out, [w for w in want if not any(w is p for p, _ in out)], left


def quoted(ia, g):
    return all(ia["turns"][s["turn"]]["text"].encode()[s["start"]:s["end"]].decode() == s["quote"] and s["quote"] for s in g["spans"])


def score(some, found, show=False):
    n = dict(found=0, right=0, wanted=0, soft=0, hardened=0, fabricated=0, modality=0, items=0)
    for (number, ia, want), got in zip(some, found):
        both, missed, extra = pairs(want, got)
        firm = [g for g in got if g["modality"] in FIRM]
        n["items"] += len(want)
        n["found"] += len(firm)
        n["wanted"] += sum(w["modality"] in FIRM for w in want)
        n["soft"] += sum(w["modality"] not in FIRM for w in want)
        n["right"] += sum(w["modality"] in FIRM and g["modality"] in FIRM for w, g in both)
        n["modality"] += sum(w["modality"] == g["modality"] for w, g in both)
        n["hardened"] += sum(w["modality"] not in FIRM and g["modality"] in FIRM for w, g in both)
        bad = [g for g in firm if not quoted(ia, g)]
        bad += [g for w, g in both if g["modality"] in FIRM and g not in bad and
                ((g["owner"] or w["owner"]) != w["owner"] or (g["due"] or w["due"]) != w["due"])]
        n["fabricated"] += len(bad)
        wrong = [(w, g) for w, g in both if (w["modality"], w["owner"], w["due"]) != (g["modality"], g["owner"], g["due"])]
        if show and (wrong or missed or extra):
            print(f"case {number}: " + " // ".join(t["speaker"][0] + ": " + t["text"] for t in ia["turns"]))
            for w, g in wrong:
                print("   want", w["modality"], w["owner"], w["due"], " got", g["modality"], g["owner"], g["due"])
            for w in missed:
                print("   missed", w["modality"], w["owner"], w["due"])
            for g in extra:
                print("   extra", g["modality"], g["owner"], g["due"], [s["quote"] for s in g["spans"]])
    return n


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else TOP / "build"
    half = sys.argv[2] if len(sys.argv) > 2 else "build"
    some = cases(half, sys.argv[3:] or tuple(SETS))
    n = score(some, run(build, [c[1] for c in some]), show=half != "measure")
    print(len(some), "cases", n)
    print("precision %.4f recall %.4f hardening %.4f fabrication %.4f modality %.4f" % (
        n["right"] / max(1, n["found"]), n["right"] / max(1, n["wanted"]), n["hardened"] / max(1, n["soft"]),
        n["fabricated"] / max(1, n["found"]), n["modality"] / max(1, n["items"])))


if __name__ == "__main__":
    main()
