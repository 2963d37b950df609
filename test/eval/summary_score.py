"""Summaries and highlights in a meeting's own words against summaries written by people.

run(build_dir, data_dir) returns rows for the evaluation table:
  summary-qmsum-rouge1, -rouge2, -rougel   qmsum: the summary against the answer to the query about the whole meeting
  highlights-qmsum-rouge1                  qmsum: the highlights against the same

ROUGE-N is the F-measure over counts of n-grams, ROUGE-L over the longest common subsequence of the whole texts; lower-cased words of
letters and digits, no stemming, no stop words. Beside each stand the first sentences of the meeting and sentences drawn by a fixed
seed, cut at as many words as ours has; the peer is the better one. The summary's weights are made from meetings of other series
(meetings.py), which are not measured with.
"""
import collections
import json
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
import meetings  # noqa: E402
from findings_score import findings, quote  # noqa: E402

WORD = re.compile(r"[a-z0-9]+")
DRAWS = 5


def words(text):
    return WORD.findall(text.lower())


def grams(list_, n):
    return collections.Counter(tuple(list_[i:i + n]) for i in range(len(list_) - n + 1))


def f_measure(both, mine, gold):
    return 2 * both / (mine + gold) if both else 0.0


def rouge_n(mine, gold, n):
    a, b = grams(mine, n), grams(gold, n)
    return f_measure(sum((a & b).values()), sum(a.values()), sum(b.values()))


def rouge_l(mine, gold):
    last = [0] * (len(gold) + 1)
    for x in mine:
        now = [0]
        for k, y in enumerate(gold):
            now.append(last[k] + 1 if x == y else max(now[k], last[k + 1]))
        last = now
    return f_measure(last[-1], len(mine), len(gold))


MEASURES = {"rouge1": lambda m, g: rouge_n(m, g, 1), "rouge2": lambda m, g: rouge_n(m, g, 2), "rougel": rouge_l}


def sentences(ia):
    return [s for t in ia["turns"] for s in re.split(r"(?<=[.?!])\s+", t["text"]) if len(s.split()) >= 6]


def cut(list_, n):
    return [w for s in list_ for w in words(s)][:n]


def run(build_dir, data_dir):
    data = pathlib.Path(data_dir)
    if not (data / "qmsum").is_dir():
        return []
    some = [(ia, words(gold)) for _, ia, gold in meetings.qmsum(data, "measure")]
    got = findings(build_dir, [ia for ia, _ in some])
    total = collections.Counter()
    length = collections.Counter()
    draw = random.Random(20260301)
    for (ia, gold), f in zip(some, got):
        every = sentences(ia)
        for kind in ("summary", "highlight"):
            mine = [w for x in f if x["kind"] == kind for w in words(quote(x))]
            length[kind] += len(mine)
            picks = [draw.sample(every, len(every)) for _ in range(DRAWS)]
            for name, measure in MEASURES.items():
                if kind == "highlight" and name != "rouge1":
                    continue
                total[kind, name, ""] += measure(mine, gold)
                total[kind, name, "first sentences"] += measure(cut(every, len(mine)), gold)
                total[kind, name, "drawn sentences"] += sum(measure(cut(p, len(mine)), gold) for p in picks) / DRAWS
    rows = []
    for kind, prefix, names in (("summary", "summary", list(MEASURES)), ("highlight", "highlights", ["rouge1"])):
        for name in names:
            mine = total[kind, name, ""] / len(some)
            base = {b: total[kind, name, b] / len(some) for b in ("first sentences", "drawn sentences")}
            best = max(base, key=base.get)
            rows.append({"id": f"{prefix}-qmsum-{name}", "what": f"qmsum: {prefix} against the summaries people wrote", "figure": mine, "unit": "f1",
                         "peer": best, "peer_figure": base[best], "ratio": mine / base[best] if base[best] else 0.0,
                         "note": f"{len(some)} meetings, {length[kind] / len(some):.0f} words each against "
                                 f"{sum(len(g) for _, g in some) / len(some):.0f}; " + ", ".join(f"{k} {v:.3f}" for k, v in base.items())})
    return rows


if __name__ == "__main__":
    for line in run(*sys.argv[1:3]):
        print(json.dumps(line, ensure_ascii=False))
