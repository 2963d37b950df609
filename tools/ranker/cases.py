"""Writes made-up evidence and the scores of features.py with ranker_weights.txt: cases.py > src/search/rank_cases.txt.
rank_test.c checks that rank.c gives the same. To be run again after training."""

import os

import numpy as np

import features
from evidence import HERE


def read_weights():
    out = {1: {}, 2: {}}
    with open(os.path.join(HERE, "../../src/search/ranker_weights.txt"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                stage, name, value = line.split()
                out[int(stage)][name] = float(value)
    return out


def fused(ev, w):
    one = features.stage1(ev)
    s = w[1]["intercept"] + sum(w[1][k] * v for k, v in one.items())
    both = {**one, **features.stage2(s)}
    return w[2]["intercept"] + sum(w[2][k] * v for k, v in both.items())


def made(rng, n, terms, named):
    return {
        "tf": rng.poisson(0.4, (n, terms)).astype(float),
        "length": rng.integers(5, 90, n).astype(float),
        "weight": rng.choice([1.0, 0.25, 0.15], terms),
        "voice": (np.round(rng.random(n), 3) if named else np.zeros(n)).astype(float),
        "cosine": np.round(rng.normal(0.2, 0.15, n), 4),
    }


def main():
    rng, weights = np.random.default_rng(5), read_weights()
    for n, terms, named in ((2, 3, False), (5, 1, True), (11, 4, False), (45, 6, True)):
        ev = made(rng, n, terms, named)
        print("case", n, terms)
        for name in ("length", "weight", "voice", "cosine", "tf"):
            print(name, *(f"{v:g}" for v in ev[name].ravel()))
        print("fused", *(f"{v:.9g}" for v in fused(ev, weights)))


if __name__ == "__main__":
    main()
