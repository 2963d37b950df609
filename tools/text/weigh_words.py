#!/usr/bin/env python3
"""Makes src/text/lists/weigh_*.en.txt: how much words, and the shape of a sentence, speak for people writing it down.

usage: weigh_words.py BUILD DATA action|decision|summary > src/text/lists/weigh_NAME.en.txt      (needs numpy, as tools/ranker does)
       weigh_words.py BUILD DATA NAME --folds      prints instead how well the order is within the half that is looked at

Ridge regression of how well a sentence fits the best label of its meeting, over the features of src/insight/weigh.h (harken_findeval
--weigh of BUILD) and the words that are common in the meetings of all sets, so that no word of one trade counts. Only the
meetings that test/eval/meetings.py gives for building are looked at: the others are what test/eval measures with.
curve.slope and curve.offset make the score a share: of sentences so ranked in meetings left out of training (four folds), how
many would have counted as found.
"""
import collections
import json
import pathlib
import subprocess
import sys

import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / "test/eval")]
import findings_score  # noqa: E402
import meetings as labelled  # noqa: E402
import summary_score  # noqa: E402

BASE, SCALE, FOLDS = 100000, 1000, 4
COMMON, PENALTY, CAP, POWER = 0.15, 1.0, 0.45, 1.5  # chosen by the four folds, as those of the summary
SUMMARY = {"COMMON": 0.08, "PENALTY": 0.3, "CAP": 9, "POWER": 2.5}


def weighed(build, ias):
    text = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in ias)
    done = subprocess.run([str(build / "src/insight/harken_findeval"), "--weigh"], input=text.encode(), capture_output=True, check=True)
    return [json.loads(x) for x in done.stdout.decode().splitlines()]


def summary_fit(gold):
    pairs, words = collections.Counter(zip(gold, gold[1:])), collections.Counter(gold)

    def fit(quote):
        mine = summary_score.words(quote)
        if not mine:
            return 0.0
        one = sum((collections.Counter(mine) & words).values()) / (len(mine) + 8)
        two = sum((collections.Counter(zip(mine, mine[1:])) & pairs).values()) / (len(mine) + 8)
        return one / 2 + 2 * two
    return fit


def meetings(data, name):
    """[(set, group, interaction, function of (sentence, ia) -> fit)]"""
    out = []
    if name == "summary":
        for series, ia, gold in labelled.qmsum(data, "build"):
            fit = summary_fit(summary_score.words(gold))
            out.append(("qmsum", series, ia, lambda s, ia, fit=fit: fit(s["quote"])))
        return out
    if name == "action":
        for series, (ia, labels, _) in labelled.meet(data, "build"):
            if labels:
                out.append(("meet", series, ia, lambda s, ia, ls=labels: max(
                    findings_score.overlap(x, findings_score.shown(ia["turns"][s["turn"]]["speaker"], s["quote"])) for x in ls)))
    for series, (ia, labels) in labelled.zoom(data, "build", name):
        if labels:
            out.append(("zoom", series, ia, lambda s, ia, ls=labels: max(
                findings_score.zoom_fits(x, (ia["turns"][s["turn"]]["start_ms"] / 1000, s["quote"])) for x in ls)))
    return out


def common_words(data, build):
    sets = {"meet": [m[0] for _, m in labelled.meet(data, "build")], "zoom": [m[0] for _, m in labelled.zoom(data, "build", "action")],
            "qmsum": [ia for _, ia, _ in labelled.qmsum(data, "build")]}
    seen = {k: collections.Counter() for k in sets}
    for k, ias in sets.items():
        for ia in ias:
            seen[k].update({w for t in ia["turns"] for w in findings_score.Centroids.terms(t["text"])})
    some = set.intersection(*({w for w, n in seen[k].items() if n >= COMMON * len(sets[k])} for k in sets))
    return sorted(w for w in some if w != "?")


def matrix(sentences, words):
    at = {w: i for i, w in enumerate(words)}
    first = len(sentences[0]["features"])
    x = np.zeros((len(sentences), first + len(words)), np.float32)
    for r, s in enumerate(sentences):
        x[r, :first] = s["features"]
        for w in s["words"].split():
            if w in at:
                x[r, first + at[w]] += 1
    return x


def ridge(xs, ts):
    """Only sentences of one meeting are held against each other."""
    x, t = np.concatenate([x - x.mean(0) for x in xs]), np.concatenate([t - t.mean() for t in ts])
    spread = x.std(0) + 0.05
    z = x / spread
    w = np.linalg.solve(z.T @ z / len(t) + PENALTY * np.eye(z.shape[1], dtype=np.float32), z.T @ t / len(t)) / spread
    return w / max(1e-9, (x @ w).std())


def curve(score, right):
    a, b = 1.0, float(np.log(right.mean() / (1 - right.mean())))
    for _ in range(60):
        p = 1 / (1 + np.exp(-(a * score + b)))
        q, e = p * (1 - p), p - right
        h = np.array([[(q * score * score).sum() + 1e-6, (q * score).sum()], [(q * score).sum(), q.sum() + 1e-6]])
        da, db = np.linalg.solve(h, [(e * score).sum(), e.sum()])
        a, b = a - da, b - db
    return a, b


def main():
    build, data, name = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    if name == "summary":
        globals().update(SUMMARY)
    some = meetings(data, name)
    got = weighed(build, [m[2] for m in some])
    names, words = got[0]["names"], common_words(data, build)
    kept = [(m, g["sentences"]) for m, g in zip(some, got) if g["sentences"]]
    fits = [np.array([m[3](s, m[2]) for s in ss]) for m, ss in kept]
    xs = [matrix(ss, words) for _, ss in kept]
    ts = [(np.minimum(f, CAP) ** POWER).astype(np.float32) for f in fits]
    order = sorted({m[1] for m, _ in kept})
    fold = [order.index(m[1]) % FOLDS for m, _ in kept]
    held = [None] * len(kept)
    for f in range(FOLDS):
        w = ridge([x for x, k in zip(xs, fold) if k != f], [t for t, k in zip(ts, fold) if k != f])
        for i, x in enumerate(xs):
            if fold[i] == f:
                held[i] = x @ w
    score = np.concatenate(held)
    right = np.concatenate(fits) >= (0.3 if name != "summary" else np.quantile(np.concatenate(fits), 0.9))
    if "--folds" in sys.argv:
        for top in (1, 2, 3, 5, 8):
            n = collections.Counter()
            for (m, _), s, f in zip(kept, held, fits):
                best = np.argsort(-s)[:top]
                n[m[0]] += len(best)
                n[m[0] + " right"] += int((f[best] >= 0.3).sum())
            print(top, dict(n), len(words), "words")
        return
    slope, offset = curve(score, right.astype(float))
    weights = ridge(xs, ts)
    print(f"# How much words and the shape of a sentence speak for its being written down as {name}: {BASE} + {SCALE} * weight.")
    print("# Made by tools/text/weigh_words.py.\n# version: 1")
    for key, value in (("curve.slope", slope), ("curve.offset", offset)):
        print(f"{key}\t{BASE + round(SCALE * value)}")
    for key, value in zip(names + words, weights):
        if round(SCALE * value):
            print(f"{key}\t{BASE + round(SCALE * float(value))}")


if __name__ == "__main__":
    main()
