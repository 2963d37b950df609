"""test/eval/deal_score.py - rows score-ece-50, score-cover90, score-auc-gap: the score on invented companies whose truth is known.

For each of COMPANIES seeds the built program trains on the first 0, 20, 50, ... deals that closed and scores deals it has not
seen. Calibration error is taken against the known probabilities (10 bins of equal count, definitions.md section 8), so the
coin tosses of the test deals add no noise; it is the mean over companies. Coverage is the share of known probabilities inside
the 90 % interval. The ceiling of the AUC is that of the known probabilities themselves on the same coin tosses.
"""
import pathlib
import subprocess
import tempfile

import deal_sim

COMPANIES, TEST, FIRST = 40, 600, 2001  # seeds nobody tuned on; 20 companies alone move the coverage by 3 points
SIZES = [0, 20, 50, 100, 200, 500, 1000]


def ece(p, y):
    order = sorted(range(len(p)), key=lambda i: p[i])
    total = 0
    for b in range(10):
        part = order[len(p) * b // 10:len(p) * (b + 1) // 10]
        total += len(part) / len(p) * abs(sum(p[i] for i in part) / len(part) - sum(y[i] for i in part) / len(part))
    return total


def auc(p, won):
    order = sorted(range(len(p)), key=lambda i: p[i])
    rank, i = [0.0] * len(p), 0
    while i < len(order):
        j = i
        while j < len(order) and p[order[j]] == p[order[i]]:
            j += 1
        for k in range(i, j):
            rank[order[k]] = (i + j - 1) / 2 + 1
        i = j
    pos = [rank[i] for i in range(len(p)) if won[i]]
    neg = len(p) - len(pos)
    return (sum(pos) - len(pos) * (len(pos) + 1) / 2) / (len(pos) * neg)


def company(tool, seed, folder):
    c = deal_sim.Company(seed, max(SIZES), TEST)
    path = pathlib.Path(folder) / "company.jsonl"
    c.write(path)
    # trained as of the end of the training time; each test deal is scored on its own day
    out = subprocess.run([tool, "score", str(path), deal_sim.iso(c.until), *map(str, SIZES)], check=True, capture_output=True, text=True)
    by = {}
    for line in out.stdout.splitlines():
        n, name, p, low, high = line.split()
        by.setdefault(int(n), []).append((name, float(p), float(low), float(high)))
    return c, by


def measure(tool, companies=COMPANIES, first=FIRST):
    err, cover, aucs, ceilings = {}, {}, {}, []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + companies):
            c, by = company(tool, seed, folder)
            for n, rows in by.items():
                truth = [c.truth[r[0]] for r in rows]
                err.setdefault(n, []).append(ece([r[1] for r in rows], truth))
                cover.setdefault(n, []).append(sum(r[2] <= t <= r[3] for r, t in zip(rows, truth)) / len(rows))
                won = [c.won[r[0]] for r in rows]
                aucs.setdefault(n, []).append(auc([r[1] for r in rows], won))
                if n == max(by):
                    ceilings.append(auc(truth, won))
    mean = {k: {n: sum(v) / len(v) for n, v in d.items()} for k, d in (("ece", err), ("cover", cover), ("auc", aucs))}
    mean["ceiling"] = sum(ceilings) / len(ceilings)
    return mean


def run(build, data):
    m = measure(str(pathlib.Path(build) / "src/analytics/harken_dealeval"))
    late = {n: e for n, e in m["ece"].items() if n >= 50}
    worst = max(m["cover"], key=lambda n: abs(m["cover"][n] - 0.9))
    gap = m["ceiling"] - m["auc"][1000]

    def each(d):
        return ", ".join("%d: %.3f" % (n, d[n]) for n in sorted(d))

    return [
        dict(id="score-ece-50", what="largest mean calibration error from 50 closed deals on", figure=max(late.values()), unit="1", goal=0.05,
             ok=max(late.values()) <= 0.05, note=each(m["ece"])),
        dict(id="score-cover90", what="coverage of the 90 % interval, where it is worst", figure=100 * m["cover"][worst], unit="%", goal=90,
             ok=abs(m["cover"][worst] - 0.9) <= 0.03, note=each(m["cover"])),
        dict(id="score-auc-gap", what="AUC below the ceiling at 1,000 closed deals", figure=gap, unit="1", goal=0.02, ok=gap <= 0.02,
             note="ceiling %.3f; %s" % (m["ceiling"], each(m["auc"]))),
    ]


if __name__ == "__main__":
    import json
    import sys
    print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:])), indent=1))
