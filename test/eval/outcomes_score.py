"""Questions, decisions and outcomes of negotiations against the sets that have labels for them.

run(build_dir, data_dir) returns rows for the evaluation table:
  questions-casino-f1               casino: utterances labelled elicit-pref, which ask what the other needs
  decisions-zoom-f1                 zoom-calls (silver): cited time within 90 s and content-word F1 >= 0.3, as its SOURCE.md says
  negotiation-craigslist-accuracy   craigslist-bargain: was there a deal, from the messages alone; mean of both classes

The word lists of the product were written with every second dialogue or call (the first, the third ...) at hand, and the centroids
are those of the same half; figures are of the other half. Beside each stand a keyword list and the nearest of two centroids of
words; the peer is the better one.
"""
import collections
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
import meetings  # noqa: E402
from findings_score import Centroids, f1, findings, of_class, one_to_one, quote, sentences, zoom_fits  # noqa: E402

PREFERENCE = re.compile(r"\?", re.I)
DECISION = re.compile(r"\b(decided?|decision|agreed?|agreement|consensus|let's go with|go ahead with)\b", re.I)
DEAL = re.compile(r"\b(deal|sold|i accept|i'll take it|it's yours|sounds good|works for me|see you)\b", re.I)
NO_DEAL = re.compile(r"\b(no deal|pass|not interested|good luck|can't|cannot|too low|too high)\b", re.I)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
LAST = 6  # messages that a keyword or a centroid looks at: where a negotiation ends


def row(id, what, figure, base, unit, note):
    best = max(base, key=base.get)
    return {"id": id, "what": what, "figure": figure, "unit": unit, "peer": best, "peer_figure": base[best],
            "ratio": figure / base[best] if base[best] else 0.0, "note": note + "; " + ", ".join(f"{k} {v:.3f}" for k, v in base.items())}


# ---- questions -----------------------------------------------------------------------------------------------------------

def casino_rows(build, data):
    train = [(t["text"], y) for ia, ys in meetings.casino(data, "build") for t, y in zip(ia["turns"], ys) if y is not None]
    near = Centroids([t for t, y in train if y], [t for t, y in train if not y])
    calls = meetings.casino(data, "measure")
    n = collections.Counter()
    for (ia, ys), f in zip(calls, findings(build, [c[0] for c in calls])):
        asked = {s["turn"] for x in f if x["kind"] == "discovery" for s in x["spans"]}
        open_ones = {s["turn"] for x in of_class(f, "question", "open") for s in x["spans"]}
        for i, (t, y) in enumerate(zip(ia["turns"], ys)):
            if y is None:
                continue
            n["wanted"] += y
            for name, yes in (("", i in asked), ("open", i in open_ones), ("keyword list", bool(PREFERENCE.search(t["text"]))),
                              ("nearest centroid of words", near.says(t["text"]))):
                n[name + "_found"] += yes
                n[name + "_right"] += yes and y
    score = {k: f1(n[k + "_right"], n[k + "_found"], n["wanted"]) for k in ("", "keyword list", "nearest centroid of words")}
    return [row("questions-casino-f1", "casino: utterances that ask what the other needs", score.pop(""), score, "f1",
                f"precision {n['_right'] / max(1, n['_found']):.3f}, recall {n['_right'] / max(1, n['wanted']):.3f} of {n['wanted']}; all open "
                f"questions would be {f1(n['open_right'], n['open_found'], n['wanted']):.3f}; the list of keywords is the question mark; the centroids know "
                "what is bargained for, our words are common to meetings of all sorts")]


# ---- decisions -----------------------------------------------------------------------------------------------------------

def zoom_rows(build, data):
    def said(ia):
        return [(t["start_ms"] / 1000, s) for t in ia["turns"] for s in sentences(t["text"])]

    yes, no = [], []
    for _, (ia, labels) in meetings.zoom(data, "build", "decision"):
        every = said(ia)
        best = {max(range(len(every)), key=lambda k: zoom_fits(x, every[k])) for x in labels if every}
        for k, (_, s) in enumerate(every):
            (yes if k in best else no).append(s)
    near = Centroids(yes, no)
    n = collections.Counter()
    half = [m for _, m in meetings.zoom(data, "measure", "decision")]
    for (ia, labels), f in zip(half, findings(build, [c[0] for c in half])):
        at = [t["start_ms"] / 1000 for t in ia["turns"]]
        ours = [(at[x["spans"][0]["turn"]], quote(x)) for x in of_class(f, "point", "decision")]
        n["wanted"] += len(labels)
        n["ceiling"] += len(one_to_one(labels, said(ia), zoom_fits))
        for name, items in (("", ours), ("keyword list", [x for x in said(ia) if DECISION.search(x[1])]),
                            ("nearest centroid of words", [x for x in said(ia) if near.says(x[1])])):
            n[name + "_found"] += len(items)
            n[name + "_right"] += len(one_to_one(labels, items, zoom_fits))
    score = {k: f1(n[k + "_right"], n[k + "_found"], n["wanted"]) for k in ("", "keyword list", "nearest centroid of words")}
    return [row("decisions-zoom-f1", "zoom-calls (silver): decisions by time and words", score.pop(""), score, "f1",
                f"precision {n['_right'] / max(1, n['_found']):.3f}, recall {n['_right'] / max(1, n['wanted']):.3f} of {n['wanted']}; labels are a model's own "
                f"words: for {n['ceiling']} of them is there any sentence that would count")]


