"""Findings of conversations against people's labels; scoring as each SOURCE.md says.

run(build_dir, data_dir) returns rows for the evaluation table:
  commitment-precision, commitment-recall, hardening-rate, fabrication-rate   unseen written cases (commitment_cases.py)
  actions-meet-f1     meet-calls: action items written by people, content-word F1 >= 0.3, one to one; an item is a point to act on (findings of
                      kind "point", class "action"), its speaker and its words, and a sentence of a baseline has its speaker beside it in the same way
  actions-zoom-f1     zoom-calls (silver): cited time within 90 s and content-word F1 >= 0.3
                      both on the meetings that no list was made with (meetings.py)
  requests-email-f1   email-intent: sentences that ask the reader to do something

Each beside two baselines: a keyword list, and the nearest of two centroids of word counts (of the halves for building of the written
cases, or of half of the labelled mail sentences). The half of the mail sentences that trained anything is not scored. The peer is the
better one.
"""
import collections
import json
import math
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]
import commitment_cases  # noqa: E402
import meetings  # noqa: E402

STOP = {x.split("\t")[0] for x in (TOP / "src/text/lists/stop.en.txt").read_text(encoding="utf-8").splitlines() if not x.startswith("#")}
FIRM = ("COMMITTED", "ACCEPTED")
TO_DO = (*FIRM, "REQUESTED")  # action items: what is promised and what is asked for
PROMISE = re.compile(r"\b(i'll|i will|we'll|we will|i'm going to|action item|follow up|next step|will do|i can do|let me)\b", re.I)
REQUEST = re.compile(r"\b(please|can you|could you|would you|will you|let me know)\b|\?", re.I)


def words(text):
    return [w for w in re.findall(r"[a-z0-9']+", text.lower().replace("’", "'")) if w not in STOP]


def overlap(x, y):
    a, b = collections.Counter(words(x)), collections.Counter(words(y))
    both = sum((a & b).values())
    return 2 * both / (sum(a.values()) + sum(b.values())) if both else 0


def one_to_one(labels, found, fits):
    """Best pairs first; returns pairs of indices."""
    scored = sorted(((fits(a, b), i, k) for i, a in enumerate(labels) for k, b in enumerate(found)), key=lambda x: (-x[0], x[1:]))
    out, left, right = [], set(), set()
    for value, i, k in scored:
        if value >= 0.3 and i not in left and k not in right:
            out.append((i, k))
            left.add(i)
            right.add(k)
    return out


def f1(right, found, wanted):
    p, r = right / max(1, found), right / max(1, wanted)
    return 2 * p * r / (p + r) if p + r else 0.0


def findings(build, items):
    text = "".join(json.dumps(i, ensure_ascii=False) + "\n" for i in items)
    done = subprocess.run([str(pathlib.Path(build) / "src/insight/harken_findeval")], input=text.encode(), capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(x)["findings"] for x in done.stdout.decode().splitlines()]


class Centroids:
    """Nearest of two centroids of word counts weighted by rarity, by cosine."""

    def __init__(self, yes, no):
        every = yes + no
        df = collections.Counter(w for t in every for w in set(self.terms(t)))
        self.idf = {w: math.log(len(every) / c) for w, c in df.items()}
        self.yes, self.no = self.mean(yes), self.mean(no)

    @staticmethod
    def terms(text):
        return re.findall(r"[a-z']+|\?", text.lower().replace("’", "'"))

    def vector(self, text):
        v = {w: c * self.idf[w] for w, c in collections.Counter(self.terms(text)).items() if w in self.idf}
        n = math.sqrt(sum(x * x for x in v.values())) or 1
        return {w: x / n for w, x in v.items()}

    def mean(self, texts):
        out = collections.Counter()
        for t in texts:
            out.update(self.vector(t))
        n = math.sqrt(sum(x * x for x in out.values())) or 1
        return {w: x / n for w, x in out.items()}

    def says(self, text):
        v = self.vector(text)
        return sum(x * self.yes.get(w, 0) for w, x in v.items()) > sum(x * self.no.get(w, 0) for w, x in v.items())


def case_centroids():
    yes, no = [], []
    for _, ia, want in commitment_cases.cases("build", ("first", "second")):
        firm = {(t, a) for w in want if w["modality"] in FIRM for t, a, _ in w["spans"]}
        for i, turn in enumerate(ia["turns"]):
            (yes if any(t == i for t, _ in firm) else no).append(turn["text"])
    return Centroids(yes, no)


def sentences(text):
    return [s for s in re.split(r"(?<=[.?!])\s+|\n+", text) if len(s.split()) >= 4]


# ---- meet-calls ----------------------------------------------------------------------------------------------------------

def shown(who, words):
    return f"{who.split()[0]} {words}" if who.strip() else words


def quote(finding):
    return " ".join(s["quote"] for s in finding["spans"])


def owner_right(label, owner, names):
    firsts = {n.split()[0].lower() for n in names if n.split()}
    named = next((w for w in re.findall(r"[a-z]+", label.lower()) if w in firsts), None)
    return None if named is None else bool(owner) and owner.lower().split()[0] == named


