"""Conversation statistics recomputed as doc/definitions.md says, beside src/insight.

Follows the text in another shape than the C code, and deliberately naive: plain lists, quadratic loops. Both come from one
hand and share the word lists and ICU, so that agreement finds slips of the pen, not a text that both read wrongly. As a module: rows(call, context) -> list of dicts {id, speaker, of, value, unit, n, reason, spans}, and
inputs_hash(call, context). Only the standard library, and ICU's own library through ctypes for sentence boundaries.
"""
import bisect
import collections
import ctypes
import ctypes.util
import glob
import hashlib
import math
import os
import re
import unicodedata

LISTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/text/lists")
VERSION = 2
UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}
SPACE = "\t\n\x0b\x0c\r \x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_SPACE = re.compile("[^" + re.escape(SPACE) + "]+")


# ---- words, lists, sentences -------------------------------------------------------------------------------------------

def read_list(name):
    path = os.path.join(LISTS, name + ".txt")
    if not os.path.exists(path):
        return None
    entries = {}
    for line in open(path, encoding="utf-8"):
        line = line.rstrip()
        if line and not line.startswith("#"):
            key, _, number = line.partition("\t")
            entries[key] = int(number or 1)
    return entries


CACHE = {}


def the_list(name):
    if name not in CACHE:
        CACHE[name] = read_list(name)
    return CACHE[name]


def lang_of(call):
    lang = call.get("language") or ""
    return "en" if lang in ("", "und") else lang


def is_word(run):
    return any(unicodedata.category(c)[0] == "L" or unicodedata.category(c) == "Nd" for c in run)


def token_of(run):
    lo, hi = 0, len(run)
    while lo < hi and unicodedata.category(run[lo])[0] == "P":
        lo += 1
    while hi > lo and unicodedata.category(run[hi - 1])[0] == "P":
        hi -= 1
    return run[lo:hi].lower().replace("\u2019", "'")


def tokens(text):
    return [token_of(r) for r in NOT_SPACE.findall(text) if is_word(r)]


def longest(entries, toks, at, accept=lambda number: True):
    """How many tokens the longest entry at `at` has, and its number."""
    for k in range(min(6, len(toks) - at), 0, -1):
        number = entries.get(" ".join(toks[at:at + k]))
        if number is not None and accept(number):
            return k, number
    return 0, 0


