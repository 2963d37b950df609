"""Calls to compare on: random ones, and real transcripts read with a few lines of Python of their own."""
import glob
import json
import os
import random
import re

WORDS = """yeah right okay sure um uh you know so we have the a price quote budget next step i'll send what how why do you
is it can that think about it's all of course got makes sense because really ten thousand euros per month follow up
walk me through tell me does that work? right? okay? correct? no. yes. fine. hello! mhm mm-hm d'accord ähm genau""".split()
FOREIGN = ["こんにちは、元気ですか？", "价格是多少", "Привет, как дела? да", "Ça va? oui d'accord", "naïve — “quoted”…", "...", "", " ",
           "¿Qué piensa?", "안녕하세요 네", "--", "o’clock isn’t it?", "ＯＫ？", "42", "a.b. c? D!"]


def random_text(r):
    if r.random() < 0.12:
        return r.choice(FOREIGN)
    words = [r.choice(WORDS) for _ in range(r.choice([1, 1, 2, 3, 5, 8, 13, 30]))]
    text = " ".join(words)
    if r.random() < 0.5:
        text = text[:1].upper() + text[1:] + r.choice([".", "?", "!", "", "?\"", ","])
    return text + (" " + random_text(r) if r.random() < 0.25 else "")


def random_times(r, at, mode):
    start = at + r.choice([0, 0, 50, 300, 499, 500, 501, 900, 3000, 3001, 6000, -200, -700, -1500, -20000])
    end = start + r.choice([0, 100, 300, 700, 999, 1000, 1001, 2500, 9000, 30000, -50])
    if mode == "ints":
        return max(0, start), max(0, end)
    return start, end


def random_call(r):
    names = r.sample(["Ann", "Bob", "Carla", "Dé", " Eve ", "Ann Lee", "会议"], r.randint(1, 5)) + ([""] if r.random() < 0.3 else [])
    call = {"format": "harken.interaction/1", "kind": "call", "participants": [], "turns": []}
    for n in names:
        if n.strip() and r.random() < 0.85:
            p = {"name": n.strip()}
            if r.random() < 0.9:
                p["side"] = r.choice(["internal", "external", "internal", "external", "unknown"])
            call["participants"].append(p)
    if r.random() < 0.2:
        call["participants"].append({"name": "Silent One", "side": r.choice(["internal", "external"])})
    if r.random() < 0.1:
        call["participants"] = []
    if r.random() < 0.5:
        call["language"] = r.choice(["en", "en", "de", "fr", "ja", "zh", "fi", "und"])
    if r.random() < 0.2:
        call["no_overlap"] = True
    lack, at = r.choices(["none", "some", "no"], [8, 1, 1])[0], 0
    for _ in range(r.choice([0, 1, 2, 5, 20, 60])):
        turn = {"speaker": r.choice(names), "text": random_text(r)}
        start, end = random_times(r, at, "ints")
        at = max(0, end if r.random() < 0.9 else at)
        if lack == "none" or (lack == "some" and r.random() < 0.5):
            turn["start_ms"], turn["end_ms"] = start, end
        call["turns"].append(turn)
    if r.random() < 0.3:
        call["duration_ms"] = r.choice([0, 1000, at // 2, at, at + 12345, 600000])
    context = {}
    if r.random() < 0.3:
        context["spm_before"] = [round(r.random() * 10, 2) for _ in range(r.choice([3, 49, 50, 80]))]
    if r.random() < 0.3:
        context["lsm"] = True
    if call["turns"] and r.random() < 0.6:
        context["objections"] = sorted(r.sample(range(len(call["turns"])), min(len(call["turns"]), r.choice([1, 2, 5]))))
    return call, context


def randoms(n, seed=1):
    r = random.Random(seed)
    for i in range(n):
        yield f"random {seed}/{i}", *random_call(r)


CUE = re.compile(r"^\s*(\d+:)?(\d+):(\d+)[.,](\d+)\s*-->\s*(\d+:)?(\d+):(\d+)[.,](\d+)")


def sided(turns, no_overlap=False, language="en"):
    labels = list(dict.fromkeys(t["speaker"] for t in turns if t["speaker"]))
    people = [{"name": x, "side": ("internal", "external")[i % 2]} for i, x in enumerate(labels)]
    return {"format": "harken.interaction/1", "kind": "call", "language": language, "no_overlap": no_overlap,
            "participants": people, "turns": turns}


def read_vtt(path):
    turns, open_ = [], None
    for line in open(path, encoding="utf-8-sig", errors="replace").read().splitlines():
        m = CUE.match(line)
        if m:
            g = [int((x or "0").rstrip(":")) for x in m.groups()]
            t = [((g[i] * 60 + g[i + 1]) * 60 + g[i + 2]) * 1000 + g[i + 3] for i in (0, 4)]
            open_ = {"speaker": "", "start_ms": t[0], "end_ms": t[1], "text": ""}
            turns.append(open_)
        elif not line.strip():
            open_ = None
        elif open_ is not None:
            text = re.sub(r"<[^>]*>", "", line)
            name = re.match(r"^([^:]{1,40}): (.*)", text)
            if not open_["text"] and name:
                open_["speaker"], text = name.group(1).strip(), name.group(2)
            open_["text"] += (" " if open_["text"] else "") + text.replace("\0", "\ufffd")
    return sided(turns) if turns else None


def read_timed_text(path):
    """`Name: words`, with or without times: spread evenly where the file has none."""
    turns = []
    for line in open(path, encoding="utf-8-sig", errors="replace").read().splitlines():
        m = re.match(r"^\W{0,3}([A-Z][\w .'-]{0,30}?)\W{0,3}:\W{0,3} (.+)", line)
        if m:
            turns.append({"speaker": m.group(1).strip(), "text": m.group(2)})
    return sided(turns) if len(turns) > 1 else None


def read_nlp(path):
    """Word rows `token|speaker|ts|endTs|punctuation...` of earnings calls: a turn for each run of one speaker."""
    turns = []
    for line in open(path, encoding="utf-8", errors="replace").read().splitlines()[1:]:
        f = line.split("|")
        if len(f) < 5:
            continue
        if not turns or turns[-1]["speaker"] != f[1] or len(turns[-1]["text"]) > 400:
            turns.append({"speaker": f[1], "text": ""})
        t = turns[-1]
        t["text"] += (" " if t["text"] else "") + f[0] + f[4]
        try:
            t["end_ms"] = round(float(f[3]) * 1000)
            t.setdefault("start_ms", round(float(f[2]) * 1000))
        except ValueError:
            pass
    if turns and all("end_ms" not in t for t in turns): # these files have no times: half a second a word
        at = 0
        for t in turns:
            t["start_ms"], at = at, at + 500 * max(1, len(t["text"].split()))
            t["end_ms"] = at
            at += 80
    return sided(turns) if turns else None


def reals(data, limit=None):
    found = [(p, read_vtt) for p in glob.glob(f"{data}/**/*.vtt", recursive=True)]
    found += [(p, read_timed_text) for p in glob.glob(f"{data}/meet-calls/**/*.md", recursive=True)]
    found += [(p, read_nlp) for p in glob.glob(f"{data}/**/*.nlp", recursive=True)]
    found.sort()
    if limit and len(found) > limit:
        found = [found[i * len(found) // limit] for i in range(limit)]
    for path, read in found:
        call = read(path)
        if call:
            yield os.path.relpath(path, data), call, {}


def dump(call, context):
    return json.dumps({**call, **context}, ensure_ascii=False)
