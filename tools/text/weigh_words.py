#!/usr/bin/env python3
"""Makes src/text/lists/weigh_*.en.txt: how much words, and the shape of a sentence, speak for people writing it down.

usage: weigh_words.py BUILD DATA action|decision|summary|discovery > src/text/lists/weigh_NAME.en.txt      (needs numpy, as tools/ranker does)
       weigh_words.py BUILD DATA NAME --folds      prints instead how well the order is within the half that is looked at

Ridge regression of how well a sentence fits the best label of its meeting, over the features of src/insight/weigh.h (harken_findeval
--weigh of BUILD) and the words that are common in the meetings of all sets, so that no word of one trade counts. Only the
meetings that test/eval/meetings.py gives for building are looked at: the others are what test/eval measures with.
curve.slope and curve.offset make the score a share: of sentences so ranked in meetings left out of training (four folds), how
many would have counted as found; no score counts for more than curve.most there, that of one sentence in 200.

discovery is another: logistic regression over the words alone of sentences that ask, does the utterance ask what the other side needs.
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
DISCOVERY = {"COMMON": 0.08, "PENALTY": 0.003, "SEEN": 4}
NAMED = {"action": "written down as something to do", "decision": "written down as settled", "summary": "in a summary",
         "discovery": "a question after what the other side needs"}


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


def logistic(x, y):
    """Newton's method; the last column is the bias."""
    w, ridge_of = np.zeros(x.shape[1]), np.full(x.shape[1], DISCOVERY["PENALTY"])
    ridge_of[-1] = 1e-6
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x / len(y) + np.diag(ridge_of), x.T @ (p - y) / len(y) + ridge_of * w)
    return w


def discovery(build, data):
    calls = labelled.casino(data, "build")
    got = weighed(build, [ia for ia, _ in calls])
    asks = [got[0]["names"].index(x) for x in ("f.asks", "f.question")]
    some = [(i, s["turn"], s["words"].split(), ys[s["turn"]]) for i, ((_, ys), g) in enumerate(zip(calls, got)) for s in g["sentences"]
            if ys[s["turn"]] is not None and any(s["features"][k] for k in asks)]
    seen = collections.Counter(w for _, _, ws, _ in some for w in set(ws))
    words = [w for w in common_words(data, build) if seen[w] >= DISCOVERY["SEEN"]]
    at = {w: i for i, w in enumerate(words)}
    x, y = np.zeros((len(some), len(words) + 1)), np.array([float(s[3]) for s in some])
    for r, s in enumerate(some):
        x[r, -1] = 1
        for w in s[2]:
            if w in at:
                x[r, at[w]] += 1
    wanted = {(i, t) for i, (_, ys) in enumerate(calls) for t, yes in enumerate(ys) if yes}
    fold = np.array([s[0] % FOLDS for s in some])
    held = np.zeros(len(some))
    for f in range(FOLDS):
        held[fold == f] = x[fold == f] @ logistic(x[fold != f], y[fold != f])

    def found(threshold):
        says = {s[:2] for s, v in zip(some, held) if v > threshold}
        return findings_score.f1(len(says & wanted), len(says), len(wanted))

    threshold = max(np.arange(-2.5, 1.5, 0.1), key=found)
    return [("threshold", threshold), *zip(["bias"] + words, np.roll(logistic(x, y), 1))]


def lines_print(name, rows):
    print(f"# How much words and the shape of a sentence speak for its being {NAMED[name]}: {BASE} + {SCALE} * weight.")
    print("# Made by tools/text/weigh_words.py.\n# version: 1")
    for key, value in rows:
        if round(SCALE * float(value)):
            print(f"{key}\t{BASE + round(SCALE * float(value))}")


def main():
    build, data, name = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    if name == "discovery":
        globals().update(COMMON=DISCOVERY["COMMON"])
        lines_print(name, discovery(build, data))
        return
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
    lines_print(name, [("curve.slope", slope), ("curve.offset", offset), ("curve.most", np.quantile(score, 0.995)), *zip(names + words, weights)])


if __name__ == "__main__":
    main()