class Sentences:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/*/libicuuc.so.*")) + [ctypes.util.find_library("icuuc") or ""]
        version = re.search(r"\.so\.(\d+)", found[0]).group(1)
        lib = ctypes.CDLL(found[0])
        self.open, self.text, self.next = (getattr(lib, f"ubrk_{f}_{version}") for f in ("open", "setText", "next"))
        self.open.restype = ctypes.c_void_p
        self.text.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_int)]
        self.next.argtypes = [ctypes.c_void_p]
        status = ctypes.c_int(0)
        self.it = self.open(3, b"", None, 0, ctypes.byref(status))

    def __call__(self, text):
        raw, status, cuts = text.encode("utf-16-le"), ctypes.c_int(0), [0]
        kept = raw + b"\0\0" # ICU reads it until the next text
        self.text(self.it, kept, len(raw) // 2, ctypes.byref(status))
        while True:
            at = self.next(self.it)
            if at < 0:
                break
            cuts.append(at)
        parts = [raw[2 * a:2 * b].decode("utf-16-le").strip(SPACE) for a, b in zip(cuts, cuts[1:])]
        return [p for p in parts if p]


sentences = Sentences()


# ---- utterances --------------------------------------------------------------------------------------------------------

WH, AUX, PRONOUN, REQUEST, CHECK, TAG, LEAD, BEFORE, AFTER, BARE, FIRST, WHAUX, SUBJECT, STRICT = (
    1 << i for i in range(14))


def utterance(text, lang):
    """'check', 'open', 'question' or ''."""
    entries = the_list("questions." + lang)
    bare = text.rstrip("\"')]\u2019\u201d" + SPACE)
    mark = bare.endswith(("?", "\uff1f", "\u061f"))
    toks = tokens(text)
    if entries is None or not toks:
        return "question" if mark else ""

    def at(i, bits):
        return longest(entries, toks, i, lambda number: number & bits)[0] if i < len(toks) else 0

    if len(toks) <= 5 and at(0, CHECK | BARE if mark else BARE) == len(toks):
        return "check"
    if mark and any(at(len(toks) - k, TAG) == k for k in range(1, min(5, len(toks)) + 1)):
        return "check"
    i = 0
    while at(i, LEAD):
        i += at(i, LEAD)
    if at(i, BEFORE) and at(i + 1, WH):
        i += 1
    if at(i, FIRST) or (at(i, AUX | STRICT) and at(i + 1, PRONOUN) and at(i + 2, FIRST)):
        return "open"
    if any(at(k, REQUEST) for k in range(i, len(toks))):
        return "open"
    wh = at(i, WH | WHAUX)
    if wh and (mark or at(i, WHAUX) or at(i + wh, AUX | STRICT | AFTER)):
        return "open"
    inverted = (at(i, AUX) and at(i + 1, PRONOUN | SUBJECT)) or (at(i, STRICT) and at(i + 1, PRONOUN))
    return "question" if mark or inverted else ""


# ---- the call on its time line -----------------------------------------------------------------------------------------

class Piece:
    """A normalised segment."""

    def __init__(self, who, t0, t1, place, text):
        self.who, self.t0, self.t1, self.place, self.places, self.texts = who, t0, t1, place, [place], [text]
        self.back = False

    def order(self):
        return self.t0, self.t1, self.place

    def text(self):
        return " ".join(self.texts)


def label(entry):
    return (entry.get("speaker") or "").strip(SPACE)


def timing(turns):
    have = [t.get("start_ms") is not None and t.get("end_ms") is not None for t in turns]
    return "" if have and all(have) else "partial_times" if any(have) else "no_times"


def duration(call):
    if call.get("duration_ms") is not None:
        return max(0, call["duration_ms"])
    return max([max(0, t["end_ms"]) for t in call["turns"] if t["end_ms"] > t["start_ms"]], default=0)


def normalise(call, total):
    pieces = []
    for i, t in enumerate(call["turns"]):
        a, b = max(0, t["start_ms"]), min(t["end_ms"], total)
        if b > a:
            pieces.append(Piece(label(t), a, b, i, t["text"]))
    pieces.sort(key=Piece.order)
    done = []
    for who in dict.fromkeys(p.who for p in pieces):
        mine = []
        for p in (p for p in pieces if p.who == who):
            if mine and p.t0 - mine[-1].t1 <= 500:
                mine[-1].t1 = max(mine[-1].t1, p.t1)
                mine[-1].places += p.places
                mine[-1].texts += p.texts
            else:
                mine.append(p)
        done += mine
    return sorted(done, key=Piece.order)


def mark_backchannels(pieces, spaced):
    entries = the_list("backchannels")
    floor = []
    for s in pieces:
        toks, listed, i = tokens(s.text()), 0, 0
        if spaced and 1 <= len(toks) <= 3 and s.t1 - s.t0 <= 1000:
            while i < len(toks):
                k, _ = longest(entries, toks, i)
                listed += k
                i += k or 1
            s.back = 2 * listed >= len(toks) and any(x.who != s.who and s.t0 <= x.t1 + 300 for x in floor)
        if not s.back:
            floor.append(s)


def make_turns(pieces):
    turns = []
    for s in pieces:
        if s.back:
            continue
        if turns and turns[-1][0].who == s.who and s.t0 - max(p.t1 for p in turns[-1]) <= 3000:
            turns[-1].append(s)
        else:
            turns.append([s])
    return turns


def begin(turn):
    return turn[0].t0


def end(turn):
    return max(p.t1 for p in turn)


def covered(pieces, times=1):
    """Length of the time in which at least `times` pieces run."""
    cuts = sorted({t for p in pieces for t in (p.t0, p.t1)})
    steps = collections.Counter()
    for p in pieces:
        steps[p.t0] += 1
        steps[p.t1] -= 1
    sum_, now = 0, 0
    for a, b in zip(cuts, cuts[1:]):
        now += steps[a]
        if now >= times:
            sum_ += b - a
    return sum_


def median(values):
    values = sorted(values)
    at = 0.5 * (len(values) - 1)
    lo = int(at)
    hi = min(lo + 1, len(values) - 1)
    return values[lo] + (at - lo) * (values[hi] - values[lo])


# ---- the rows ----------------------------------------------------------------------------------------------------------

class Null(Exception):
    def __init__(self, reason, n=None):
        super().__init__(reason)
        self.reason, self.n = reason, n


class Call:
    def __init__(self, call, context):
        self.call, self.context = call, context
        self.entries = call["turns"]
        self.people = call.get("participants") or []
        self.labels = list(dict.fromkeys(label(t) for t in self.entries))
        self.named = [x for x in self.labels if x]
        sides = {}
        for p in self.people:
            name = (p.get("name") or "").strip(SPACE)
            if name:
                sides.setdefault(name, p.get("side") or "unknown")
        self.party = {x: sides.get(x, "unknown") if x else "unknown" for x in self.labels}
        self.sided = any((p.get("side") or "unknown") != "unknown" for p in self.people)
        self.internal = [x for x in self.named if self.party[x] == "internal"]
        self.lang, self.spaced = lang_of(call), (call.get("language") or "") not in UNSPACED
        self.lack = timing(self.entries)
        self.total, self.pieces, self.turns = 0, [], []
        if not self.lack:
            self.total = duration(call)
            self.pieces = normalise(call, self.total)
            mark_backchannels(self.pieces, self.spaced)
            self.turns = make_turns(self.pieces)
        self.kinds = [(label(t), i, utterance(u, self.lang)) for i, t in enumerate(self.entries)
                      for u in sentences(t["text"])]
        self.out = []

    # what a figure needs

    def timed(self):
        if self.lack:
            raise Null(self.lack)
        if not self.pieces:
            raise Null("no_segments")

    def overlap(self):
        if self.call.get("no_overlap"):
            raise Null("source_without_overlap")

    def sides_known(self):
        if not self.sided:
            raise Null("no_sides")

    def heard(self, side):
        return any(self.party[p.who] == side for p in self.pieces)

    def both(self):
        self.timed()
        self.sides_known()
        if not (self.heard("internal") and self.heard("external")):
            raise Null("one_party")

    # helpers

    def of(self, who):
        return [p for p in self.pieces if p.who == who]

    def talk(self, who):
        return covered(self.of(who))

    def row(self, id_, unit, make, speaker=None, of=None):
        row = {"id": id_, "speaker": speaker, "of": of, "value": None, "unit": unit, "n": None, "reason": None, "spans": []}
        try:
            made = make()
            row["value"], row["n"] = made[0], made[1]
            row["spans"] = made[2] if len(made) > 2 else []
        except Null as e:
            row["reason"], row["n"] = e.reason, e.n
        self.out.append(row)

    def each(self, id_, unit, make, call=False, internal=False, speakers=False):
        if call:
            self.row(id_, unit, lambda: make(None))
        for who in self.named if speakers else self.internal if internal else []:
            self.row(id_, unit, lambda: make(who), who)

    # the figures

    def talk_time(self, who):
        self.timed()
        return self.talk(who) / 1000, len(self.of(who))

    def talk_ratio(self, who, of_call=False):
        self.timed()
        n = len(self.of(who))
        if not self.talk(who):
            raise Null("no_talk", n)
        return self.talk(who) / (self.total if of_call else sum(map(self.talk, self.labels))), n

    def team_talk_ratio(self, _):
        self.timed()
        self.sides_known()
        if not self.heard("internal"):
            raise Null("no_internal_speech")
        return (sum(map(self.talk, self.internal)) / sum(map(self.talk, self.labels)),
                sum(len(self.of(x)) for x in self.internal))

    def longest(self, side, who):
        self.timed()
        self.sides_known()
        if not self.heard(side):
            raise Null(f"no_{side}_speech")
        turns = [t for t in self.turns if self.party[t[0].who] == side and who in (None, t[0].who)]
        if not turns:
            raise Null("no_turns", 0)
        best = max(turns, key=lambda t: end(t) - begin(t))
        places = sorted(i for p in best for i in p.places)
        return (end(best) - begin(best)) / 1000, len(turns), [
            [i, 0, len(self.entries[i]["text"].encode())] for i in places]

    def crossings(self):
        return [(a, b) for a, b in zip(self.turns, self.turns[1:])
                if {self.party[a[0].who], self.party[b[0].who]} == {"internal", "external"}]

    def switches(self, factor=None):
        self.both()
        n = len(self.crossings())
        return n if factor is None else n * factor / (self.total / 1000), len(self.turns) - 1

    def interactivity(self, _):
        spm, pairs = self.switches(60)
        before = self.context.get("spm_before") or []
        if len(before) >= 50:
            return 10 * (sum(x < spm for x in before) + sum(x == spm for x in before) / 2) / len(before), len(before)
        return 10 * (1 - math.exp(-spm / 2)), pairs

    def answers(self):
        return [(b[0].who, begin(b) - end(a)) for a, b in self.crossings() if self.party[b[0].who] == "internal"]

    def patience(self, who):
        self.both()
        gaps = [g for x, g in self.answers() if 0 <= g <= 10000 and who in (None, x)]
        if not gaps:
            raise Null("no_gaps", 0)
        return median(gaps), len(gaps)

    def cut_in_share(self, _):
        self.timed()
        self.overlap()
        self.both()
        gaps = [g for _, g in self.answers()]
        if not gaps:
            raise Null("no_changes", 0)
        return sum(g < 0 for g in gaps) / len(gaps), len(gaps)

    def interruptions(self):
        floor = [p for p in self.pieces if not p.back]
        starts = [p.t0 for p in floor]
        counts = collections.Counter()
        lack = None
        try:
            self.timed()
            self.overlap()
            if len({p.who for p in self.pieces}) < 2:
                raise Null("one_speaker")
            if len(self.labels) > 500:
                raise Null("too_many_speakers")
            for y in floor:
                for x in floor[bisect.bisect_left(starts, y.t1 - 1000):]:
                    if x.t0 > y.t1:
                        break
                    if x.who != y.who and y.t0 < x.t0 and 300 <= y.t1 - x.t0 <= 1000:
                        counts[x.who, y.who] += 1
        except Null as e:
            lack = e

        def make(value, who):
            if lack:
                raise lack
            return value, sum(p.who == who for p in floor)

        for a in self.named:
            self.row("interruptions", "1", lambda: make(sum(c for (x, _), c in counts.items() if x == a), a), a)
            for b in self.named:
                if counts[a, b]:
                    self.row("interruptions", "1", lambda: make(counts[a, b], a), a, b)

    def overtalk(self, _):
        self.timed()
        self.overlap()
        return covered(self.pieces, 2) / covered(self.pieces), len(self.pieces)

    def asked(self, who, kinds=("open", "question")):
        return [(i, k) for x, i, k in self.kinds if who in (None, x) and k in kinds]

    def said(self, who):
        return sum(x == who for x, _, _ in self.kinds)

    def questions(self, who):
        return len(self.asked(who)), self.said(who)

    def check_ins(self, who):
        self.timed()
        return len(self.asked(who, ("check",))), self.said(who)

    def question_rate(self, who):
        self.timed()
        n = len(self.asked(who))
        return n * 3600 / (self.total / 1000), n

    def open_share(self, who):
        n = len(self.asked(who))
        if not n:
            raise Null("no_questions", 0)
        return len(self.asked(who, ("open",))) / n, n

    def question_spread(self, who):
        self.timed()
        asked, bins = self.asked(who), [0] * 10
        if not asked:
            raise Null("no_questions", 0)
        for i, _ in asked:
            bins[min(9, 10 * max(0, self.entries[i]["start_ms"]) // self.total)] += 1
        return 1 - sum(abs(a - b) for a in bins for b in bins) / (20 * len(asked)), len(asked)

    def wpm(self, who):
        self.timed()
        if not self.spaced:
            raise Null("no_word_boundaries")
        words = sum(len(tokens(p.text())) for p in self.of(who))
        if self.talk(who) < 10000:
            raise Null("too_short", words)
        return words / (self.talk(who) / 60000), words

    def wpm_shift(self, who):
        self.timed()
        self.sides_known()
        if not self.spaced:
            raise Null("no_word_boundaries")
        objections = self.context.get("objections") or []
        if not objections:
            raise Null("no_objections", 0)

        def rep(x):
            return x == who if who is not None else self.party[x] == "internal"

        paces = [sum(len(tokens(p.text())) for p in t) / ((end(t) - begin(t)) / 60000)
                 for t in self.turns if rep(t[0].who) and end(t) - begin(t) >= 5000]
        usual = median(paces) if paces else 0
        if not usual:
            raise Null("too_short", 0)
        shifts, places = [], set(objections)
        for turn in self.turns:
            if not any(i in places for p in turn for i in p.places):
                continue
            first, last = end(turn), end(turn) + 30000
            inside = [(p, min(p.t1, last) - max(p.t0, first)) for p in self.pieces if p.t0 < last and p.t1 > first and rep(p.who)]
            inside = [(p, ms) for p, ms in inside if ms > 0]
            ms = sum(x for _, x in inside)
            if ms:
                words = sum(len(tokens(p.text())) * x / (p.t1 - p.t0) for p, x in inside)
                shifts.append(words / (ms / 60000) / usual - 1)
        if not shifts:
            raise Null("no_response", 0)
        return sum(shifts) / len(shifts), len(shifts)

    def fillers(self, who):
        if not self.spaced:
            raise Null("no_word_boundaries")
        texts = [tokens(t["text"]) for t in self.entries if label(t) == who]
        words, entries, hits = sum(map(len, texts)), the_list("fillers." + self.lang), 0
        if entries is None:
            raise Null("no_list", words)
        if not words:
            raise Null("no_words", 0)
        for toks in texts:
            i = 0
            while i < len(toks):
                k, number = longest(entries, toks, i)
                hits += bool(k) and number <= 3
                i += k or 1
        return 100 * hits / words, words

    def silence(self, _):
        self.timed()
        return 1 - covered(self.pieces) / self.total, len(self.pieces)

    def dead_air(self, _):
        self.timed()
        n, reached = 0, self.pieces[0].t1
        for p in self.pieces:
            n += p.t0 - reached > 5000
            reached = max(reached, p.t1)
        return n, len(self.pieces)

    def turn_entropy(self, _):
        self.timed()
        shares = collections.Counter(t[0].who for t in self.turns).values()
        n = len(self.turns)
        if not n:
            raise Null("no_turns", 0)
        return (0 if len(shares) < 2 else -sum(c / n * math.log(c / n) for c in shares) / math.log(len(shares))), n

    def lsm(self, _):
        if not self.context.get("lsm"):
            raise Null("off")
        self.sides_known()
        if not self.spaced:
            raise Null("no_word_boundaries")
        entries = the_list("style." + self.lang)
        if entries is None:
            raise Null("no_list")
        words = {s: [w for t in self.entries if self.party[label(t)] == s for w in tokens(t["text"])]
                 for s in ("internal", "external")}
        n = sum(map(len, words.values()))
        if min(map(len, words.values())) < 100:
            raise Null("too_short", n)
        share = {s: [sum(entries.get(w) == c for w in ws) / len(ws) for c in range(1, 10)] for s, ws in words.items()}
        return sum(1 - abs(a - b) / (a + b + 1e-4) for a, b in zip(share["internal"], share["external"])) / 9, n

    def ext_speakers(self, _):
        self.sides_known()
        return sum(p.get("side") == "external" for p in self.people), len(self.people)

    def ext_talkers(self, _):
        self.timed()
        self.sides_known()
        return sum(self.party[x] == "external" and self.talk(x) >= 10000 for x in self.named), len(self.people)

    def matches(self, name):
        self.timed()
        entries = the_list(f"{name}.{self.lang}")
        if entries is None:
            raise Null("no_list", 0)
        found = []
        for p in self.pieces:
            toks = tokens(p.text())
            if any(longest(entries, toks, i)[0] for i in range(len(toks))):
                found.append(p)
        return found

    def first_at(self, name):
        found = self.matches(name)
        if not found:
            raise Null("no_match", 0)
        return found[0].t0 / self.total, len(found)

    def nextstep_share(self, _):
        found, late = self.matches("nextstep"), []
        for p in found: # in fifths of a millisecond, so that the last fifth begins at a whole number
            q = Piece(p.who, max(5 * p.t0, 4 * self.total), 5 * p.t1, 0, "")
            if q.t1 > q.t0:
                late.append(q)
        return covered(late) / 5 / (0.2 * self.total), len(found)

    def rows(self):
        self.each("talk_time", "s", self.talk_time, speakers=True)
        self.each("talk_ratio", "1", self.talk_ratio, speakers=True)
        self.each("talk_ratio_of_call", "1", lambda who: self.talk_ratio(who, True), speakers=True)
        self.each("team_talk_ratio", "1", self.team_talk_ratio, call=True)
        self.each("longest_monologue", "s", lambda who: self.longest("internal", who), call=True, internal=True)
        self.each("longest_customer_story", "s", lambda who: self.longest("external", who), call=True)
        self.each("switches", "1", lambda _: self.switches(), call=True)
        self.each("switches_per_hour", "1/h", lambda _: self.switches(3600), call=True)
        self.each("switches_per_minute", "1/min", lambda _: self.switches(60), call=True)
        self.each("interactivity", "1", self.interactivity, call=True)
        self.each("patience_ms", "ms", self.patience, call=True, internal=True)
        self.each("cut_in_share", "1", self.cut_in_share, call=True)
        self.interruptions()
        self.each("overtalk_pct", "1", self.overtalk, call=True)
        self.each("questions", "1", self.questions, speakers=True)
        self.each("check_ins", "1", self.check_ins, speakers=True)
        self.each("question_rate", "1/h", self.question_rate, call=True, internal=True)
        self.each("open_share", "1", self.open_share, call=True, internal=True)
        self.each("question_spread", "1", self.question_spread, call=True, internal=True)
        self.each("wpm", "1/min", self.wpm, speakers=True)
        self.each("wpm_shift_after_objection", "1", self.wpm_shift, call=True, internal=True)
        self.each("fillers", "1", self.fillers, speakers=True)
        self.each("silence_pct", "1", self.silence, call=True)
        self.each("dead_air", "1", self.dead_air, call=True)
        self.each("turn_entropy", "1", self.turn_entropy, call=True)
        self.each("lsm", "1", self.lsm, call=True)
        self.each("ext_speakers", "1", self.ext_speakers, call=True)
        self.each("ext_talkers", "1", self.ext_talkers, call=True)
        self.each("pricing_at", "1", lambda _: self.first_at("pricing"), call=True)
        self.each("nextstep_at", "1", lambda _: self.first_at("nextstep"), call=True)
        self.each("nextstep_share", "1", self.nextstep_share, call=True)
        return self.out


def rows(call, context=None):
    return Call(call, context or {}).rows() if call["kind"] == "call" else []


def inputs_hash(call, context=None):
    """SHA-256 over netstrings, in the order doc/definitions.md lists them."""
    context = context or {}
    parts = []

    def put(value):
        raw = ("" if value is None else str(value)).encode()
        parts.append(b"%d:%s," % (len(raw), raw))

    put("harken.statistics")
    put(VERSION)
    put(call.get("language"))
    put(call.get("duration_ms"))
    put("cues" if call.get("no_overlap") else "")
    people = call.get("participants") or []
    put(len(people))
    for p in people:
        put((p.get("name") or "").strip())
        put(p.get("side") or "unknown")
    put(len(call["turns"]))
    for t in call["turns"]:
        put((t.get("speaker") or "").strip())
        put(t.get("start_ms"))
        put(t.get("end_ms"))
        put(t["text"])
    put("lsm" if context.get("lsm") else "")
    before = context.get("spm_before") or []
    put(len(before))
    for x in before:
        put("%.17g" % x)
    objections = context.get("objections") or []
    put(len(objections))
    for x in objections:
        put(x)
    return hashlib.sha256(b"".join(parts)).hexdigest()
