"""The ranker's features, as src/search/rank.c computes them. One interaction at a time; numpy only.

Evidence of an interaction with n chunks and T query terms:
  tf      n x T   occurrences of each term
  length  n       tokens that are not stop words
  weight  T       weight of each term
  voice   n       share of the words said by speakers the query names (zeros when it names none)
  cosine  n       query vector . chunk vector
Changing anything here means changing rank.c, and training again.
"""

import numpy as np

K1, B = 1.2, 0.75


def bm25(tf, length, weight, df=None, n_all=None, mean_len=None):
    """BM25 of each chunk and the idf-weighted share of the query terms it holds."""
    n = len(length)
    df = (tf > 0).sum(0) if df is None else df
    n_all = n if n_all is None else n_all
    mean_len = length.mean() if mean_len is None else mean_len
    known = df > 0
    idf = np.where(known, weight * np.log(1 + (n_all - df + 0.5) / (df + 0.5)), 0.0)
    norm = K1 * (1 - B + B * length / max(mean_len, 1e-9))
    part = tf * (K1 + 1) / (tf + norm[:, None])
    total = idf.sum()
    score = part @ idf
    share = (tf > 0) @ idf / total if total > 0 else np.zeros(n)
    return score, share, total * (K1 + 1)


def z(x):
    sd = x.std()
    return (x - x.mean()) / (sd if sd > 1e-9 else 1.0)


def gauss(x, s):
    """Gaussian mean of width s; outside the interaction everything is 0, so ends count a little less."""
    r = 3 * s
    k = np.exp(-0.5 * (np.arange(-r, r + 1) / s) ** 2)
    return np.convolve(x, k / k.sum())[r : r + len(x)]


def shift(x, d):
    """y[i] = x[i - d], 0 outside."""
    y = np.zeros(len(x))
    if abs(d) < len(x):
        if d > 0:
            y[d:] = x[:-d]
        else:
            y[:d] = x[-d:]
    return y


def winmax(x, r):
    return np.array([x[max(0, i - r) : i + r + 1].max() for i in range(len(x))])


def rank_of(x):
    """0 for the highest; ties in order."""
    r = np.empty(len(x))
    r[np.argsort(-x, kind="stable")] = np.arange(len(x))
    return r


def stage1(ev):
    n = len(ev["length"])
    b, share, most = bm25(ev["tf"], ev["length"], ev["weight"])
    c, v = ev["cosine"], ev["voice"]
    ch = {"b": z(b), "c": z(c), "v": z(v)}
    ch["m"] = ch["b"] + ch["c"] + 0.3 * ch["v"]
    out = {}
    for name in ("b", "c", "v", "m"):
        out[name] = ch[name]
        for s in (1, 2, 4):
            out[f"{name}.gauss{s}"] = gauss(ch[name], s)
        if name != "v":
            for d in (1, -1, 2, -2):
                out[f"{name}.shift{d}"] = shift(ch[name], d)
            out[f"{name}.max2"] = winmax(ch[name], 2)
    out["m.shift3"], out["m.shift4"] = shift(ch["m"], 3), shift(ch["m"], 4)
    out["share"], out["share.max2"] = share, winmax(share, 2)
    out["b.raw"] = b / most if most > 0 else np.zeros(n)
    out["c.raw"], out["v.raw"] = c, v
    g = gauss(ch["m"], 2)
    r = rank_of(g)
    out["m.rank"], out["m.rank_share"] = np.log1p(r), r / n
    at = np.arange(n)
    out["m.peak"] = np.minimum(np.abs(at - np.argmax(g)), 30).astype(float)
    out["edge"] = np.minimum(np.minimum(at, n - 1 - at), 5).astype(float)
    out["length"] = ev["length"] / max(ev["length"].mean(), 1e-9)
    return out


def stage2(score):
    n = len(score)
    s = z(score)
    out = {"s": s, "s.raw": score}
    for w in (1, 2, 4):
        out[f"s.gauss{w}"] = gauss(s, w)
    for d in (1, -1, 2, -2, 3, -3):
        out[f"s.shift{d}"] = shift(s, d)
    out["s.max3"] = winmax(s, 3)
    r = rank_of(score)
    out["s.rank"] = np.log1p(r)
    g = out["s.gauss1"]
    peak = int(np.argmax(g))
    at = np.arange(n)
    out["s.peak"] = np.minimum(np.abs(at - peak), 30).astype(float)
    out["s.gap"] = s.max() - s
    top = np.flatnonzero(r < 3)
    out["s.near3"] = np.minimum(np.abs(at[:, None] - top[None]).min(1), 30).astype(float)
    path = np.empty(n)
    path[peak:] = np.minimum.accumulate(g[peak:])
    path[: peak + 1] = np.minimum.accumulate(g[peak::-1])[::-1]
    out["s.path"] = path
    return out
