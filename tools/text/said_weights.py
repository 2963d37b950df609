#!/usr/bin/env python3
"""Makes src/insight/said_weights.txt and src/text/lists/said.en.txt: what words, alone and two together, say of a customer's sentence.

usage: said_weights.py BUILD DATA VECTORS.npy            (needs numpy, as tools/ranker does, and what the setup puts into HARKEN_DEPS)
       said_weights.py BUILD DATA VECTORS.npy --folds    prints instead how well it tells apart written lines that it was not fitted with

Three softmax regressions (objection, qualification, attitude; the first class of each is "none"), fitted with the written lines of
customer_sentences.txt, the written cases of test/cases/customer_words.txt and, as sentences that are nothing of the kind, what is said
in the meetings that test/eval/meetings.py gives for building. Features: each word; each ordered pair of words at most WINDOW apart, where
those of one class of customer_classes.txt are one; the main directions of the embedding model's vector of each word, so that a common word
that no line has counts like those it resembles; that the sentence asks. All are divided by the root of the number of words.
A gate for each kind, fitted with words alone, tells sentences that need not be looked at in pairs.
The files have what is left of each class's weights when those of "none" are taken away, times SCALE, a letter each; what a word's vector
says is added up for each word. VECTORS.npy keeps the vectors (minutes to make) between runs; it is made where it is missing.
"""
import collections
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy as np

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "test/eval")]
import customer_words  # noqa: E402
import meetings as labelled  # noqa: E402
import samples_findings  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
WINDOW, READINGS, SHORT = 3, 8, 8
SCALE, SMALL, ZERO = 10, 2, ord("O")  # of the weights written; one below SMALL is none
HEARD, PAIRS = 2, 6000  # words of no line must be heard so often; the pairs that weigh most
PENALTY, STEPS, PACE, SPOKEN, OTHER = (1e-5, 0.0, 1e-4), 120, 0.1, 30000, 4000  # penalties of words and pairs, offsets, directions
DIRECTIONS, DAMPED, PLAIN, LOUD, SPARSE = 256, 0.25, 0.3, 2.0, 0.5  # PLAIN: how much the vector of a word counts that is in a stop list
SPOKEN_WEIGHS = {"objection": 0.8, "qualification": 0.25, "attitude": 0.15}  # against all written lines of that kind
SOLD_WEIGHS = 0.3
GATE_FOR, GATE_LOSES = {"objection": 0.35, "qualification": 0.35, "attitude": 0.3}, 0.03  # chances of insight/said.c
CLASSES = {
    "objection": ["none", "PRICE", "BUDGET", "TIMING", "AUTHORITY", "NEED", "FIT", "TRUST", "COMPETITOR", "STATUS_QUO", "EFFORT", "SECURITY_PRIVACY",
                  "LEGAL_PROCUREMENT"],
    "qualification": ["none"] + ["meddpicc." + f for f in ("metrics", "economic_buyer", "decision_criteria", "decision_process", "paper_process", "identify_pain",
                                                           "champion", "competition")] + ["bant." + f for f in ("budget", "authority", "need", "timeline")] + [
        "spiced." + f for f in ("situation", "pain", "impact", "critical_event", "decision")],
    "attitude": ["none", "pos", "neg"]}
UNSURE = {  # (kind fitted, kind of the line): codes that may well be something of the other kind; every other line is nothing of it
    ("objection", "qualification"): {"none", "meddpicc.economic_buyer", "meddpicc.paper_process", "meddpicc.competition", "meddpicc.decision_process",
                                     "bant.authority", "spiced.decision"},
    ("objection", "attitude"): {"neg"},
    ("qualification", "objection"): {"none", "AUTHORITY", "BUDGET", "COMPETITOR", "FIT", "LEGAL_PROCUREMENT", "SECURITY_PRIVACY", "STATUS_QUO"},
    ("qualification", "attitude"): set(),
    ("attitude", "qualification"): {"none", "meddpicc.identify_pain", "meddpicc.champion", "spiced.pain", "spiced.impact", "spiced.critical_event"},
    ("attitude", "objection"): {"none", *CLASSES["objection"]}}
TONED = ("good", "like", "glad", "bad", "cross", "crash", "problem", "lose", "hard", "doubt", "worry", "save", "fine", "dear")


def words_of(name):
    """Of a list of src/text/lists, the single words."""
    lines = (TOP / "src/text/lists" / name).read_text(encoding="utf-8").splitlines()
    return {w for w in (x.split("\t")[0] for x in lines if not x.startswith("#")) if w and " " not in w}