def of_class(found, kind, name):
    return [x for x in found if x["kind"] == kind and x["class"] == name]


def meet_rows(build, data):
    calls = [m for _, m in meetings.meet(data, "measure")]
    got = findings(build, [c[0] for c in calls])
    near = case_centroids()
    n = collections.Counter()
    for (ia, labels, names), f in zip(calls, got):
        speaker = [t["speaker"] for t in ia["turns"]]
        ours = [(speaker[x["spans"][0]["turn"]], quote(x)) for x in of_class(f, "point", "action")]
        promised = [(x["owner"] or "", quote(x)) for x in f if x["kind"] == "commitment" and x["modality"] in TO_DO]
        every = [(t["speaker"], s) for t in ia["turns"] for s in sentences(t["text"])]
        n["wanted"] += len(labels)
        n["ceiling"] += len(one_to_one(labels, [shown(*x) for x in every], overlap))
        for i, k in one_to_one(labels, [shown(*x) for x in ours], overlap):
            verdict = owner_right(labels[i], ours[k][0], names)
            n["named"] += verdict is not None
            n["owner"] += verdict is True
        for name, items in (("ours", ours), ("promises", promised), ("keyword", [x for x in every if PROMISE.search(x[1])]),
                            ("centroid", [x for x in every if near.says(x[1])])):
            n[name + "_found"] += len(items)
            n[name + "_right"] += len(one_to_one(labels, [shown(*x) for x in items], overlap))
    score = {x: f1(n[x + "_right"], n[x + "_found"], n["wanted"]) for x in ("ours", "promises", "keyword", "centroid")}
    return [row("actions-meet-f1", "meet-calls: action items written by people", score["ours"], {x: score[x] for x in ("keyword", "centroid")},
                "precision %.3f, recall %.3f of %d in %d meetings of other series than the weights are from; speaker is the owner in %d of %d named; "
                "promises and requests as such %.3f; for %d of the labels is there any sentence that would count, which alone found without one "
                "other would be %.3f" % (
                    n["ours_right"] / max(1, n["ours_found"]), n["ours_right"] / max(1, n["wanted"]), n["wanted"], len(calls), n["owner"], n["named"],
                    score["promises"], n["ceiling"], f1(n["ceiling"], n["ceiling"], n["wanted"])))]


# ---- zoom-calls ----------------------------------------------------------------------------------------------------------

def zoom_fits(label, item):
    return overlap(label[1], item[1]) if abs(label[0] - item[0]) <= 90 else 0


def zoom_rows(build, data):
    calls = [m for _, m in meetings.zoom(data, "measure", "action")]
    got = findings(build, [c[0] for c in calls])
    near = case_centroids()
    n = collections.Counter()
    for (ia, labels), f in zip(calls, got):
        at = [t["start_ms"] / 1000 for t in ia["turns"]]
        speaker = [t["speaker"] for t in ia["turns"]]
        ranked = sorted(of_class(f, "point", "action"), key=lambda x: x["value"])
        ours = [(at[x["spans"][0]["turn"]], quote(x)) for x in ranked]
        promised = [(at[x["spans"][0]["turn"]], quote(x)) for x in f if x["kind"] == "commitment" and x["modality"] in TO_DO]
        every = [(at[i], s) for i, t in enumerate(ia["turns"]) for s in sentences(t["text"])]
        n["wanted"] += len(labels)
        n["at_n"] += len(one_to_one(labels, ours[:len(labels)], zoom_fits))
        n["ceiling"] += len(one_to_one(labels, every, zoom_fits))
        for i, k in one_to_one(labels, ours, zoom_fits):
            n["owner"] += speaker[ranked[k]["spans"][0]["turn"]].split()[0].lower() in labels[i][2].lower()
        for name, items in (("ours", ours), ("promises", promised), ("keyword", [x for x in every if PROMISE.search(x[1])]),
                            ("centroid", [x for x in every if near.says(x[1])])):
            n[name + "_found"] += len(items)
            n[name + "_right"] += len(one_to_one(labels, items, zoom_fits))
    score = {x: f1(n[x + "_right"], n[x + "_found"], n["wanted"]) for x in ("ours", "promises", "keyword", "centroid")}
    return [row("actions-zoom-f1", "zoom-calls (silver): action items by time and words", score["ours"], {x: score[x] for x in ("keyword", "centroid")},
                "precision %.3f, recall %.3f of %d, recall@n %.3f, every second call; speaker is the owner in %d of %d; promises and requests as such "
                "%.3f; for %d of the labels is there any sentence that would count" % (
                    n["ours_right"] / max(1, n["ours_found"]), n["ours_right"] / max(1, n["wanted"]), n["wanted"], n["at_n"] / max(1, n["wanted"]),
                    n["owner"], n["ours_right"], score["promises"], n["ceiling"]))]


# ---- email-intent --------------------------------------------------------------------------------------------------------

