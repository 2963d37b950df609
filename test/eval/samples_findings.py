"""The sample company's interactions as our own JSON with their people, and its findings written by hand.

load(build_dir) -> [(interaction, expected findings)]; usage: samples_findings.py [BUILD] prints what differs.
"""
import csv
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
BASE = TOP / "samples/northwind-robotics"
PERSON = re.compile(r"^\s*(.*?)\s*<([^>]*)>\s*$")
LEGEND = {"VOICE_NONE": None}


def people(text, own):
    out = []
    for one in filter(None, (p.strip() for p in text.split(";"))):
        m = PERSON.match(one)
        name, mail = (m[1], m[2]) if m else (one, "")
        side = "internal" if mail.endswith("@" + own) else "external" if mail else None
        out.append({k: v for k, v in (("name", name), ("email", mail), ("side", side)) if v})
    return out


def load(build):
    own = json.loads((BASE / "company.json").read_text(encoding="utf-8"))["domains"][0]
    with open(BASE / "interactions/index.csv", encoding="utf-8") as f:
        table = {r["path"]: r for r in csv.DictReader(f)}
    expected = {}
    for p in sorted((BASE / "expected").glob("*.json")):
        e = json.loads(p.read_text(encoding="utf-8"))
        if isinstance(e, dict) and "interaction" in e:
            expected[e["interaction"].removeprefix("interactions/")] = e["findings"]
    paths = [str(BASE / "interactions" / p) for p in table]
    done = subprocess.run([str(pathlib.Path(build) / "src/formats/harken_formateval"), *paths], capture_output=True, check=True)
    out = []
    for path, line in zip(table, done.stdout.decode().splitlines()):
        got = json.loads(line)
        for item in got.get("items", []):
            row = table[path]
            listed = people(row["participants"], own)
            names = {p.get("name") for p in listed}
            item["participants"] = listed + [p for p in item.get("participants", []) if p.get("name") not in names]
            item["started_at"] = row["started_at"] or item.get("started_at")
            item["source"] = path
            out.append((item, expected.get(path, [])))
    return out


def run(build, items):
    text = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items)
    done = subprocess.run([str(pathlib.Path(build) / "src/insight/harken_findeval")], input=text.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(line)["findings"] for line in done.stdout.decode().splitlines()]


def words(text):
    return re.sub(r"\s+", " ", text).strip()


def same_place(want, got):
    """Any quote of one stands in a quote of the other."""
    mine = [words(q) for q in want.get("quotes", [want["quote"]])]
    theirs = [words(s["quote"]) for s in got["spans"]]
    return any(m in t or t in m for m in mine for t in theirs)


def pair(want, got):
    """One-to-one by place; equal modality first."""
    left, pairs = list(range(len(got))), []
    for strict in (True, False):
        for w in want:
            if any(w is x for x, _ in pairs):
                continue
            for g in left:
                if same_place(w, got[g]) and (not strict or got[g]["modality"] == w["modality"]):
                    pairs.append((w, got[g]))
                    left.remove(g)
                    break
    matched = {id(w) for w, _ in pairs}
    return pairs, [w for w in want if id(w) not in matched], [got[g] for g in left]


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else TOP / "build"
    data = load(build)
    total = dict(right=0, modality=0, missed=0, extra=0, owner=0, due=0)
    for (item, want), got in zip(data, run(build, [i for i, _ in data])):
        want = [w for w in want if w["kind"] == "commitment"]
        got = [g for g in got if g["kind"] == "commitment"]
        pairs, missed, extra = pair(want, got)
        total["missed"] += len(missed)
        total["extra"] += len(extra)
        for w, g in pairs:
            total["right"] += w["modality"] == g["modality"]
            total["owner"] += w["owner"] == g["owner"]
            total["due"] += w["due"] == g["due"]
            if w["modality"] != g["modality"] or w["owner"] != g["owner"] or w["due"] != g["due"]:
                total["modality"] += 1
                print(f"{item['source']}\n   want {w['modality']} {w['owner']} {w['due']} {w.get('quotes', w['quote'])}\n   got  {g['modality']} {g['owner']} {g['due']} {[s['quote'] for s in g['spans']]}")
        for w in missed:
            print(f"{item['source']}\n   MISSED {w['modality']} {w['owner']} {w['due']} {w.get('quotes', w['quote'])}")
        for g in extra:
            print(f"{item['source']}\n   EXTRA {g['modality']} {g['owner']} {g['due']} {[s['quote'] for s in g['spans']]}")
    print(total)


if __name__ == "__main__":
    main()