def word_classes():
    rows = [x.split(": ") for x in (HERE / "customer_classes.txt").read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    return {w: name for name, words in rows for w in words.split()}


CLASS_OF = word_classes()
STOP = words_of("stop.en.txt")
KNOWN = words_of("common.en.txt") | STOP | set(CLASS_OF)  # any other with a capital within a sentence is a name
TONE = {w for w, c in CLASS_OF.items() if c in TONED}


def tokens(text):
    """Words in lower case; figures and names are two words of their own."""
    out = []
    for w in (re.sub(r"^\W+|\W+$", "", x) for x in text.replace("’", "'").split()):
        if w:
            low = w.lower()
            out.append("#number" if w[0].isdigit() else "#name" if out and w[0].isupper() and low not in KNOWN else low)
    return out


def symbol(word):
    return word if word not in CLASS_OF else "#" + CLASS_OF[word]


def features(text):
    """Counter of features; how many words count."""
    kept = [w for w in tokens(text) if CLASS_OF.get(w) != "dropped"]
    f = collections.Counter(("w", w) for w in kept)
    f.update(("w", symbol(w)) for w in kept if symbol(w) != w)
    row = ["^"] + [symbol(w) for w in kept]
    f.update((a, b) for i, a in enumerate(row) for b in row[i + 1:i + 1 + WINDOW])
    if text.rstrip().endswith("?"):
        f["asks",] += 1
    return f, max(SHORT, len(kept))


class Directions:
    """What the embedding model makes of single words."""

    def __init__(self, file, lines):
        words = sorted(KNOWN | {w for _, _, some in lines for s in some for w in tokens(s) if w[0] != "#"})
        known = np.load(file, allow_pickle=True).item() if file.exists() else {}
        missing = [w for w in words if w not in known]
        for at in range(0, len(missing), 200):
            known |= zip(missing[at:at + 200], self.ask(missing[at:at + 200]))
        if missing:
            np.save(file, known, allow_pickle=True)
        rows = np.array([known[w] for w in words], np.float64)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows -= rows.mean(0)
        spread, axes = np.linalg.eigh(rows.T @ rows / len(rows))
        rows = rows @ axes[:, ::-1][:, :DIRECTIONS] / spread[::-1][:DIRECTIONS] ** DAMPED
        rows *= LOUD / np.sqrt((rows ** 2).sum(1).mean())
        self.of = {w: (r * (PLAIN if w in STOP else 1)).astype(np.float32) for w, r in zip(words, rows)}

    @staticmethod
    def ask(words):
        deps = pathlib.Path(os.environ["HARKEN_DEPS"])
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as f:
            f.write("\n".join(words))
            f.flush()
            done = subprocess.run([deps / "bin/llama-embedding", "-m", deps / "models/all-MiniLM-L6-v2.gguf", "-f", f.name, "--embd-output-format", "array",
                                   "--pooling", "mean"], capture_output=True, check=True)
        return json.loads(done.stdout)

    def rows(self, texts):
        out = np.zeros((len(texts), DIRECTIONS), np.float32)
        for row, text in zip(out, texts):
            kept = [w for w in tokens(text) if CLASS_OF.get(w) != "dropped"]
            for w in kept:
                row += self.of.get(w, 0)
            row /= math.sqrt(max(SHORT, len(kept)))
        return out


def spelled_out(text):
    """As it is written where nobody contracts words."""
    for short, long in (("can't", "cannot"), ("won't", "will not"), ("n't", " not"), ("'re ", " are "), ("'ve ", " have "), ("'ll ", " will "), ("I'm ", "I am ")):
        text = text.replace(short, long)
    return re.sub(r"\b([Tt]hat|[Ii]t|[Tt]here|[Ww]hat|[Hh]e|[Ss]he)'s ", r"\1 is ", text)


def readings(line, rng):
    parts = [p[1:-1].split("|") if p.startswith("{") else [p] for p in re.split(r"(\{[^}]*\})", line)]
    most, out = math.prod(map(len, parts)), set()
    for _ in range(3 * READINGS):
        one = " ".join("".join(rng.choice(p) for p in parts).split())
        out.add(spelled_out(one) if rng.random() < 0.25 else one)
        if len(out) >= min(READINGS, most):
            break
    return sorted(out)


def written():
    """[(kind, code, its readings)]"""
    rng, out, head = random.Random(1), [], None
    for line in filter(None, (HERE / "customer_sentences.txt").read_text(encoding="utf-8").splitlines()):
        if line.startswith("["):
            head = (line[1:-1].split() + ["none"])[:2]
        elif not line.startswith("#"):
            out.append((*head, readings(line, rng)))
    return out


def sentences(build, ias):
    text = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in ias)
    done = subprocess.run([str(build / "src/insight/harken_findeval"), "--weigh"], input=text.encode(), capture_output=True, check=True)
    return [json.loads(x)["sentences"] for x in done.stdout.decode().splitlines()]


