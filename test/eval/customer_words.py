"""What customers say against written cases (test/cases/customer_words*.txt): objections, qualification fields, attitude.

run(build_dir, data_dir) returns rows for the evaluation table:
  objections-written-f1      codes of objections; micro F1 over all of the twelve
  qualification-written-f1   fields of the qualification; a field that means nearly the same as the one expected is no error, and no hit
  attitude-written-f1        pos and neg of the customer's words; mean of both F1

The cases of customer_words.txt and the odd ones of customer_words_fresh.txt are for building; those of customer_words_held.txt and the even
fresh ones are only measured with. The fresh ones are by somebody who had seen neither the program nor its lists, and were measured as a whole
before any was looked at (FIRST: F1, precision, recall). Beside each stand a keyword list and the nearest centroid of words (made from the
cases for building); the peer is the better one.
"""
import collections
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
from findings_score import Centroids, f1, findings  # noqa: E402

FILES = {name: HERE.parent / f"cases/{name}.txt" for name in ("customer_words", "customer_words_held", "customer_words_fresh")}
FIRST = {"objection": (0.564, 0.936, 0.404), "qualification": (0.680, 0.765, 0.612), "attitude": (0.891, 0.976, 0.820)}
KINDS = ("objection", "qualification", "attitude")
KEYWORDS = {
    "objection": {"PRICE": "price|expensive|cost|quote", "BUDGET": "budget|funds|money", "TIMING": "time|later|priority|year|quarter",
                  "AUTHORITY": "boss|board|approve|sign|decide", "NEED": "need|all set|happy", "FIT": "integration|support|missing|feature",
                  "TRUST": "proof|reference|convinced|small company", "COMPETITOR": "competitor|vendor|supplier|provider",
                  "STATUS_QUO": "ourselves|in house|spreadsheets|stay", "EFFORT": "migration|implementation|training|work",
                  "SECURITY_PRIVACY": "security|data|gdpr|privacy", "LEGAL_PROCUREMENT": "legal|procurement|contract|lawyers"},
    "qualification": {"meddpicc.metrics": "percent|hours|save", "meddpicc.economic_buyer": "cfo|ceo|signs", "meddpicc.decision_criteria": "criteria|important|must",
                      "meddpicc.decision_process": "committee|review|steps", "meddpicc.paper_process": "legal|procurement|contract",
                      "meddpicc.identify_pain": "problem|lose|break", "meddpicc.champion": "internally|push|my director",
                      "meddpicc.competition": "vendors?|competitors?|alternative", "bant.budget": "budget|spend", "bant.authority": "decides?|decision",
                      "bant.need": "need|have to", "bant.timeline": "by the|before|quarter", "spiced.situation": "we use|we run|today",
                      "spiced.pain": "frustrating|mess|problem", "spiced.impact": "would|if we", "spiced.critical_event": "ends|audit|deadline",
                      "spiced.decision": "committee|votes?|evaluate"},
    "attitude": {"pos": "great|love|happy|good|nice|fantastic|excited", "neg": "not|problem|bad|disappointed|frustrated|worried|slow"}}
NEAR = [{"meddpicc.identify_pain", "bant.need", "spiced.pain", "spiced.impact", "spiced.situation"}, {"meddpicc.metrics", "spiced.impact", "meddpicc.identify_pain"},
        {"meddpicc.economic_buyer", "bant.authority", "spiced.decision", "bant.budget"}, {"bant.timeline", "spiced.critical_event", "meddpicc.decision_process"},
        {"meddpicc.decision_process", "spiced.decision", "meddpicc.decision_criteria", "bant.authority", "meddpicc.paper_process"},
        {"bant.need", "meddpicc.decision_criteria"}]


