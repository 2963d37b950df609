"""Trackers by examples on labelled sets: F1 with 5, 10 and 20 examples, beside a keyword list and the nearest centroid.

run(build_dir, data_dir) returns tracker-5-f1, tracker-10-f1, tracker-20-f1: mean over the strategies of casino (utterances labelled
by people, its non-strategic class left out) of the mean F1 over three draws. As many unwanted examples as wanted ones are given, and
400 utterances without their labels; everything else is scored. Keyword baseline: a content word of a wanted example that stands in no
unwanted one; centroid baseline: nearer to the centroid of the wanted ones, by the same vectors.
"""
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def lines(data):
    chats = json.loads((pathlib.Path(data) / "casino/casino_train.json").read_text(encoding="utf-8"))
    out = []
    for chat in chats:
        for text, labels in chat.get("annotations", []):
            clean = " ".join(text.split())
            kept = [x.strip() for x in labels.split(",") if x.strip() and x.strip() != "non-strategic"]
            if clean:
                out.append(",".join(kept) + "\t" + clean)
    return out


def run(build_dir, data_dir):
    if not (pathlib.Path(data_dir) / "casino").is_dir():
        return []
    deps = pathlib.Path(os.environ.get("HARKEN_DEPS", TOP / ".deps"))
    build = pathlib.Path(build_dir)
    text = "\n".join(lines(data_dir)) + "\n"
    done = subprocess.run([str(build / "src/insight/harken_trackereval"), str(build / "harken"), str(deps / "models/all-MiniLM-L6-v2.gguf"),
                           "5,10,20", "3"], input=text.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    every, rows = [json.loads(x) for x in done.stdout.decode().splitlines()], []
    for k in (5, 10, 20):
        got = [x for x in every if x["k"] == k]
        mean = {x: sum(g[x] for g in got) / len(got) for x in ("f1", "centroid", "keyword")}
        best = max(("centroid", "keyword"), key=lambda x: mean[x])
        rows.append({"id": f"tracker-{k}-f1", "what": f"casino strategies, trackers by {k} examples", "figure": mean["f1"], "unit": "f1",
                     "peer": {"centroid": "nearest centroid", "keyword": "keyword list"}[best], "peer_figure": mean[best],
                     "ratio": mean["f1"] / mean[best], "note": f"{len(got)} labels; nearest centroid {mean['centroid']:.3f}, keyword list {mean['keyword']:.3f}"})
    return rows


if __name__ == "__main__":
    for line in run(*sys.argv[1:3]):
        print(json.dumps(line))
