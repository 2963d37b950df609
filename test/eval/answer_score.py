"""Answers by the real program: `harken ask --batch` on questions with known places, and on questions without an answer.

run(build_dir, data_dir) returns rows for the evaluation table:
  answer-qmsum-citation   QMSum val, own meeting: share of cited ranges of which at least half of the words are gold
                          (the data set's SCORING.md, "Citation check"); a question without answer cites nothing
  answer-qmsum-found      share of these questions that are answered
  answer-docrag-abstain   doc-rag: balanced accuracy of found on ANSWERABLE and not found on UNANSWERABLE and
                          UNDERSPECIFIED tasks
  answer-samples-HALF     sample company, half tuning or heldout of samples/questions.json: share of its answerable questions of
                          which one cited sentence holds the words
  answer-abstain-recall-HALF, answer-abstain-precision-HALF
                          share of the unanswerable questions that are not answered; share of the questions not answered
                          that are unanswerable. Thresholds are chosen on tuning, goals are for heldout
  answer-samples-count    share of its counting questions with the right number
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]
import docrag_score as docrag  # noqa: E402
import qmsum_score as qmsum  # noqa: E402
from retrieval import BATCH_S, INGEST_S, on_a_server, row  # noqa: E402


def ask_all(server, folder, lines):
    path = os.path.join(folder, "ask.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    out = server.ok("ask", "--json", "--batch", path, timeout=BATCH_S)
    return [json.loads(line) for line in out.split("\n") if line]


def qmsum_rows(server, folder, data):
    meetings = qmsum.prepare(data, "val", folder)
    server.ingest(os.path.join(folder, "meetings"), wait=True, timeout=INGEST_S)
    asked = [(m, q) for m in meetings for q in m.queries]
    place = {m.name: next(str(p) for p in pathlib.Path(folder, "meetings").iterdir() if p.stem.split(".")[0] == m.name)
             for m in meetings}
    answers = ask_all(server, folder, [{"question": q.text, "in": place[m.name]} for m, q in asked])
    cited = right = found = 0
    for (m, q), a in zip(asked, answers):
        found += a["found"]
        for s in a["sentences"]:
            for span in s["spans"]:
                x, y = m.span_words(span["turn"], span["start"], span["end"]) or (0, 0)
                cited += 1
                right += y > x and 2 * sum(w in q.gold for w in range(x, y)) >= y - x
    return [row("answer-qmsum-citation", "QMSum val, own meeting: cited ranges that are right", right / max(1, cited),
                "share", note=f"{cited} ranges of {len(asked)} questions"),
            row("answer-qmsum-found", "QMSum val, own meeting: questions answered", found / len(asked), "share")]


def docrag_rows(server, folder, data):
    _, tasks = docrag.prepare(data, folder, modes=())
    server.ingest(os.path.join(folder, "documents"), wait=True, timeout=INGEST_S)
    asked = [t for t in tasks if t.answerability != "PARTIAL"]
    answers = ask_all(server, folder, [{"question": t.last, "history": t.history} for t in asked])
    yes = [a["found"] for t, a in zip(asked, answers) if t.answerability == "ANSWERABLE"]
    no = [not a["found"] for t, a in zip(asked, answers) if t.answerability != "ANSWERABLE"]
    found, silent = sum(yes) / len(yes), sum(no) / len(no)
    return [row("answer-docrag-abstain", "doc-rag: balanced accuracy of answering or not", (found + silent) / 2, "share",
                note=f"{found:.3f} of {len(yes)} answerable found, {silent:.3f} of {len(no)} others not")]


def holds(answer, base, cites):
    return any(c["words"] in p["quote"] or p["quote"] in c["words"] for s in answer["sentences"] for p in s["spans"]
               for c in cites if p["source"] == os.path.join(base, c["interaction"]))


def half_rows(half, yes, no):
    """Rows of one half of the sample company's questions: pairs of question and answer, with and without an answer."""
    good = sum(x["right"] for x, _ in yes)
    answered = sum(a["found"] for _, a in yes)
    silent = sum(not a["found"] for _, a in no)
    quiet = silent + len(yes) - answered
    held = half == "heldout"
    note = f"{len(yes)} questions, {answered} answered" + ("" if held else "; weights and thresholds were chosen on these")
    return [row(f"answer-samples-{half}", f"sample company, {half}: answerable questions answered with the right sentence",
                good / len(yes), "share", note=note),
            row(f"answer-abstain-recall-{half}", f"sample company, {half}: unanswerable questions left unanswered",
                silent / len(no), "share", goal=0.8 if held else None, note=f"{silent} of {len(no)}"),
            row(f"answer-abstain-precision-{half}", f"sample company, {half}: questions left unanswered that are unanswerable",
                silent / max(1, quiet), "share", goal=0.8 if held else None, note=f"{silent} of {quiet}")]


def sample_rows(server, folder):
    with open(TOP / "samples/questions.json", encoding="utf-8") as f:
        q = json.load(f)
    base = str(TOP / "samples" / q["workspace"])
    server.ingest(os.path.join(base, "interactions"), wait=True, timeout=INGEST_S)
    kinds = ("answerable", "unanswerable", "counting")
    yes, no, count = (list(zip(q[k], ask_all(server, folder, [{"question": x["question"]} for x in q[k]]))) for k in kinds)
    for x, a in yes:
        x["right"] = holds(a, base, x["cites"])
    rows = [r for half in ("tuning", "heldout")
            for r in half_rows(half, *([p for p in pairs if p[0]["half"] == half] for pairs in (yes, no)))]
    counted = sum(a.get("count") == x["answer"] for x, a in count)
    return rows + [row("answer-samples-count", "sample company: counting questions with the right number", counted / len(count),
                       "share", goal=1)]


def run(build_dir, data_dir):
    rows = on_a_server(build_dir, sample_rows)
    for name, make in (("qmsum", qmsum_rows), ("doc-rag", docrag_rows)):
        data = os.path.join(data_dir, name)
        if os.path.isdir(data):
            rows += on_a_server(build_dir, lambda s, folder, make=make, data=data: make(s, folder, data))
    return rows


if __name__ == "__main__":
    for line in run(*sys.argv[1:3]):
        print(json.dumps(line, ensure_ascii=False))