def cases(kind, side):
    """[(expected, sentence)]; side: "build" or "measure"."""
    def read(name):
        return [x.split("\t") for x in FILES[name].read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    fresh = read("customer_words_fresh")
    lines = {"build": read("customer_words") + fresh[::2], "measure": read("customer_words_held") + fresh[1::2]}[side]
    return [tuple(x[1:]) for x in lines if x[0] == kind]


def interaction(sentence):
    return {"format": "harken.interaction/1", "kind": "call", "language": "en", "started_at": "2026-03-04T10:00:00Z",
            "participants": [{"name": "Rita Moss", "side": "internal"}, {"name": "Omar Diaz", "side": "external"}],
            "turns": [{"speaker": "Rita Moss", "text": "Thank you for taking the time."}, {"speaker": "Omar Diaz", "text": sentence}] + [
                {"speaker": "Omar Diaz", "text": f"The plant has hall number {n} in the north."} for n in range(4)]}  # fewer have no attitude


def said(build, kind, some):
    """What the program finds in each: a set of classes."""
    got = findings(build, [interaction(s) for _, s in some])
    return [{f["class"] for f in found if f["kind"] == kind and any(s["turn"] == 1 for s in f["spans"]) and f["class"] != "call"} for found in got]


def nearest(kind):
    """The class whose cases at hand a sentence is nearest to, by cosine over words weighted by rarity."""
    some = cases(kind, "build")
    whole = Centroids([s for _, s in some], [])
    means = {c: whole.mean([s for y, s in some if y == c]) for c in {y for y, _ in some}}

    def says(sentence):
        v = whole.vector(sentence)
        best = max(sorted(means), key=lambda c: sum(x * means[c].get(w, 0) for w, x in v.items()))
        return set() if best == "none" else {best}
    return says


def keyword(kind):
    return lambda s: {c for c, words in KEYWORDS[kind].items() if re.search(rf"\b({words})\b", s, re.I)}


def excused(kind, want, got):
    return kind == "qualification" and any(want in group and got in group for group in NEAR)


def counts(kind, some, says):
    n = collections.Counter()
    for (want, _), got in zip(some, says):
        n["wanted", want] += want != "none"
        n["right", want] += want in got
        for c in got:
            n["found", c] += c == want or not excused(kind, want, c)
        n["nothing"] += want == "none"
        n["nothing_right"] += want == "none" and not got
    return n


def figure(kind, n):
    def total(key, c=None):
        return sum(v for k, v in n.items() if isinstance(k, tuple) and k[0] == key and (c is None or k[1] == c))
    if kind == "attitude":
        return sum(f1(total("right", c), total("found", c), total("wanted", c)) for c in ("pos", "neg")) / 2
    return f1(total("right"), total("found"), total("wanted"))


def run(build_dir, data_dir):
    rows = []
    for kind in KINDS:
        some = cases(kind, "measure")
        judged = {"": said(build_dir, kind, some), "keyword list": [keyword(kind)(s) for _, s in some],
                  "nearest centroid of words": [nearest(kind)(s) for _, s in some]}
        n = {k: counts(kind, some, v) for k, v in judged.items()}
        score = {k: figure(kind, v) for k, v in n.items()}
        mine = score.pop("")
        best = max(score, key=score.get)
        first = "first look at all fresh ones, before any was used: %.3f, precision %.3f, recall %.3f; " % FIRST[kind]
        right, found, wanted = (sum(v for k, v in n[""].items() if isinstance(k, tuple) and k[0] == key) for key in ("right", "found", "wanted"))
        rows.append({"id": f"{kind}s-written-f1" if kind == "objection" else f"{kind}-written-f1", "what": f"written cases of customers' words: {kind}",
                     "figure": mine, "unit": "f1", "peer": best, "peer_figure": score[best], "ratio": mine / score[best] if score[best] else 0.0,
                     "note": f"{len(some)} cases that were only measured with; {first}precision {right / max(1, found):.3f}, recall {right / wanted:.3f}; nothing found in "
                             f"{n['']['nothing_right']} of {n['']['nothing']} that are none; " + ", ".join(f"{k} {v:.3f}" for k, v in score.items())})
    return rows


def missed(build):
    """What is wrong among the cases at hand, for who makes the lists."""
    for kind in KINDS:
        some = cases(kind, "build")
        for (want, sentence), got in zip(some, said(build, kind, some)):
            if (want != "none" and want not in got) or any(c != want and not excused(kind, want, c) for c in got):
                yield f"{kind}\t{want}\t{','.join(sorted(got))}\t{sentence}"


if __name__ == "__main__":
    if sys.argv[2:] == ["--missed"]:
        print(*missed(sys.argv[1]), sep="\n")
    else:
        for line in run(*sys.argv[1:3]):
            print(json.dumps(line, ensure_ascii=False))
