"""Documents: words of our text against the Markdown that came with the documents.

run(build_dir, data_dir) returns rows for the evaluation table: word recall and precision (bag of words) and word order (longest
common subsequence over the reference's length), averaged over the files of each kind. The references are a converter's accepted
output, not the truth: a recall of 0.9 is the aim, not equality.
"""

import html
import json
import re
import subprocess
import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path


def tool(build_dir):
    for at in ("harken_formateval", "src/formats/harken_formateval"):
        path = Path(build_dir) / at
        if path.exists():
            return str(path)
    raise FileNotFoundError("harken_formateval is not built in %s" % build_dir)


def plain(markdown):
    """A reference without its marks: images, links' targets, table rules, emphasis, headings, escapes."""
    text = re.sub(r"<!--.*?-->", " ", markdown, flags=re.S)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?m)^[\s|:+-]+$", " ", text)
    text = re.sub(r"\\([_*#\[\]()&<>`])", r"\1", text)
    return html.unescape(text)


def words(text):
    return re.findall(r"\w+", text.lower())


def score(reference, ours):
    want, got = Counter(reference), Counter(ours)
    both = sum((want & got).values())
    recall = both / len(reference) if reference else 1.0
    precision = both / len(ours) if ours else 0.0
    blocks = SequenceMatcher(None, reference, ours, autojunk=False).get_matching_blocks()
    order = sum(b.size for b in blocks) / len(reference) if reference else 1.0
    return recall, precision, order


def text_of(answer):
    return "\n".join(t["text"] for item in answer.get("items", []) for t in item["turns"])


def run(build_dir, data_dir):
    exe, root = tool(build_dir), Path(data_dir) / "docs"
    rows = []
    for kind, goal in (("docx", 0.9), ("pptx", 0.8), ("html", 0.9), ("pdf", 0.9)):
        pairs = [(p, Path(str(p) + ".md")) for p in sorted((root / kind).glob("*." + kind))]
        pairs = [(p, next((c for c in (m, p.with_suffix(".md"), p.with_suffix(".txt")) if c.exists()), m)) for p, m in pairs]
        pairs = [(p, m) for p, m in pairs if m.exists()]
        out = subprocess.run([exe, *[str(p) for p, _ in pairs]], capture_output=True, check=True, timeout=300).stdout
        answers = [json.loads(line) for line in out.decode("utf-8").split("\n") if line]
        results = [(p.name, *score(words(plain(m.read_text(encoding="utf-8"))), words(text_of(a)))) for (p, m), a in zip(pairs, answers)]
        low = ["%s %.2f" % (r[0], r[1]) for r in results if r[1] < goal]
        for i, what in ((1, "recall"), (2, "precision"), (3, "order")):
            figure = sum(r[i] for r in results) / len(results)
            row = {"id": "docs-%s-%s" % (kind, what), "what": "%s documents: word %s" % (kind, what), "figure": round(figure, 4),
                   "unit": "share", "note": "%d files" % len(results)}
            if what == "recall":
                row.update(goal=goal, ok=figure >= goal)
                row["note"] += "; below: " + ", ".join(low) if low else ""
            rows.append(row)
    return rows


if __name__ == "__main__":
    for r in run(sys.argv[1], sys.argv[2]):
        print("%-22s %.4f %s  %s" % (r["id"], r["figure"], {True: "ok", False: "--"}.get(r.get("ok"), ""), r["note"]))
