"""Retrieval scores on QMSum, as the data set's SCORING.md (version 1) defines them.

As a module: load(), passages(), project(), measures(), mean_measures(), hits_to_ranges().
As a program:
  qmsum_score.py prepare DATA SHARE OUT   write one interaction file a meeting and the batch files of both settings
  qmsum_score.py score   DATA SHARE OUT RESULTS {a|b}   score the answers of `harken search --batch` (one line a query)
  qmsum_score.py reference DATA SHARE     print the reference rows

DATA is the qmsum folder, SHARE its subfolder (train, val). No third-party packages.
"""

import collections
import glob
import gzip
import json
import math
import os
import random
import re
import sys

WORD = re.compile(r"[^\t\n\x0b\x0c\r \u00a0]+")
TOKEN = re.compile(r"[a-z0-9]+")
CHUNK_WORDS_MAX = 512
LISTED = 20
STOP = frozenset(
    """a an the of to in on at for and or is are was were be been being do does did what how why who whom which when
    where that this it its with by from as about into than then there their they them he she his her we us our you your
    i me my not no so if but can could would should will shall may might have has had summarize summarise discussion
    discussions discuss discussed discussing think thought thoughts said say meeting team group talking talk
    talked""".split()
)

Query = collections.namedtuple("Query", "text gold relevant")


class Meeting:
    """One meeting: its words, canonical passages and specific queries."""

    def __init__(self, name, data):
        self.name = name
        self.turns = [(t["speaker"], t["content"]) for t in data["meeting_transcripts"]]
        found = [list(WORD.finditer(text)) for _, text in self.turns]
        self.words = [m.group() for turn in found for m in turn]
        self.word_chars = [[m.span() for m in turn] for turn in found]
        self.starts = [0]
        for turn in found:
            self.starts.append(self.starts[-1] + len(turn))
        self.passages = passages([len(turn) for turn in found])
        self.queries = [self._query(q) for q in data["specific_query_list"]]

    def _query(self, q):
        gold = set()
        for a, b in q["relevant_text_span"]:
            gold.update(range(self.starts[int(a)], self.starts[int(b) + 1]))
        relevant = {i for i, (x, y) in enumerate(self.passages) if 2 * sum(w in gold for w in range(x, y)) >= y - x}
        return Query(q["query"], gold, relevant)

    def interaction(self):
        """The meeting in our own JSON."""
        turns = [{"speaker": s, "text": t} for s, t in self.turns]
        return {"format": "harken.interaction/1", "kind": "call", "title": self.name, "turns": turns}

    def span_words(self, turn, start, end):
        """Words of `turn` that the UTF-8 byte range touches, as a half-open range of word numbers."""
        text = self.turns[turn][1]
        first, last = None, None
        for k, (a, b) in enumerate(self.word_chars[turn]):
            byte_a, byte_b = len(text[:a].encode()), len(text[:b].encode())
            if byte_a < end and start < byte_b:
                first = k if first is None else first
                last = k + 1
        if first is None:
            return None
        return self.starts[turn] + first, self.starts[turn] + last


def load(data, share):
    """All meetings of a share, by name."""
    meetings = []
    for path in sorted(glob.glob(os.path.join(data, share, "*.json*"))):
        opener = gzip.open if path.endswith(".gz") else open
        with opener(path, "rb") as f:
            meetings.append(Meeting(os.path.basename(path).split(".")[0], json.load(f)))
    return meetings


def passages(turn_lengths, limit=128):
    """Canonical passages as half-open word ranges, from the number of words of each turn."""
    done, start, current = [], 0, None
    for n in turn_lengths:
        if n > limit:
            if current:
                done.append(current)
            current = None
            done.extend((a, min(a + limit, start + n)) for a in range(start, start + n, limit))
        elif n and current and current[1] - current[0] + n <= limit:
            current = (current[0], start + n)
        elif n:
            if current:
                done.append(current)
            current = (start, start + n)
        start += n
    if current:
        done.append(current)
    return done


def overlap(a, b):
    return min(a[1], b[1]) - max(a[0], b[0])


def project(chunks, canonical):
    """Ranked word ranges to the first 20 ranked canonical passages."""
    listed, seen = [], set()
    for c in chunks:
        if c[1] - c[0] > CHUNK_WORDS_MAX:
            raise ValueError(f"chunk {c} is longer than {CHUNK_WORDS_MAX} words: the run is invalid")
        for p, range_p in enumerate(canonical):
            if p not in seen and overlap(c, range_p) >= 0.5 * min(c[1] - c[0], range_p[1] - range_p[0]):
                seen.add(p)
                listed.append(p)
    return listed[:LISTED]


def measures(chunks, query, canonical):
    """All measures of one query; the passage measures only where a passage is relevant."""
    out = word_measures(chunks, query.gold)
    if query.relevant:
        out.update(passage_measures(project(chunks, canonical), query.relevant))
    return out


