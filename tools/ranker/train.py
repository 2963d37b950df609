"""Trains the ranker: train.py QMSUM_FOLDER MODEL_FOLDER [--cache FOLDER] [--out FILE] [--check SHARE]

  QMSUM_FOLDER   the data set's folder; only its share `train` is trained on
  MODEL_FOLDER   model.safetensors and tokenizer.json of all-MiniLM-L6-v2
  --cache        keeps vectors between runs
  --out          the weight file (default src/search/ranker_weights.txt)
  --check SHARE  also report the trained weights on another share (never used for a choice)

Two logistic models. The first scores a chunk from its own and its neighbours' evidence; the second sees the same features
and what the first says about the neighbourhood. Both are fitted on all labelled chunks; chunks of a query weigh
1/sqrt(relevant chunks), so that queries with long answers do not drown the others. Cross-validation: five parts by meeting
series (ES2004a to d stay together); the first model's scores that the second learns from are always of held-out meetings.
"""

import argparse
import datetime
import os
import re

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import features
from embed import Embedder
from evidence import HERE, Chunks, Query, qmsum_score

PARTS, STRENGTH = 5, 0.1


class Share:
    def __init__(self, data, share, embed):
        self.meetings = qmsum_score.load(data, share)
        self.items = []  # (meeting, query, evidence, labels)
        chunks = [Chunks(m) for m in self.meetings]
        vectors = embed([t for c in chunks for t in c.texts])
        asked = embed([q.text for m in self.meetings for q in m.queries])
        at = row = 0
        for m, c in zip(self.meetings, chunks):
            own = vectors[at : at + len(c.texts)]
            at += len(c.texts)
            for q in m.queries:
                evidence = Query(q.text).evidence(c, own @ asked[row])
                labels = np.array([p in q.relevant for p in range(len(c.texts))], float)
                self.items.append((m, q, evidence, labels))
                row += 1
        self.sizes = [len(labels) for *_, labels in self.items]
        self.y = np.concatenate([labels for *_, labels in self.items])
        weight = [np.full(len(v), max(1, v.sum()) ** -0.5) for *_, v in self.items]
        self.w = np.concatenate(weight) / np.concatenate(weight).mean()
        part = parts_by_series([m.name for m in self.meetings])
        self.part = np.concatenate([np.full(len(v), part[series(m.name)]) for m, _, _, v in self.items])

    def rows(self, make):
        """(names, matrix) from make(item number) -> {name: values}."""
        made = [make(i) for i in range(len(self.items))]
        return list(made[0]), np.concatenate([np.stack(list(f.values()), 1) for f in made])

    def split(self, flat):
        return np.split(flat, np.cumsum(self.sizes)[:-1])

    def ndcg(self, flat):
        total = [
            qmsum_score.passage_measures(list(np.argsort(-s, kind="stable")[:20]), q.relevant)["ndcg10"]
            for (_, q, _, _), s in zip(self.items, self.split(flat))
            if q.relevant
        ]
        return float(np.mean(total))


def series(name):
    return re.sub(r"[a-d]$", "", name) if re.match(r"(ES|IS|TS)\d", name) else name


def parts_by_series(names):
    found = sorted(set(map(series, names)))
    np.random.RandomState(7).shuffle(found)
    return {s: i % PARTS for i, s in enumerate(found)}


def fit(x, y, w):
    """Weights of the plain features, and the intercept."""
    scale = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(scale.transform(x), y, sample_weight=w)
    a = model.coef_[0] / np.where(scale.scale_ > 0, scale.scale_, 1)
    return a, float(model.intercept_[0] - a @ scale.mean_)


def held_out(share, x):
    out = np.zeros(len(share.y))
    for k in range(PARTS):
        a, c = fit(x[share.part != k], share.y[share.part != k], share.w[share.part != k])
        out[share.part == k] = x[share.part == k] @ a + c
    return out


def apply(share, one, two):
    _, x1 = share.rows(lambda i: features.stage1(share.items[i][2]))
    s = share.split(x1 @ one[0] + one[1])
    _, x2 = share.rows(lambda i: features.stage2(s[i]))
    return np.c_[x1, x2] @ two[0] + two[1]


def write(path, names1, names2, one, two, notes):
    with open(path, "w", encoding="utf-8") as f:
        f.write("# Weights of the ranker (src/search/rank.c): stage, feature, weight. The features are explained in\n")
        f.write("# tools/ranker/README.md. Made by tools/ranker/train.py; not edited by hand.\n")
        f.writelines(f"# {n}\n" for n in notes)
        for stage, names, (a, c) in ((1, names1, one), (2, names1 + names2, two)):
            f.write(f"{stage} intercept {c:.8g}\n")
            f.writelines(f"{stage} {n} {v:.8g}\n" for n, v in zip(names, a))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("data")
    p.add_argument("model")
    p.add_argument("--cache")
    p.add_argument("--out", default=os.path.join(HERE, "../../src/search/ranker_weights.txt"))
    p.add_argument("--check")
    args = p.parse_args()
    embed = Embedder(args.model, args.cache)
    share = Share(args.data, "train", embed)
    names1, x1 = share.rows(lambda i: features.stage1(share.items[i][2]))
    s1 = held_out(share, x1)
    parts = share.split(s1)
    names2, x2 = share.rows(lambda i: features.stage2(parts[i]))
    s2 = held_out(share, np.c_[x1, x2])
    col = {n: x1[:, k] for k, n in enumerate(names1)}
    lexical = gauss_of(share, col["b"] + 0.3 * col["v"])
    figures = {
        "lexical": share.ndcg(lexical),
        "vector": share.ndcg(col["c.gauss2"]),
        "first model": share.ndcg(s1),
        "both models": share.ndcg(s2),
    }
    for name, value in figures.items():
        print(f"train, held out, {name:12} nDCG@10 {value:.4f}", flush=True)
    one, two = fit(x1, share.y, share.w), fit(np.c_[x1, x2], share.y, share.w)
    notes = [
        f"Made {datetime.date.today()} from {len(share.meetings)} meetings, {len(share.items)} queries of QMSum train.",
        "nDCG@10 on train, held out by meeting series: " + ", ".join(f"{k} {v:.4f}" for k, v in figures.items()) + ".",
    ]
    write(args.out, names1, names2, one, two, notes)
    if args.check:
        other = Share(args.data, args.check, embed)
        print(f"{args.check}, both models: nDCG@10 {other.ndcg(apply(other, one, two)):.4f}")


def gauss_of(share, flat):
    return np.concatenate([features.gauss(s, 2) for s in share.split(flat)])


if __name__ == "__main__":
    main()
