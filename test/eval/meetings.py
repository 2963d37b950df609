"""Labelled meetings as interactions; which of them lists are made with ("build"), and which the evaluation measures with ("measure").

meet-calls and qmsum are parted by series of meetings, so that no group of people and no matter is on both sides; zoom-calls by every
second recording (the series are few), casino by every second dialogue.
"""
import gzip
import json
import re

SUMMARY = re.compile(r"\b(summari[sz]e|summary|main(ly)?|overall)\b.*\b(meeting|discussion|whole)\b", re.I)
NOISE = re.compile(r"\{[a-z ]+\}")
MEET_BUILD = {"sig-support", "sig-design", "sig-chain", "sig-education", "wg-events"}


def meet_file(path):
    text = path.read_text(encoding="utf-8", errors="replace")
    cut = re.search(r"^#*\s*\**\s*Transcript\s*\**\s*$", text, re.M | re.I)
    if not cut:
        return None
    key, said = text[:cut.start()], text[cut.end():]
    head = re.search(r"^.*action items.*$", key, re.M | re.I)
    labels = []
    if head:
        after = re.split(r"^\s*#", key[head.end():], maxsplit=1, flags=re.M)[0]
        labels = [re.sub(r"[*_\[\]]", "", m[1]).strip() for m in re.finditer(r"^\s*[-*]\s+(.*\S)", after, re.M)]
    who = re.search(r"^#+\s*\**\s*Participants.*$", key, re.M | re.I)
    names = re.findall(r"^\s*[-*]\s+(.*\S)", re.split(r"^\s*#", key[who.end():], maxsplit=1, flags=re.M)[0], re.M) if who else []
    turns = []
    for line in said.splitlines():
        m = re.match(r"^\s*\**([A-Z][\w.'’()-]*(?: [\w.'’()-]+){0,4})\**:\s+(.*\S)", line)
        if m:
            turns.append({"speaker": m[1], "text": m[2]})
    date = re.search(r"(20\d\d)-(\d\d)-(\d\d)", path.name)
    ia = {"format": "harken.interaction/1", "kind": "call", "title": path.name, "turns": turns, "language": "en"}
    if date:
        ia["started_at"] = date[0] + "T10:00:00-08:00"
    return ia, labels, names


def meet(data, side):
    """[(series, (interaction, labels, names))]"""
    out = []
    for path in sorted((data / "meet-calls").rglob("*.md")):
        series = path.relative_to(data / "meet-calls").parts[0]
        if path.name == "SOURCE.md" or (series in MEET_BUILD) != (side == "build"):
            continue
        one = meet_file(path)
        if one:
            out.append((series, one))
    return out


CUE = re.compile(r"(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})\s*\n([^\n]+)")


def seconds(stamp):
    h, m, s = (stamp.split(":") + ["0", "0"])[:3] if stamp.count(":") == 2 else ["0", *stamp.split(":")]
    return int(h) * 3600 + int(m) * 60 + float(s)


def zoom_call(folder):
    turns = []
    for m in CUE.finditer((folder / "transcript.vtt").read_text(encoding="utf-8")):
        t = [int(x) for x in m.groups()[:8]]
        who, _, said = m[9].partition(": ")
        turns.append({"speaker": who, "text": said, "start_ms": ((t[0] * 60 + t[1]) * 60 + t[2]) * 1000 + t[3],
                      "end_ms": ((t[4] * 60 + t[5]) * 60 + t[6]) * 1000 + t[7]})
    ia = {"format": "harken.interaction/1", "kind": "call", "turns": turns, "language": "en",
          "started_at": folder.name[:10] + "T14:00:00Z"}
    key = json.loads((folder / "tldr.json").read_text(encoding="utf-8"))
    return ia, [(seconds(x["timestamp"]), x["action"], x.get("owner") or "") for x in key["action_items"]]


def zoom(data, side, kind):
    """[(series, (interaction, [(second, words, owner)]))]; kind: "action" or "decision"."""
    folders = sorted(p.parent for p in (data / "zoom-calls").rglob("tldr.json") if (p.parent / "transcript.vtt").exists())
    out = []
    for folder in folders[0 if side == "build" else 1::2]:
        ia, actions = zoom_call(folder)
        key = json.loads((folder / "tldr.json").read_text(encoding="utf-8"))
        decisions = [(seconds(x["timestamp"]), x["decision"]) for x in key["decisions"]]
        out.append((folder.parent.name, (ia, actions if kind == "action" else decisions)))
    return out


def meeting(one):
    """(interaction, the summary by people) of one file, or None."""
    gold = next((q["answer"] for q in one["general_query_list"] if SUMMARY.search(q["query"])), None)
    if not gold:
        return None
    turns = [{"speaker": t["speaker"], "text": re.sub(r"\s+", " ", NOISE.sub("", t["content"])).strip()} for t in one["meeting_transcripts"]]
    return {"format": "harken.interaction/1", "kind": "call", "language": "en", "turns": [t for t in turns if t["text"]]}, gold


def qmsum_series(name):
    """ES2006a-d are one series; Bmr005 and Bmr011 another; covid_2 and covid_5 a third."""
    return re.sub(r"[a-d]$", "", name) if re.match(r"(ES|IS|TS)\d", name) else re.match(r"[A-Za-z]+", name)[0]


def qmsum(data, side):
    """[(series, interaction, the summary by people)]"""
    some = []
    for path in sorted((data / "qmsum").rglob("*.json*")):
        raw = path.read_bytes()
        one = meeting(json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw))
        if one:
            some.append((qmsum_series(path.name.split(".")[0]), *one))
    order = sorted({s for s, _, _ in some})
    return [m for m in some if order.index(m[0]) % 2 == (side == "measure")]


def casino(data, side):
    """[(interaction, [per turn: does it ask what the other needs; None: not labelled])]"""
    some = [d for d in json.loads((data / "casino/casino_train.json").read_text(encoding="utf-8")) if d["annotations"]]
    out = []
    for d in some[0 if side == "build" else 1::2]:
        said = [x for x in d["chat_logs"] if not x["task_data"]]
        labels = dict(map(tuple, d["annotations"]))
        out.append(({"format": "harken.interaction/1", "kind": "call", "language": "en",
                     "turns": [{"speaker": x["id"], "text": x["text"]} for x in said]},
                    ["elicit-pref" in labels.get(x["text"], "").split(",") if x["text"] in labels else None for x in said]))
    return out