def email_rows(build, data):
    lines = (data / "email-intent/Ask0729-fixed.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [(a == "Yes", b) for a, _, b in (x.partition("\t") for x in lines) if a in ("Yes", "No") and b.strip()]
    ias = [{"format": "harken.interaction/1", "kind": "mail", "language": "en", "turns": [{"speaker": "Ana", "text": s}],
            "participants": [{"name": "Ana"}, {"name": "Ben"}]} for _, s in rows]
    says = [any(f["kind"] == "request" for f in got) for got in findings(build, ias)]
    train = [r for i, r in enumerate(rows) if i % 2 == 0]
    near = Centroids([s for y, s in train if y], [s for y, s in train if not y])
    judge = {"": lambda i: says[i], "keyword": lambda i: bool(REQUEST.search(rows[i][1])), "centroid": lambda i: near.says(rows[i][1])}
    out = {}
    for name, yes in judge.items():
        some = range(1, len(rows), 2)  # the other half trained the weights (tools/text/request_words.py) and the centroids
        right = sum(yes(i) and rows[i][0] for i in some)
        found, wanted = sum(yes(i) for i in some), sum(rows[i][0] for i in some)
        out[name] = (f1(right, found, wanted), right / max(1, found), right / max(1, wanted))
    base = {x: out[x][0] for x in ("keyword", "centroid")}
    return [row("requests-email-f1", "email-intent: sentences that ask for something", out[""][0], base,
                "precision %.3f, recall %.3f" % out[""][1:])]


# ---- rows ----------------------------------------------------------------------------------------------------------------

def row(id, what, figure, base, note):
    best = max(base, key=base.get)
    named = {"keyword": "keyword list", "centroid": "nearest centroid of words"}
    return {"id": id, "what": what, "figure": figure, "unit": "f1", "peer": named[best], "peer_figure": base[best],
            "ratio": figure / base[best] if base[best] else 0.0,
            "note": note + "; " + ", ".join(f"{named[k]} {v:.3f}" for k, v in base.items())}


def case_rows(build):
    some = commitment_cases.cases(sets=("held",))  # never looked at, only its figures
    n = commitment_cases.score(some, commitment_cases.run(build, [c[1] for c in some]))
    said = [(t["text"], any(w["modality"] in FIRM and any(i == s[0] for s in w["spans"]) for w in want))
            for _, ia, want in some for i, t in enumerate(ia["turns"])]
    soft = [t["text"] for _, ia, want in some for w in want if w["modality"] not in FIRM
            for i, t in enumerate(ia["turns"]) if any(i == s[0] for s in w["spans"])]
    near = case_centroids()
    keyword = {"found": sum(bool(PROMISE.search(t)) for t, _ in said), "right": sum(bool(PROMISE.search(t)) and y for t, y in said)}
    centroid = {"found": sum(near.says(t) for t, _ in said), "right": sum(near.says(t) and y for t, y in said)}
    yes = sum(y for _, y in said)

    def make(id, what, figure, goal, ok, k, c):
        better = min if id.endswith("rate") else max
        name, peer = better((("keyword list", k), ("nearest centroid of words", c)), key=lambda x: x[1])
        return {"id": id, "what": what, "figure": figure, "unit": "share", "goal": goal, "ok": ok, "peer": name, "peer_figure": peer,
                "note": f"{len(some)} unseen written cases, {n['wanted']} commitments, {n['soft']} others; modality exact {n['modality'] / n['items']:.3f}"
                        "; first look at the 310 that were written last by another hand, before they were used: precision 0.914, recall 0.797, "
                        "hardening 0.038, fabrication 0.029"
                        f"; keyword list {k:.3f}, nearest centroid of words {c:.3f} (by turn)"}

    p, r = n["right"] / max(1, n["found"]), n["right"] / max(1, n["wanted"])
    h, f = n["hardened"] / max(1, n["soft"]), n["fabricated"] / max(1, n["found"])
    return [make("commitment-precision", "written cases: commitments that are some", p, 0.95, p >= 0.95,
                 keyword["right"] / max(1, keyword["found"]), centroid["right"] / max(1, centroid["found"])),
            make("commitment-recall", "written cases: commitments found", r, 0.8, r >= 0.8, keyword["right"] / yes, centroid["right"] / yes),
            make("hardening-rate", "written cases: hedged, asked or refused, shown as commitment", h, 0, h == 0,
                 sum(bool(PROMISE.search(t)) for t in soft) / len(soft), sum(near.says(t) for t in soft) / len(soft)),
            {"id": "fabrication-rate", "what": "written cases: commitments whose quote, owner or day is not in evidence", "figure": f,
             "unit": "share", "goal": 0, "ok": f == 0, "note": f"{n['found']} commitments; the baselines name no owner and no day"}]


def run(build_dir, data_dir):
    build, data = pathlib.Path(build_dir), pathlib.Path(data_dir)
    rows = case_rows(build)
    for name, make in (("meet-calls", meet_rows), ("zoom-calls", zoom_rows), ("email-intent", email_rows)):
        if (data / name).is_dir():
            rows += make(build, data)
    return rows


if __name__ == "__main__":
    for line in run(*sys.argv[1:3]):
        print(json.dumps(line, ensure_ascii=False))
