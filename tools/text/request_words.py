#!/usr/bin/env python3
"""Makes src/text/lists/request.en.txt: how much words, and pairs of words, speak for a sentence of a mail asking its reader for something.

usage: request_words.py BUILD DATA > src/text/lists/request.en.txt      (needs numpy, as tools/ranker does)

Logistic regression over the words and pairs of the labelled sentences of email-intent, beside what the rules find in them
(harken_findeval of BUILD). Only every second sentence, from the first on, is looked at: the others are what test/eval measures with.
The threshold is chosen by three folds over the same half. The list keeps 1000 + 100 * weight, so that every number is positive.
"""
import collections
import json
import pathlib
import subprocess
import sys

import numpy as np

BASE, SCALE, LEAST_SEEN, FOLDS, STEPS, PENALTY = 1000, 100, 3, 3, 250, 0.0003
RULES = ("rule.question", "rule.request", "rule.promise")


def token(word):
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end].lower().replace("’", "'")


def features(text):
    words = [t for t in map(token, text.split()) if t]
    words = ["0" if w[0].isdigit() else w for w in words]
    line = ["^"] + words + (["?"] if text.rstrip(" \"')").endswith("?") else ["$"])
    return set(words) | {f"{a} {b}" for a, b in zip(line, line[1:])}


def rules(build, sentences):
    ias = [{"format": "harken.interaction/1", "kind": "mail", "language": "en", "turns": [{"speaker": "Ana", "text": s}],
            "participants": [{"name": "Ana"}, {"name": "Ben"}]} for s in sentences]
    text = "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in ias)
    done = subprocess.run([str(build / "src/insight/harken_findeval")], input=text.encode(), capture_output=True, check=True)
    for line in done.stdout.decode().splitlines():
        found = json.loads(line)["findings"]
        promises = [f["modality"] for f in found if f["kind"] == "commitment"]
        yield [float(any(f["kind"] == "question" for f in found)), float("REQUESTED" in promises), float(any(m != "REQUESTED" for m in promises))]


def fit(x, y):
    w, m, v = (np.zeros(x.shape[1], np.float32) for _ in range(3))
    b = np.float32(0)
    for t in range(1, STEPS + 1):
        wrong = (1 / (1 + np.exp(-(x @ w + b))) - y).astype(np.float32)
        g = wrong @ x / np.float32(len(y)) + np.float32(PENALTY) * w
        m, v = np.float32(0.9) * m + np.float32(0.1) * g, np.float32(0.999) * v + np.float32(0.001) * g * g
        w -= np.float32(0.02 / (1 - 0.9**t)) * m / (np.sqrt(v / np.float32(1 - 0.999**t)) + np.float32(1e-8))
        b -= np.float32(0.5) * wrong.mean()
    return w, b


def f1(says, is_):
    return 2 * (says & is_).sum() / max(1, says.sum() + is_.sum())


def main(build, data):
    lines = (pathlib.Path(data) / "email-intent/Ask0729-fixed.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [(a == "Yes", " ".join(b.split())) for a, _, b in (x.partition("\t") for x in lines) if a in ("Yes", "No") and b.strip()][::2]
    y, each = np.array([r[0] for r in rows]), [features(r[1]) for r in rows]
    seen = collections.Counter(f for one in each for f in one)
    names = sorted(f for f, n in seen.items() if n >= LEAST_SEEN)
    place = {f: i for i, f in enumerate(names)}
    x = np.zeros((len(rows), len(names) + len(RULES)), np.float32)
    for i, (one, rule) in enumerate(zip(each, rules(pathlib.Path(build), [r[1] for r in rows]))):
        for f in one:
            if f in place:
                x[i, place[f]] = 1
        x[i] /= max(1.0, np.sqrt(x[i].sum()))
        x[i, len(names):] = rule
    fold, s = np.arange(len(rows)) % FOLDS, np.zeros(len(rows))
    for k in range(FOLDS):
        w, b = fit(x[fold != k], y[fold != k])
        s[fold == k] = x[fold == k] @ w + b
    best = max((f1(s > t, y), t) for t in np.linspace(-1, 1, 41))
    w, b = fit(x, y)
    print("# How much a word or a pair of words speaks for a sentence of a mail that asks its reader for something: 1000 plus a hundred\n"
          "# times its weight. ^ is the beginning of a sentence, ? and $ its end, 0 a number; rule.* what the rules find in it, bias and\n"
          "# threshold those of the sum. Made by tools/text/request_words.py; do not edit.\n# version: 1")
    for name, weight in [("bias", b), ("threshold", best[1]), *zip(RULES, w[len(names):]), *zip(names, w)]:
        print(f"{name}\t{BASE + round(SCALE * float(weight))}")
    print(f"{len(names)} words and pairs, F1 over the folds {best[0]:.3f}, threshold {best[1]:.2f}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:3])