def spoken(build, data):
    """Sentences of meetings, of three words or more."""
    ias = [x[0] for _, x in labelled.meet(data, "build")] + [x[0] for _, x in labelled.zoom(data, "build", "action")] + [
        ia for _, ia, _ in labelled.qmsum(data, "build")]
    return some_of(build, ias, SPOKEN)


def some_of(build, ias, most):
    some = [s["quote"] for ss in sentences(build, ias) for s in ss if len(s["quote"].split()) >= 3]
    random.Random(3).shuffle(some)
    return some[:most]


def other_talk(build, data):
    """Sentences of investors' calls and of people who barter: no objections, though much of it is of the words."""
    calls = []
    for path in sorted((data / "earnings21").rglob("*.nlp")):
        turns = []
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            word, speaker, _, _, mark, *_ = line.split("|")
            if not turns or turns[-1]["speaker"] != speaker:
                turns.append({"speaker": speaker, "text": ""})
            turns[-1]["text"] += f" {word}{mark}"
        calls.append({"format": "harken.interaction/1", "kind": "call", "language": "en", "turns": turns})
    return some_of(build, calls, OTHER) + some_of(build, [ia for ia, _ in labelled.casino(data, "build")], OTHER)


def sold(build):
    """Of the sample company: what its customers say that is no objection, by hand nor by listed words; [(kind, code, words)] of what is something."""
    some = [(ia, want) for ia, want in samples_findings.load(build) if ia.get("turns")]
    ias = [ia for ia, _ in some]
    plain, told = [], []
    listed = [x.split("\t")[0] for x in (TOP / "src/text/lists/objection.en.txt").read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    for (ia, want), ss in zip(some, sentences(build, ias)):
        theirs = {p["name"] for p in ia["participants"] if p.get("side") == "external" and p.get("name")}
        for w in want:
            if w["kind"] in ("objection", "qualification"):
                told.append((w["kind"], w["code"] if w["kind"] == "objection" else f"{w['framework']}.{w['field']}", w["quote"]))
        for s in ss:
            here = {"spans": [{"quote": s["quote"]}]}
            if ia["turns"][s["turn"]].get("speaker") in theirs and not any(f" {x} " in f" {s['words']} " for x in listed) and not any(
                    w["kind"] == "objection" and samples_findings.same_place(w, here) for w in want):
                plain.append(s["quote"])
    return plain, told


def code_for(kind, line_kind, code):
    """The class of a written line where `kind` is fitted; None: it is left out."""
    if line_kind == "none":
        return "none"
    if line_kind == kind:
        return code
    return None if code in UNSURE[kind, line_kind] else "none"


class Rows:
    """Sparse rows of features; `only`: of which."""

    def __init__(self, texts, index=None, only=None):
        some = [features(t) for t in texts]
        if only:
            some = [({k: v for k, v in f.items() if only(k)}, n) for f, n in some]
        if index is None:
            seen = collections.Counter(k for f, _ in some for k in f)
            index = {k: i for i, k in enumerate(sorted((k for k, n in seen.items() if n >= 2), key=str))}
        self.index, self.n, at = index, len(some), []
        for r, (f, words) in enumerate(some):
            at += [(r, index[k], v / math.sqrt(words)) for k, v in f.items() if k in index] or [(r, 0, 0.0)]
        self.row, self.col = (np.array([x[i] for x in at], np.int64) for i in (0, 1))
        self.value = np.array([x[2] for x in at], np.float32)[:, None]
        self.first = np.searchsorted(self.row, np.arange(self.n))

    def times(self, w):
        return np.add.reduceat(w[self.col] * self.value, self.first, axis=0)


def softmax(z):
    p = np.exp(z - z.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def fit(rows, dense, y, weight, classes):
    """Softmax regression by Adam: weights of rows, offsets, weights of directions, each without those of the first class."""
    order = np.argsort(rows.col, kind="stable")
    row, value, col = rows.row[order], rows.value[order], rows.col[order]
    first = np.searchsorted(col, np.arange(len(rows.index)))
    w = [np.zeros((n, classes), np.float32) for n in (len(rows.index), 1, DIRECTIONS)]
    m, v = [np.zeros_like(x) for x in w], [np.zeros_like(x) for x in w]
    want, weight = np.eye(classes, dtype=np.float32)[y], (weight / weight.sum()).astype(np.float32)[:, None]
    for t in range(1, STEPS + 1):
        g = (softmax(SPARSE * rows.times(w[0]) + w[1] + dense @ w[2]) - want) * weight
        for k, gradient in enumerate((np.add.reduceat(g[row] * value, first, axis=0), g.sum(0, keepdims=True), dense.T @ g)):
            gradient += PENALTY[k] * w[k]
            m[k] += 0.1 * (gradient - m[k])
            v[k] += 0.01 * (gradient * gradient - v[k])
            w[k] -= PACE * (m[k] / (1 - 0.9 ** t)) / (np.sqrt(v[k] / (1 - 0.99 ** t)) + 1e-8)
    w[0] *= SPARSE
    return [x - x[:, :1] for x in w]


def train(kind, lines, cases, said, directions, plain=(), gates=False):
    texts, y, weight = [], [], []
    for line_kind, code, some in lines:
        code = code_for(kind, line_kind, code)
        if code is not None:
            texts += some
            y += [CLASSES[kind].index(code)] * len(some)
            weight += [1 / math.sqrt(len(some))] * len(some)
    texts += [s for _, s in cases]
    y += [CLASSES[kind].index(c) for c, _ in cases]
    weight += [1.0] * len(cases)
    index = Rows(texts).index  # what is only heard in meetings is no feature
    if kind == "objection":
        texts += plain
        y += [0] * len(plain)
        weight += [SOLD_WEIGHS] * len(plain)
    plain = [s for s in said if kind != "attitude" or not TONE & set(tokens(s))]
    weight += [SPOKEN_WEIGHS[kind] * sum(weight) / max(1, len(plain))] * len(plain)
    texts += plain
    y, weight, dense = np.array(y + [0] * len(plain)), np.array(weight), directions.rows(texts)
    whole = fit(Rows(texts, index), dense, y, weight, len(CLASSES[kind]))
    if not gates:
        return index, whole
    words = {k: i for i, k in enumerate(k for k in index if k[0] == "w")}
    gate = fit(Rows(texts, words, lambda k: k[0] == "w"), dense, (y > 0).astype(int), weight, 2)
    return (index, whole), (words, gate)


def chances(model, texts, directions):
    index, w = model
    return softmax(Rows(texts, index).times(w[0]) + w[1] + directions.rows(texts) @ w[2])


def folds(said, lines, directions):
    fresh = said[len(said) * 3 // 4:]
    for kind in CLASSES:
        tally = collections.Counter()
        for fold in range(4):
            mine = [x for i, x in enumerate(lines) if i % 4 != fold]
            model = train(kind, mine, customer_words.cases(kind, "build"), said[:len(said) * 3 // 4], directions)
            out = [(code, some[0]) for i, (k, code, some) in enumerate(lines) if i % 4 == fold and k == kind]
            p = chances(model, [s for _, s in out], directions)
            q = chances(model, fresh, directions)
            for t in (0.3, 0.4, 0.5, 0.6, 0.7):
                tally[t, "spoken"] += int((1 - q[:, 0] > t).sum())
                for (code, _), row in zip(out, p):
                    got = CLASSES[kind][1 + int(row[1:].argmax())] if 1 - row[0] > t else "none"
                    tally[t, "wanted"] += code != "none"
                    tally[t, "found"] += got != "none" and not (got != code and customer_words.excused(kind, code, got))
                    tally[t, "right"] += got == code != "none"
        for t in (0.3, 0.4, 0.5, 0.6, 0.7):
            r, f, n = (tally[t, k] for k in ("right", "found", "wanted"))
            print(f"{kind} from {t}: precision {r / max(1, f):.3f} recall {r / n:.3f} f1 {2 * r / max(1, f + n):.3f}; of spoken sentences {tally[t, 'spoken'] / 4 / len(fresh):.4f}")


def gate_from(kind, models, some, directions):
    """The score of words alone that all but GATE_LOSES of those sentences have which are something by all features."""
    whole, (words, gate) = models
    hard = 1 - chances(whole, some, directions)[:, 0] >= GATE_FOR[kind]
    some = [s for s, h in zip(some, hard) if h]
    z = Rows(some, words, lambda k: k[0] == "w").times(gate[0]) + gate[1] + directions.rows(some) @ gate[2]
    z = np.sort(z[:, 1])
    print(kind, "gate", z[int(GATE_LOSES * len(z))], len(z), file=sys.stderr)
    return float(z[int(GATE_LOSES * len(z))])


def scaled(rows):
    whole = np.rint(np.clip(rows * SCALE, 33 - ZERO, 126 - ZERO)).astype(int)
    whole[abs(whole) < SMALL] = 0
    return whole


def main():
    build, data, vectors = map(pathlib.Path, sys.argv[1:4])
    said, lines = spoken(build, data), written()
    directions, (plain, told), other = Directions(vectors, lines), sold(build), other_talk(build, data)
    if "--folds" in sys.argv:
        folds(said, lines, directions)
        return
    width = sum(len(c) - 1 for c in CLASSES.values())
    table, of, offsets, at = collections.defaultdict(lambda: np.zeros(width)), {w: np.zeros(width) for w in directions.of}, [], 0
    gate_of, gates = {k: [] for k in of}, []
    for kind, names in CLASSES.items():
        cases = customer_words.cases(kind, "build") + [(code, s) for k, code, s in told if k == kind]
        (index, w), (words, gate) = whole = train(kind, lines, cases, said + other if kind == "objection" else said, directions, plain, True)
        for k in of:
            gate_of[k].append(float(directions.of[k] @ gate[2][:, 1]) + sum(float(gate[0][words["w", x], 1]) for x in {k, symbol(k)} if ("w", x) in words))
        gates.append(gate_from(kind, whole, said + plain, directions) - float(gate[1][0, 1]))
        here = slice(at, at + len(names) - 1)
        for k, i in index.items():
            table[k][here] = w[0][i, 1:]
        for k, v in directions.of.items():
            of[k][here] = v @ w[2][:, 1:]
        offsets += [str(int(x)) for x in np.rint(w[1][0, 1:] * SCALE)]
        at = here.stop
    seen = {k[1] for k in table if k[0] == "w"}
    pairs = {k: scaled(v) for k, v in table.items() if k[0] not in ("w", "asks")}
    pairs = dict(sorted(pairs.items(), key=lambda p: (-abs(p[1]).max(), p[0]))[:PAIRS])
    used = {s for k in pairs for s in k}
    own = {w: scaled(of[w] + table["w", w] + (table["w", symbol(w)] if symbol(w) != w else 0)) for w in of}
    heard = collections.Counter(w for s in said for w in tokens(s))
    words = sorted(w for w in own if CLASS_OF.get(w) == "dropped" or symbol(w) in used or w in seen or heard[w] >= HEARD)

    def letters(row):
        return "".join(chr(ZERO + v) for v in row)
    with open(TOP / "src/text/lists/said.en.txt", "w", encoding="utf-8") as f:
        f.write("# Words of src/insight/said_weights.txt: the number is the place there. Made by tools/text/said_weights.py.\n# version: 1\n")
        f.writelines(f"{w}\t{n}\n" for n, w in enumerate(words, 1))
    with open(TOP / "src/insight/said_weights.txt", "w", encoding="utf-8") as f:
        f.write(f"# What a customer's sentence is, by its words: a letter for each class, O for 0, P for 1/{SCALE}. Made by tools/text/said_weights.py.\n")
        f.write("# Gates; offsets; sentences that ask; words, with what they are in pairs and their weights for the gates, in the order of src/text/lists/said.en.txt, then figures and names; pairs.\n")
        f.write("gates " + " ".join(str(round(SCALE * g)) for g in gates) + "\noffsets " + " ".join(offsets) + "\nasks " + letters(scaled(table["asks",])) + "\n")
        for w in words + ["#number", "#name"]:
            name = "dropped" if CLASS_OF.get(w) == "dropped" else symbol(w) if symbol(w) in used else "-"
            gate = np.rint(np.clip(np.array(gate_of.get(w, [0, 0, 0])) * SCALE, 33 - ZERO, 126 - ZERO)).astype(int)
            f.write(f"word {name} {letters(own[w] if w in own else scaled(table['w', w]))} {letters(gate)}\n")
        f.writelines(f"pair {a} {b} {letters(v)}\n" for (a, b), v in sorted(pairs.items()))
    print(len(words), "words", len(pairs), "pairs", file=sys.stderr)


if __name__ == "__main__":
    main()
