"""Retrieval by the real program: a server on a temporary data folder, `ingest --wait`, `search --batch`.

run_qmsum(build_dir, data_dir) and run_docrag(build_dir, data_dir) return rows for the evaluation table.
"""

import json
import os
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))
import docrag_score as docrag  # noqa: E402
import harken  # noqa: E402
import qmsum_score as qmsum  # noqa: E402

MODES = ("fused", "lexical", "vector")
BATCH_S, INGEST_S = 600, 900


def row(ident, what, figure, unit="nDCG@10", goal=None, ok=None, peer=None, peer_figure=None, note=None):
    out = {"id": ident, "what": what, "figure": round(figure, 4), "unit": unit}
    if goal is not None:
        out |= {"goal": goal, "ok": bool(figure >= goal if ok is None else ok)}
    if peer:
        out |= {"peer": peer, "peer_figure": round(peer_figure, 4), "ratio": round(figure / peer_figure, 3)}
    if note:
        out["note"] = note
    return out


def ingested(server, folder):
    """Seconds until everything under `folder` is searchable by words and by vector."""
    start = time.monotonic()
    done = server.ingest(folder, wait=True, timeout=INGEST_S)
    if done["failed"] or done["known"]:
        raise harken.Failure(f"ingest of {folder}: {done}"[:500])
    return time.monotonic() - start


def answers(server, batch):
    """The answers to a batch file and the seconds they took together."""
    start = time.monotonic()
    lines = server.ok("search", "--json", "--batch", batch, timeout=BATCH_S).split("\n")
    return [json.loads(line) for line in lines if line], time.monotonic() - start


def on_a_server(build_dir, work):
    os.environ["HARKEN_BUILD_DIR"] = str(build_dir)
    with tempfile.TemporaryDirectory(prefix="harken-eval-") as folder, harken.Server() as server:
        return work(server, folder)


# ---- QMSum ----


def run_qmsum(build_dir, data_dir):
    data = os.path.join(data_dir, "qmsum")
    rows, bm25 = qmsum_reference(qmsum.load(data, "val"))
    return on_a_server(build_dir, lambda s, folder: qmsum_rows(s, data, folder, bm25)) + rows


def qmsum_rows(server, data, folder, bm25):
    meetings = qmsum.prepare(data, "val", folder)
    took = ingested(server, os.path.join(folder, "meetings"))
    found, rows = {}, []
    for setting in "ab":
        for mode in MODES:
            got, seconds = answers(server, os.path.join(folder, f"batch-{setting}-{mode}.jsonl"))
            found[setting, mode] = means = qmsum.score(meetings, got, setting)
            rows.append(qmsum_row(setting, mode, means, bm25, seconds / len(got), took))
            if setting == "a":
                continue
            rows.append(row(f"qmsum-b-{mode}-meeting-hit10", f"QMSum val, all meetings, {mode}: right meeting among 10",
                            means["meeting_hit10"], "share"))
    best_part = max(found["a", "lexical"]["ndcg10"], found["a", "vector"]["ndcg10"])
    lead = found["a", "fused"]["ndcg10"] - best_part
    rows.append(row("qmsum-a-fused-lead", "QMSum val, own meeting: fused above the better of its parts by", lead, goal=0,
                    ok=lead > 0))
    return rows


def qmsum_row(setting, mode, means, bm25, seconds, took):
    where = {"a": "own meeting", "b": "all meetings"}[setting]
    goal = {("a", "fused"): 0.57, ("b", "fused"): 0.38}.get((setting, mode))
    peer = {"a": "BM25, speakers, neighbours", "b": "BM25, speakers"}[setting]
    note = ", ".join(f"{k} {means[k]:.3f}" for k in ("mrr10", "r5", "r10", "r20", "wr500", "wp500") if k in means)
    return row(f"qmsum-{setting}-{mode}-ndcg10", f"QMSum val, {where}, {mode}", means["ndcg10"], goal=goal, peer=peer,
               peer_figure=bm25[setting], note=f"{note}; {1000 * seconds:.0f} ms a query; ingested in {took:.0f} s")


# SCORING.md: nDCG@10 of the rows, setting A on val; then of setting B.
PUBLISHED = {
    "document order": 0.1205,
    "BM25 k1 0.9 b 0.4": 0.3233,
    "BM25 k1 1.2 b 0.75": 0.3319,
    "+ stop": 0.3807,
    "+ stop + speaker": 0.4083,
    "+ stop + speaker + neighbours": 0.5093,
}
PUBLISHED_B = {"ndcg10": 0.2442, "mrr10": 0.3909, "r10": 0.2499, "meeting_hit10": 0.9423}


def qmsum_reference(meetings):
    """Rows that say whether this scorer gives the published figures, and the two references others are compared with."""
    rows, by_setting = [], {}
    for name, published in PUBLISHED.items():
        figure = qmsum.reference_row(meetings, qmsum.REFERENCE[name])["ndcg10"]
        rows.append(reference_row("a", name, figure, published))
    by_setting["a"] = figure
    means = qmsum.reference_b(meetings)
    by_setting["b"] = means["ndcg10"]
    for key, published in PUBLISHED_B.items():
        rows.append(reference_row("b", f"BM25, speakers, {key}", means[key], published))
    sizes = check_values(meetings)
    rows.append(row("qmsum-check-values", "QMSum val: meetings, queries, words, passages as published", sum(sizes),
                    "of 5", goal=5))
    return rows, by_setting


def reference_row(setting, name, figure, published):
    slug = "".join(c if c.isalnum() else "-" for c in name.lower().replace("+ ", "").replace(".", ""))
    return row(f"qmsum-{setting}-reference-{slug}".replace("--", "-"), f"the scorer's check, setting {setting.upper()}: {name}", figure,
               goal=published, ok=abs(figure - published) < 0.00006)


def check_values(meetings):
    queries = [q for m in meetings for q in m.queries]
    have = (len(meetings), len(queries), sum(bool(q.relevant) for q in queries), sum(len(m.words) for m in meetings),
            sum(len(m.passages) for m in meetings))
    return [a == b for a, b in zip(have, (15, 105, 104, 156249, 1550))]


# ---- doc-rag ----


def run_docrag(build_dir, data_dir):
    data = os.path.join(data_dir, "doc-rag")
    return on_a_server(build_dir, lambda s, folder: docrag_rows(s, data, folder))


def docrag_rows(server, data, folder):
    passages, tasks = docrag.prepare(data, folder)
    took = ingested(server, os.path.join(folder, "documents"))
    bm25 = docrag.reference(passages, tasks)["ndcg10"]
    rows = []
    for name, what, goal in (("last", "last turn alone", 0.83), ("history", "with the conversation so far", 0.88)):
        for mode in MODES:
            got, seconds = answers(server, os.path.join(folder, f"batch-{name}-{mode}.jsonl"))
            means = docrag.score(passages, tasks, got)
            ident = f"doc-rag-{mode}-ndcg10" if name == "last" else "doc-rag-history" + ("" if mode == "fused" else "-" + mode) + "-ndcg10"
            note = f"r10 {means['r10']:.3f}, mrr10 {means['mrr10']:.3f}; {1000 * seconds / len(got):.0f} ms a query; ingested in {took:.0f} s"
            rows.append(row(ident, f"doc-rag, {what}, {mode}", means["ndcg10"], goal=goal if mode == "fused" else None, peer="BM25",
                            peer_figure=bm25, note=note))
    rows.append(row("doc-rag-reference-bm25", "the scorer's check: BM25 on the last turn", bm25, goal=0.741, ok=abs(bm25 - 0.741) < 0.0006))
    return rows
