"""Retrieval scores on doc-rag (MTRAG-UN), as the data set's SOURCE.md defines them: the corpus is every distinct passage,
the query is the last user turn (earlier user turns may be used as history), the task's own contexts are relevant.

As a module: load(), measures(), mean_measures(). As a program:
  docrag_score.py prepare DATA OUT        write one document a passage and batch-{last,history}-MODE.jsonl
  docrag_score.py score DATA ANSWERS      score the answers of `harken search --batch` (one line a task with contexts)
  docrag_score.py reference DATA          print the BM25 row
DATA is the doc-rag folder. No third-party packages.
"""

import collections
import glob
import hashlib
import json
import math
import os
import sys

from qmsum_score import Bm25, TOKEN, mean_measures

Task = collections.namedtuple("Task", "id last history relevant answerability")


def load(data):
    """(passages by id, tasks). Tasks without contexts are kept: they are the ones a system should not answer."""
    passages, tasks = {}, []
    for path in sorted(glob.glob(os.path.join(data, "*.jsonl"))):
        with open(path, encoding="utf-8") as f:
            for line in f:
                r = json.loads(line)
                passages.update((c["document_id"], c["text"]) for c in r["contexts"])
                said = [t["text"] for t in r["input"] if t["speaker"] == "user"]
                relevant = {c["document_id"] for c in r["contexts"]}
                tasks.append(Task(r["task_id"], said[-1], said[:-1], relevant, r["answerability"][0]))
    return passages, tasks


def measures(listed, relevant):
    """`listed`: document ids, best first; a second appearance of a document is ignored."""
    order = list(dict.fromkeys(listed))
    gain = sum(1 / math.log2(i + 2) for i, d in enumerate(order[:10]) if d in relevant)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
    first = next((1 / (i + 1) for i, d in enumerate(order[:10]) if d in relevant), 0.0)
    return {"ndcg10": gain / ideal, "r10": len(relevant.intersection(order[:10])) / len(relevant), "mrr10": first}


def reference(passages, tasks):
    """BM25 k1 1.2, b 0.75, stop words removed, last turn only."""
    ids = list(passages)
    bm25 = Bm25([TOKEN.findall(passages[i].lower()) for i in ids], 1.2, 0.75, stop=True)
    rows = []
    for t in tasks:
        if t.relevant:
            s = bm25.scores(t.last)
            rows.append(measures([ids[i] for i in sorted(range(len(ids)), key=lambda i: -s[i])[:10]], t.relevant))
    return mean_measures(rows)


def file_name(passage_id):
    return hashlib.sha256(passage_id.encode()).hexdigest()[:24] + ".json"


def prepare(data, out, modes=("fused", "lexical", "vector"), limit=20):
    passages, tasks = load(data)
    folder = os.path.join(out, "documents")
    os.makedirs(folder, exist_ok=True)
    for pid, text in passages.items():
        with open(os.path.join(folder, file_name(pid)), "w", encoding="utf-8") as f:
            doc = {"format": "harken.interaction/1", "kind": "document", "turns": [{"text": text}]}
            json.dump(doc, f, ensure_ascii=False)
    for mode in modes:
        for name in ("last", "history"):
            with open(os.path.join(out, f"batch-{name}-{mode}.jsonl"), "w", encoding="utf-8") as f:
                for t in tasks:
                    if not t.relevant:
                        continue
                    line = {"query": t.last, "limit": limit, "mode": mode}
                    if name == "history":
                        line["history"] = t.history
                    f.write(json.dumps(line, ensure_ascii=False) + "\n")
    return passages, tasks


def score(passages, tasks, answers):
    by_file = {file_name(pid): pid for pid in passages}
    asked, answers = [t for t in tasks if t.relevant], list(answers)
    if len(answers) != len(asked):
        raise ValueError(f"{len(answers)} answers to {len(asked)} tasks")
    rows = []
    for t, answer in zip(asked, answers):
        rows.append(measures([by_file[os.path.basename(h["source"])] for h in answer["hits"]], t.relevant))
    return mean_measures(rows)


def main(argv):
    if len(argv) == 4 and argv[1] == "prepare":
        prepare(argv[2], argv[3])
    elif len(argv) == 4 and argv[1] == "score":
        with open(argv[3], encoding="utf-8") as f:
            print(json.dumps(score(*load(argv[2]), map(json.loads, f))))
    elif len(argv) == 3 and argv[1] == "reference":
        print(json.dumps(reference(*load(argv[2]))))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
