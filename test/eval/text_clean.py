"""Cleaning of transcripts: verbatim against clean transcripts of the same recordings (rev16, earnings22)."""
import difflib
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import text_tool as tool


def load(path):
    """[(token, text with punctuation, speaker)]"""
    out = []
    for line in open(path, encoding="utf-8").read().splitlines()[1:]:
        f = line.split("|")
        out.append((re.sub(r"[^\w']", "", f[0].lower()), f[0] + (f[4] if len(f) > 4 else ""), f[1]))
    return out


def labels(a, b):
    """For each token of a: 'kept', 'deleted' or None (replaced: says nothing). Deletions slid to the left."""
    out = [None] * len(a)
    for op, i, j, _, _ in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for x in range(i, j):
            out[x] = {"equal": "kept", "delete": "deleted"}.get(op)
    i = 0
    while i < len(a):
        if out[i] != "deleted":
            i += 1
            continue
        j = i
        while j < len(a) and out[j] == "deleted":
            j += 1
        end = j
        while i > 0 and out[i - 1] == "kept" and a[i - 1] == a[j - 1]:
            i, j = i - 1, j - 1
            out[i], out[j] = "deleted", "kept"
        i = end
    return out


def edits(a, b):
    return sum(max(j - i, m - k) for op, i, j, k, m in
               difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if op != "equal")


def regex_cleaner(tokens):
    """The plain baseline: drop um/uh and immediate repeats."""
    gone = [t in ("um", "uh", "er", "hmm", "mm") for t in tokens]
    for i in range(len(tokens) - 1):
        gone[i] = gone[i] or tokens[i] == tokens[i + 1]
    return gone


def score(build_dir, pairs):
    tp = fp = fn = ptp = pfp = pfn = before = after = words = 0
    wrong = {}
    for verbatim, clean in pairs:
        v, n = load(verbatim), [t for t, _, _ in load(clean)]
        turns, start = [], 0
        for i in range(1, len(v) + 1):
            if i == len(v) or v[i][2] != v[start][2]:
                turns.append((start, i))
                start = i
        answers = tool.ask(build_dir, [{"op": "clean", "lang": "en", "text": " ".join(x[1] for x in v[s:e])}
                                       for s, e in turns])
        gone = []
        for (s, e), got in zip(turns, answers):
            at = 0
            for _, text, _ in v[s:e]:
                n_bytes = len(text.encode())
                covered = sum(min(at + n_bytes, b) - max(at, a) for a, b in got["deleted"] if a < at + n_bytes and b > at)
                gone.append(covered * 2 > n_bytes)
                at += n_bytes + 1
        tokens = [t for t, _, _ in v]
        gold, peer = labels(tokens, n), regex_cleaner(tokens)
        for t, g, d, p in zip(tokens, gold, gone, peer):
            if g is None:
                continue
            tp += d and g == "deleted"
            fp += d and g == "kept"
            fn += (not d) and g == "deleted"
            ptp += p and g == "deleted"
            pfp += p and g == "kept"
            pfn += (not p) and g == "deleted"
            if d != (g == "deleted"):
                k = ("+" if d else "-") + t
                wrong[k] = wrong.get(k, 0) + 1
        before += edits(tokens, n)
        after += edits([t for t, d in zip(tokens, gone) if not d], n)
        words += len(n)
    if __name__ == "__main__":
        print(sorted(wrong.items(), key=lambda x: -x[1])[:60])
    return tool.prf(tp, fp, fn), tool.prf(ptp, pfp, pfn), before / words, after / words


def run(build_dir, data_dir):
    rev = sorted(glob.glob(os.path.join(data_dir, "rev16/verbatim/*.nlp")))
    sets = {"rev16": [(p, p.replace("/verbatim/", "/nonverbatim/")) for p in rev], "earnings22": []}
    for p in sorted(glob.glob(os.path.join(data_dir, "earnings22/nonverbatim/*.nlp"))):
        sets["earnings22"].append((p.replace("/nonverbatim/", "/aligned/").replace(".nlp", ".aligned.nlp"), p))
    rows = []
    for name, pairs in sets.items():
        (p, r, f), peer, before, after = score(build_dir, pairs)
        rows += [tool.row("clean-%s-precision" % name, "cleaning, %s: deleted tokens, precision" % name, p, goal=0.8,
                          peer="um/uh and doubled words", peer_figure=peer[0]),
                 tool.row("clean-%s-recall" % name, "cleaning, %s: deleted tokens, recall" % name, r, goal=0.6 if name == "earnings22" else None,
                          peer="um/uh and doubled words", peer_figure=peer[1],
                          note="its clean transcripts also drop whole answers and phrases" if name == "rev16" else None),
                 tool.row("clean-%s-f1" % name, "cleaning, %s: deleted tokens, F1" % name, f,
                          peer="um/uh and doubled words", peer_figure=peer[2]),
                 tool.row("clean-%s-edits" % name, "cleaning, %s: word edits against the clean transcript" % name, after,
                          peer="the verbatim words", peer_figure=before, note="lower is better")]
    return rows


if __name__ == "__main__":
    for r in run(sys.argv[1], sys.argv[2]):
        print(r)
