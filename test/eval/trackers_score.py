"""Trackers by examples on labelled sets: F1 with 5, 10 and 20 examples, beside a keyword list and the nearest centroid.

run(build_dir, data_dir) returns tracker-5-f1, tracker-10-f1, tracker-20-f1: mean over the labels of two sets, the strategies of casino
(utterances of negotiations labelled by people, its non-strategic class left out) and the intents of multidogo's media chats (those with
60 lines or more; contentonly and outofdomain left out), of the mean F1 over three draws. As many unwanted examples as wanted ones are
given, and 400 utterances without their labels; everything else of the set is scored. Keyword baseline: a content word of a wanted example
that stands in no unwanted one; centroid baseline: nearer to the centroid of the wanted ones, by the same vectors.
What the head has of constants was chosen on multidogo's finance chats, which are not scored here.
tracker-calibration is the error of the confidences of 20 examples (ten bins of equal width), beside what always saying the share of
wanted ones in the examples' own mixture would give.
"""
import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = {"non-strategic", "contentonly", "outofdomain"}


def line(labels, text):
    kept = [x.strip() for x in labels if x.strip() and x.strip() not in LEFT_OUT]
    return ",".join(kept) + "\t" + " ".join(text.split())


def casino(data):
    chats = json.loads((data / "casino/casino_train.json").read_text(encoding="utf-8"))
    return [line(labels.split(","), text) for chat in chats for text, labels in chat.get("annotations", []) if text.strip()]


def media(data):
    out = []
    for name in ("dev", "test"):
        for row in (data / f"multidogo/media/{name}.tsv").read_text(encoding="utf-8", errors="replace").splitlines():
            cells = row.split("\t")
            if len(cells) == 6 and cells[5] != "intent" and cells[3].strip():
                out.append(line(cells[5].split("<div>"), cells[3]))
    return out


def scored(build, lines):
    deps = pathlib.Path(os.environ.get("HARKEN_DEPS", TOP / ".deps"))
    done = subprocess.run([str(build / "src/insight/harken_trackereval"), str(build / "harken"), str(deps / "models/all-MiniLM-L6-v2.gguf"),
                           "5,10,20", "3"], input=("\n".join(lines) + "\n").encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(x) for x in done.stdout.decode().splitlines()]


def run(build_dir, data_dir):
    data, build = pathlib.Path(data_dir), pathlib.Path(build_dir)
    sets = {name: make for name, make in (("casino", casino), ("multidogo", media)) if (data / name).is_dir()}
    if not sets:
        return []
    by_set = {name: scored(build, make(data)) for name, make in sets.items()}
    every, rows = [x for got in by_set.values() for x in got], []
    for k in (5, 10, 20):
        got = [x for x in every if x["k"] == k]
        mean = {x: sum(g[x] for g in got) / len(got) for x in ("f1", "centroid", "keyword")}
        best = max(("centroid", "keyword"), key=lambda x: mean[x])
        each = "; ".join("%s %.3f (centroid %.3f, keyword %.3f)" % (
            name, *(sum(g[x] for g in part if g["k"] == k) / sum(g["k"] == k for g in part) for x in ("f1", "centroid", "keyword")))
            for name, part in by_set.items())
        rows.append({"id": f"tracker-{k}-f1", "what": f"labelled utterances, trackers by {k} examples", "figure": mean["f1"], "unit": "f1",
                     "peer": {"centroid": "nearest centroid", "keyword": "keyword list"}[best], "peer_figure": mean[best],
                     "ratio": mean["f1"] / mean[best], "ok": mean["f1"] > mean[best],
                     "note": f"{len(got)} labels; nearest centroid {mean['centroid']:.3f}, keyword list {mean['keyword']:.3f}; {each}"})
    got = [x for x in every if x["k"] == 20]
    error, plain = sum(x["ece"] for x in got) / len(got), sum(abs(0.5 - x["share"]) for x in got) / len(got)
    rows.append({"id": "tracker-calibration", "what": "confidence of trackers by 20 examples", "figure": error, "unit": "ece",
                 "peer": "the share of wanted ones among the examples", "peer_figure": plain, "note": f"mean over {len(got)} labels"})
    return rows


if __name__ == "__main__":
    for row in run(*sys.argv[1:3]):
        print(json.dumps(row))