def passage_measures(listed, relevant):
    hit = [p in relevant for p in listed]
    ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
    out = {"ndcg10": sum(h / math.log2(i + 2) for i, h in enumerate(hit[:10])) / ideal}
    out["mrr10"] = next((1 / (i + 1) for i, h in enumerate(hit[:10]) if h), 0.0)
    for k in (5, 10, 20):
        out[f"r{k}"] = sum(hit[:k]) / len(relevant)
    return out


def word_measures(chunks, gold):
    met, order = set(), []
    for x, y in chunks:
        for w in range(x, y):
            if w not in met:
                met.add(w)
                order.append(w)
        if len(order) >= 2000:
            break
    out = {}
    for budget in (500, 1000, 2000):
        right = sum(w in gold for w in order[:budget])
        out[f"wr{budget}"] = right / len(gold) if gold else 0.0
        out[f"wp{budget}"] = right / budget
    return out


def mean_measures(rows):
    """Mean of each measure over the queries that have it."""
    sums = collections.defaultdict(list)
    for row in rows:
        for k, v in row.items():
            sums[k].append(v)
    return {k: sum(v) / len(v) for k, v in sums.items()}


def bootstrap(by_meeting_a, by_meeting_b, draws=10000, seed=1):
    """Paired bootstrap of mean(a) - mean(b), clustered by meeting: (low, high) of 95 %. Arguments: {meeting: [values]}."""
    names, rng, diffs = sorted(by_meeting_a), random.Random(seed), []
    parts = {m: (sum(by_meeting_a[m]) - sum(by_meeting_b[m]), len(by_meeting_a[m])) for m in names}
    for _ in range(draws):
        drawn = [parts[rng.choice(names)] for _ in names]
        diffs.append(sum(d for d, _ in drawn) / max(1, sum(n for _, n in drawn)))
    diffs.sort()
    return diffs[int(0.025 * draws)], diffs[int(0.975 * draws)]


def hits_to_ranges(meeting, hits):
    """The hits of one search answer as word ranges of `meeting`; a hit without any word is skipped."""
    out = []
    for hit in hits:
        parts = [meeting.span_words(s["turn"], s["start"], s["end"]) for s in hit["spans"]]
        parts = [p for p in parts if p]
        if not parts:
            continue
        parts.sort()
        for a, b in zip(parts, parts[1:]):
            if b[0] > a[1]:
                raise ValueError(f"{meeting.name}: hit {hit.get('rank')} is not one contiguous range: {a} {b}")
        out.append((parts[0][0], max(p[1] for p in parts)))
    return out


# --- the reference rows -------------------------------------------------------------------------------------------


def bm25_order(meeting, query_text, k1, b, stop=False, speaker=False, neighbours=False):
    """Passage numbers, best first, by the reference BM25."""
    scores = Bm25.of(meeting, k1, b, stop, speaker).scores(query_text)
    if neighbours:
        scores = with_neighbours(scores)
    return sorted(range(len(scores)), key=lambda i: -scores[i])


def with_neighbours(s):
    out = []
    for i in range(len(s)):
        near = sum(w * s[j] for d, w in ((1, 0.7), (2, 0.5), (3, 0.3)) for j in (i - d, i + d) if 0 <= j < len(s))
        out.append(s[i] + near)
    return out


class Bm25:
    """BM25 over any list of token lists."""

    def __init__(self, docs, k1, b, stop):
        self.stop = stop
        docs = [[t for t in d if not (stop and t in STOP)] for d in docs]
        self.docs = [collections.Counter(d) for d in docs]
        mean = sum(map(len, docs)) / max(1, len(docs)) or 1.0
        self.norm = [k1 * (1 - b + b * len(d) / mean) for d in docs]
        self.k1 = k1
        self.df = collections.Counter(t for d in self.docs for t in d)

    @classmethod
    def of(cls, meeting, k1, b, stop, speaker):
        key = ("bm25", k1, b, stop, speaker)
        cache = meeting.__dict__.setdefault("_bm25", {})
        if key not in cache:
            cache[key] = cls([TOKEN.findall(t.lower()) for t in passage_texts(meeting, speaker)], k1, b, stop)
        return cache[key]

    def scores(self, query_text):
        n, out = len(self.docs), [0.0] * len(self.docs)
        for t in TOKEN.findall(query_text.lower()):
            if t not in self.df or (self.stop and t in STOP):
                continue
            idf = math.log(1 + (n - self.df[t] + 0.5) / (self.df[t] + 0.5))
            for i, d in enumerate(self.docs):
                if t in d:
                    out[i] += idf * d[t] * (self.k1 + 1) / (d[t] + self.norm[i])
        return out


def passage_texts(meeting, speaker=False):
    turn_of = [i for i in range(len(meeting.turns)) for _ in meeting.word_chars[i]]
    texts = []
    for x, y in meeting.passages:
        names = [meeting.turns[t][0] for t in sorted(set(turn_of[x:y]))] if speaker else []
        texts.append(" ".join(names + meeting.words[x:y]))
    return texts