# ---- negotiations --------------------------------------------------------------------------------------------------------

def bargain(d):
    """(interaction, was there a deal, price); the seller is ours."""
    sides = ["internal" if k["personal"]["Role"] == "seller" else "external" for k in d["scenario"]["kbs"]]
    turns = [{"speaker": f"Agent {e['agent']}", "text": e["data"]} for e in d["events"] if e["action"] == "message" and e["data"].strip()]
    ia = {"format": "harken.interaction/1", "kind": "call", "language": "en", "turns": turns,
          "participants": [{"name": f"Agent {i}", "side": s} for i, s in enumerate(sides)]}
    return ia, d["outcome"]["reward"] == 1, (d["outcome"].get("offer") or {}).get("price")


def last_number(texts):
    return next((float(x.replace(",", "")) for t in reversed(texts) for x in reversed(NUMBER.findall(t))), None)


def craigslist_rows(build, data):
    calls = [bargain(d) for d in json.loads((data / "craigslist-bargain/dev.json").read_text(encoding="utf-8"))]
    calls = [c for c in calls if c[0]["turns"]]

    def end(ia):
        return " ".join(t["text"] for t in ia["turns"][-LAST:])

    train = [(end(ia), y) for ia, y, _ in calls[::2]]
    near = Centroids([t for t, y in train if y], [t for t, y in train if not y])
    half = calls[1::2]
    n = collections.Counter()
    for (ia, deal, price), f in zip(half, findings(build, [c[0] for c in half])):
        verdicts = [x for x in f if x["kind"] == "decision" and x["class"] in ("AGREED", "DECLINED")]
        texts = [t["text"] for t in ia["turns"]]
        ours = bool(verdicts) and verdicts[-1]["class"] == "AGREED"
        for name, says in (("", ours), ("keyword list", bool(DEAL.search(end(ia))) and not NO_DEAL.search(texts[-1])),
                           ("nearest centroid of words", near.says(end(ia)))):
            n[name + "_right"] += says == deal
            n[name + "_deal"] += says and deal
            n[name + "_none"] += not says and not deal
        n["deals"] += deal
        if deal and price is not None:
            named = [x["value"] for x in verdicts if x["class"] == "AGREED" and x["value"] is not None]
            n["priced"] += 1
            n["price"] += bool(named) and abs(named[-1] - price) < 0.005
            n["price_last"] += last_number(texts) == price
    names = ("keyword list", "nearest centroid of words")

    def both(k):
        return (n[k + "_deal"] / n["deals"] + n[k + "_none"] / (len(half) - n["deals"])) / 2

    return [row("negotiation-craigslist-accuracy", "craigslist-bargain: was there a deal, from the messages alone; mean of both classes", both(""),
                {k: both(k) for k in names} | {"always a deal": 0.5}, "share",
                f"{len(half)} dialogues, {n['deals']} with a deal; share right: ours {n['_right'] / len(half):.3f}, "
                + ", ".join(f"{k} {n[k + '_right'] / len(half):.3f}" for k in names) + f", always a deal {n['deals'] / len(half):.3f}; agreed price exact in "
                f"{n['price']} of {n['priced']} deals, the last number named in {n['price_last']}")]


def run(build_dir, data_dir):
    build, data = pathlib.Path(build_dir), pathlib.Path(data_dir)
    rows = []
    for name, make in (("casino", casino_rows), ("zoom-calls", zoom_rows), ("craigslist-bargain", craigslist_rows)):
        if (data / name).is_dir():
            rows += make(build, data)
    return rows


if __name__ == "__main__":
    for line in run(*sys.argv[1:3]):
        print(json.dumps(line, ensure_ascii=False))
