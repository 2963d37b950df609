"""WebVTT conformance: our parser against the expected results of vtt.js, web-platform-tests and the cue-text trees.

run(build_dir, data_dir) returns rows for the evaluation table. Scored are the files that their collection marks as agreeing
with the W3C reference parser: id, start, end and raw text of every cue, in order; and for the cue-text files the plain text
(the quoted text nodes of the expected tree, one after the other). Files outside the score must only be read without a crash.
"""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path


def tool(build_dir):
    for at in ("harken_formateval", "src/formats/harken_formateval"):
        path = Path(build_dir) / at
        if path.exists():
            return str(path)
    raise FileNotFoundError("harken_formateval is not built in %s" % build_dir)


def cues_of(exe, paths):
    """{path: [cue, ...]}, in runs of 100 files."""
    found = {}
    for i in range(0, len(paths), 100):
        batch = [str(p) for p in paths[i : i + 100]]
        out = subprocess.run([exe, "--cues", *batch], capture_output=True, check=True, timeout=120).stdout
        for line in out.decode("utf-8").split("\n"):
            if line:
                got = json.loads(line)
                found[got["path"]] = got["cues"]
    return found


def key(cue, start, end):
    return (cue["id"], round(cue[start], 3), round(cue[end], 3), cue["text"])


def vttjs_cases(root):
    with open(root / "INDEX.tsv", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            if row["scored"] != "yes":
                continue
            want = json.loads((root / row["expected_json"]).read_text(encoding="utf-8-sig"))
            yield root / row["vtt"], [key(c, "startTime", "endTime") for c in want["cues"]]


def wpt_file_cases(root):
    for name, cues in json.loads((root / "EXPECTED.json").read_text(encoding="utf-8")).items():
        yield root / name, [key(c, "start", "end") for c in cues]


def tree_text(tree):
    """The quoted text nodes of a tree dump; a node may run over several lines."""
    return "".join(re.findall(r'^\|\s+"(.*?)"$', tree, re.M | re.S))


def wpt_cue_cases(root):
    for path in sorted(root.glob("*.json")):
        cases = json.loads(path.read_text(encoding="utf-8"))
        yield path.with_suffix(".vtt"), [tree_text(c["expectedTree"]) for c in cases]


def score(build_dir, data_dir):
    """(passed, total, failures): one case a file, and one a cue for the cue-text files."""
    root = Path(data_dir) / "webvtt-conformance"
    exe = tool(build_dir)
    got = cues_of(exe, sorted(root.rglob("*.vtt")))
    passed, total, failures = 0, 0, []
    for path, want in [*vttjs_cases(root / "vttjs"), *wpt_file_cases(root / "wpt-file")]:
        have = [key(c, "start", "end") for c in got[str(path)]]
        total += 1
        if have == want:
            passed += 1
        else:
            failures.append((str(path.relative_to(root)), want, have))
    for path, want in wpt_cue_cases(root / "wpt-cue"):
        have = [c["plain"] for c in got[str(path)]]
        for i, text in enumerate(want):
            total += 1
            if i < len(have) and have[i] == text:
                passed += 1
            else:
                failures.append(("%s cue %d" % (path.relative_to(root), i), text, have[i : i + 1]))
    return passed, total, failures


def run(build_dir, data_dir):
    passed, total, failures = score(build_dir, data_dir)
    note = "%d of %d cases" % (passed, total)
    if failures:
        note += "; not: " + ", ".join(f[0] for f in failures[:10])
    return [
        {
            "id": "webvtt-conformance",
            "what": "WebVTT files and cue texts parsed as the W3C reference parser does",
            "figure": passed / total if total else 0.0,
            "unit": "share",
            "goal": 1.0,
            "ok": total > 0 and passed == total,
            "note": note,
        }
    ]


if __name__ == "__main__":
    for failure in score(sys.argv[1], sys.argv[2])[2]:
        print(*failure, sep="\n    ")
    print(json.dumps(run(sys.argv[1], sys.argv[2]), indent=1))