REFERENCE = {
    "document order": None,
    "BM25 k1 0.9 b 0.4": dict(k1=0.9, b=0.4),
    "BM25 k1 1.2 b 0.75": dict(k1=1.2, b=0.75),
    "+ stop": dict(k1=1.2, b=0.75, stop=True),
    "+ stop + speaker": dict(k1=1.2, b=0.75, stop=True, speaker=True),
    "+ stop + speaker + neighbours": dict(k1=1.2, b=0.75, stop=True, speaker=True, neighbours=True),
}


def reference_row(meetings, options):
    rows = []
    for m in meetings:
        for q in m.queries:
            order = bm25_order(m, q.text, **options) if options else range(len(m.passages))
            rows.append(measures([m.passages[p] for p in order], q, m.passages))
    return mean_measures(rows)


def reference_b(meetings):
    """Setting B: BM25 1.2/0.75, stop words and speakers, over the passages of all meetings; adds meeting_hit10."""
    where = [(m, i) for m in meetings for i in range(len(m.passages))]
    bm25 = Bm25([TOKEN.findall(t.lower()) for m in meetings for t in passage_texts(m, True)], 1.2, 0.75, stop=True)
    rows, meeting_hit = [], []
    for m in meetings:
        for q in m.queries:
            if not q.relevant:
                continue
            scores = bm25.scores(q.text)
            listed = [where[k] for k in sorted(range(len(where)), key=lambda k: -scores[k])[:LISTED]]
            rows.append(passage_measures([i if n is m else None for n, i in listed], q.relevant))
            meeting_hit.append(any(n is m for n, _ in listed[:10]))
    return mean_measures(rows) | {"meeting_hit10": sum(meeting_hit) / len(meeting_hit)}


# --- with the real program ----------------------------------------------------------------------------------------


def prepare(data, share, out, modes=("fused", "lexical", "vector"), limit=40):
    """Writes OUT/meetings/NAME.json and OUT/batch-{a,b}-MODE.jsonl; returns the meetings."""
    meetings = load(data, share)
    folder = os.path.join(out, "meetings")
    os.makedirs(folder, exist_ok=True)
    for m in meetings:
        with open(os.path.join(folder, m.name + ".json"), "w", encoding="utf-8") as f:
            json.dump(m.interaction(), f, ensure_ascii=False)
    for mode in modes:
        for setting in "ab":
            with open(os.path.join(out, f"batch-{setting}-{mode}.jsonl"), "w", encoding="utf-8") as f:
                for m in meetings:
                    for q in m.queries:
                        line = {"query": q.text, "limit": limit, "mode": mode}
                        if setting == "a":
                            line["in"] = os.path.join(folder, m.name + ".json")
                        f.write(json.dumps(line, ensure_ascii=False) + "\n")
    return meetings


def score(meetings, answers, setting):
    """Means over all queries; `answers` are the parsed lines of --batch in the order prepare() wrote the queries.
    In setting B a hit of another meeting keeps its place in the list as a passage that is not relevant."""
    by_name = {m.name: m for m in meetings}
    rows, meeting_hit, answers = [], [], list(answers)
    asked = [(m, q) for m in meetings for q in m.queries]
    if len(answers) != len(asked):
        raise ValueError(f"{len(answers)} answers to {len(asked)} queries")
    for (m, q), answer in zip(asked, answers):
        if setting == "a":
            rows.append(measures(hits_to_ranges(m, answer["hits"]), q, m.passages))
            continue
        if not q.relevant:
            continue
        listed = project_all(by_name, answer["hits"])
        rows.append(passage_measures([p if name == m.name else None for name, p in listed], q.relevant))
        meeting_hit.append(any(name == m.name for name, _ in listed[:10]))
    out = mean_measures(rows)
    if setting == "b":
        out["meeting_hit10"] = sum(meeting_hit) / len(meeting_hit)
    return out


def project_all(by_name, hits):
    listed, seen = [], set()
    for hit in hits:
        name = os.path.basename(hit["source"]).split(".")[0]
        m = by_name[name]
        for c in hits_to_ranges(m, [hit]):
            for p in project([c], m.passages):
                if (name, p) not in seen:
                    seen.add((name, p))
                    listed.append((name, p))
    return listed[:LISTED]


def main(argv):
    if len(argv) == 5 and argv[1] == "prepare":
        prepare(*argv[2:])
    elif len(argv) == 7 and argv[1] == "score":
        with open(argv[5], encoding="utf-8") as f:
            print(json.dumps(score(load(argv[2], argv[3]), map(json.loads, f), argv[6]), indent=1))
    elif len(argv) == 4 and argv[1] == "reference":
        meetings = load(argv[2], argv[3])
        for name, options in REFERENCE.items():
            row = reference_row(meetings, options)
            print(f"{name:32}" + "".join(f" {k} {row[k]:.4f}" for k in ("ndcg10", "mrr10", "r5", "r10", "r20", "wr500")))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
