"""From QMSum meetings to the ranker's evidence: chunks, embedded texts, query terms and speakers, as src/search/chunk.c,
query.c and the index make them. English only; the word lists are those of src/text/lists."""

import collections
import os
import re
import sys

import numpy as np
import Stemmer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../test/eval"))
import qmsum_score  # noqa: E402

LISTS = os.path.join(HERE, "../../src/text/lists")
TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
NAME_PART = re.compile(r"[A-Za-z0-9]+")
ANNOTATION = re.compile(r"\{[a-z]+\}|<[a-z]+>")
FILLER = re.compile(r"(uh|um|uhm|hmm|mm|mm-hmm|uh-huh|er|erm|ah)", re.I)
ROLES = frozenset("phd grad postdoc professor prof dr".split())
TITLES = ROLES | frozenset("mr mrs ms miss hon honourable right sir lord lady am mp the chair".split())
NAME_WEIGHT = 0.15
stem = Stemmer.Stemmer("english").stemWord


def read_list(name):
    out = {}
    with open(os.path.join(LISTS, name), encoding="utf-8") as f:
        for line in f:
            entry, _, value = line.rstrip("\n").partition("\t")
            if entry and not entry.startswith("#"):
                out[entry] = int(value or 1)
    return out


STOP, META = read_list("stop.en.txt"), read_list("meta.en.txt")


def tokens(text):
    return [t for t in TOKEN.findall(text.lower().replace("\u2019", "'")) if t not in STOP]


def cleaned(words):
    text = " ".join(w for w in words if not ANNOTATION.fullmatch(w) and not FILLER.fullmatch(w))
    text = re.sub(r" ([.,?!;:])", r"\1", text)
    return re.sub(r"(?:[,.] )?(, )+", ", ", text)


def label_short(label):
    return re.sub(r"\s*\(.*?\)+", "", label).strip()


class Chunks:
    """The chunks of one meeting. A call's chunks are the canonical passages: turns up to 128 words together."""

    def __init__(self, meeting):
        self.meeting, self.ranges = meeting, meeting.passages
        turn_of = [i for i in range(len(meeting.turns)) for _ in meeting.word_chars[i]]
        self.counts, self.length, self.speakers, self.texts = [], [], [], []
        for x, y in self.ranges:
            found = tokens(cleaned(meeting.words[x:y]))
            self.counts.append(collections.Counter(map(stem, found)))
            self.length.append(len(found))
            self.speakers.append(collections.Counter(meeting.turns[turn_of[w]][0] for w in range(x, y)))
            self.texts.append(self._embed_text(x, y, turn_of))
        self.length = np.array(self.length, float)

    def _embed_text(self, x, y, turn_of):
        lines = []
        while x < y:
            turn = turn_of[x]
            end = min(y, self.meeting.starts[turn + 1])
            text = cleaned(self.meeting.words[x:end])
            if re.search(r"\w", text):
                lines.append(label_short(self.meeting.turns[turn][0]) + ": " + text)
            x = end
        return "\n".join(lines) or "."


class Query:
    def __init__(self, text):
        raw = NAME_PART.findall(text)
        self.words = {w.lower() for w in raw if len(w) > 1 or w.isdigit() or (w.isupper() and w != "I")}
        self.terms = collections.OrderedDict()  # stem -> [weight, words]
        for t in tokens(text):
            term = self.terms.setdefault(stem(t), [0.0, set()])
            term[0] = max(term[0], META.get(t, 100) / 100)
            term[1].add(t.split("'")[0])

    def voice(self, label):
        """How surely the query names the speaker, and the words it does so with."""
        parts = [p.lower() for p in NAME_PART.findall(label.split("(")[0] or label)]
        core = [p for p in parts if p not in TITLES and len(p) > 1]
        letters = [p for p in parts if len(p) == 1]
        if not core and letters:
            role = [p for p in parts if p in ROLES and p in self.words]
            if letters[-1] in self.words:
                strength = 1.0 if role else 0.0 if self.words & ROLES else 0.7
                return strength, set(parts) & self.words if strength else set()
            return (0.5, set()) if role and not any(len(w) == 1 for w in self.words) else (0.0, set())
        core = core or parts
        hit = [p for p in core if p in self.words]
        if not hit:
            return 0.0, set()
        if len(hit) == len(core):
            return 1.0, set(hit)
        if core[-1] in hit:
            return 0.9, set(hit)
        return 0.5 * len(hit) / len(core), set()

    def evidence(self, chunks, cosine):
        named, used = {}, set()
        for label in sorted({s for c in chunks.speakers for s in c}):
            strength, words = self.voice(label)
            named[label] = strength
            if strength >= 0.7:
                used |= words
        top = max(named.values(), default=0)
        named = {s: v for s, v in named.items() if v >= 0.5 and v >= top - 0.31}
        voice = [sum(k * named.get(s, 0) for s, k in c.items()) / sum(c.values()) for c in chunks.speakers]
        weight = [w * (NAME_WEIGHT if words & used else 1) for w, words in self.terms.values()]
        tf = [[c.get(t, 0) for t in self.terms] for c in chunks.counts]
        return {
            "tf": np.array(tf, float).reshape(len(tf), len(self.terms)),
            "length": chunks.length,
            "weight": np.array(weight),
            "voice": np.array(voice),
            "cosine": np.array(cosine, float),
        }
