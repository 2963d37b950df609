"""Mail: our parser against the expected parses of the MIME fixtures.

run(build_dir, data_dir) returns rows for the evaluation table. Scored, field by field, are the messages that come with an
expected parse (stalwart): subject, from, to, date, message id, the words of the text body, the type of every part and the
decoded bytes of every leaf; and single address and date headers put into a message. Where the two disagree the file is listed
in the note of its row. The other fixtures must give words for every message that has a body, and must not crash.
"""

import json
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path


# Where we differ from the reference, and why; anything else that differs is a fault.
REASONS = {
    "malformed/000.eml": "parts without a body are kept as empty parts, the reference drops them",
    "malformed/002.eml": "a multipart without a part: its words are the message here, one attachment there",
    "malformed/004.eml": "the inner boundary never comes: its words are the message here, one part there",
    "malformed/012.eml": "a part ends with the outer boundary: one attached message more or less",
    "malformed/016.eml": "boundaries that begin with each other: the shorter ones stay text",
    "malformed/022.eml": "an attached message that is none: no header, no words",
    "rfc/000.eml": "base64 that is no base64 (sample words in an audio part)",
    "thirdparty/002.eml": "words after the end of base64 are dropped; the reference decodes them",
    "address #9": "white-space lines inside comments end the header here",
    "address #55": "an encoded name behind the address: taken as a second, nameless entry",
    "date #10": "a date broken by comments over several lines is taken as unknown",
    "date #12": "numbers without names of months: day and month are exchanged",
    "date #30": "the zone name EST5EDT is unknown: taken as UTC",
    "date #31": "military zone A is UTC+1; the reference ignores it",
}


def tool(build_dir):
    for at in ("harken_formateval", "src/formats/harken_formateval"):
        path = Path(build_dir) / at
        if path.exists():
            return str(path)
    raise FileNotFoundError("harken_formateval is not built in %s" % build_dir)


def ask(exe, mode, paths):
    found = {}
    for i in range(0, len(paths), 100):
        batch = [str(p) for p in paths[i : i + 100]]
        out = subprocess.run([exe, *mode, *batch], capture_output=True, check=True, timeout=300).stdout
        for line in out.decode("utf-8").split("\n"):
            if line:
                got = json.loads(line)
                found[got["path"]] = got
    return found


def header(part, name):
    for h in part["headers"]:
        if h["name"] == name:
            return h["value"]
    return None


def addresses(value):
    """[(name, address), ...] of an expected address header, groups unfolded."""
    if not isinstance(value, dict):
        return []
    if "Address" in value:
        value = value["Address"]
    found = []
    for one in value.get("List", []):
        found.append((one["name"] or "", one["address"] or ""))
    for group in value.get("Group", []):
        found += [(one["name"] or "", one["address"] or "") for one in group["addresses"]]
    return found


def instant(value):
    if not value or "DateTime" not in value and "year" not in value:
        return None
    d = value.get("DateTime", value)
    offset = timedelta(hours=d["tz_hour"], minutes=d["tz_minute"])
    zone = timezone(-offset if d["tz_before_gmt"] else offset)
    try:
        return datetime(d["year"], d["month"], d["day"], d["hour"], d["minute"], d["second"], tzinfo=zone).timestamp()
    except ValueError:
        return "impossible"


def squeeze(text):
    return " ".join(text.split())


def plain_address(address):
    """Without white space and a source route ("@node.test:mary@example.net"); empty for what is a link and not an address."""
    address = re.sub(r"\s+", "", address)
    if "://" in address or address.startswith("mailto:"):
        return ""
    return address.rsplit(":", 1)[-1] if address.startswith("@") else address


def without_comments(name):
    """The reference puts header comments into the name: "John (my dear friend)"; they are remarks, not the name."""
    before = None
    while before != name:
        before, name = name, re.sub(r"\([^()]*\)?", " ", name)
    return squeeze(name.replace(")", " "))


def same_person(got, want):
    name, address = want
    address = plain_address(address)
    if address and "@" in address:
        if got.get("email", "").lower() != address.lower():
            return False
    elif address and not name:
        return squeeze(got.get("name", "")) == squeeze(address)
    name = squeeze(name).strip("'\"")
    ours = squeeze(got.get("name", "")).strip("'\"")
    if ours == ("" if name.lower() == address.lower() else name):
        return True
    return "(" in name and (without_comments(ours) == without_comments(name) or ours == "" or without_comments(name).startswith(ours + " "))


def words_of(item):
    text = "\n".join(t["text"] for t in item["turns"])
    return text + "\n" + "\n".join(p["text"] for p in item.get("parts", []))


def bag(text):
    found = {}
    for w in re.findall(r"\w+", text.replace("\0", " ")):
        found[w] = found.get(w, 0) + 1
    return found


def contained(want, got):
    """Every word of `want`, as often, in `got`."""
    have = bag(got)
    return all(have.get(w, 0) >= n for w, n in bag(want).items())


def expected_texts(parsed):
    texts = []
    for i in parsed["text_body"]:
        body = parsed["parts"][i]["body"]
        if "Text" in body:
            texts.append(body["Text"])
        elif "Html" in body:
            texts.append(re.sub(r"<[^>]*>|&#?\w+;", " ", re.sub(r"(?s)<(style|head)\b.*?</\1>", " ", body["Html"])))
    return "\n".join(texts)


def expected_leaves(parsed):
    """The kind of every part in order; a message is one part here, with its own parts behind it."""
    kinds = []
    for part in parsed["parts"]:
        kind = next(iter(part["body"]))
        kinds.append(kind)
        if kind == "Message":
            kinds += expected_leaves(part["body"]["Message"])
    return kinds


def our_leaves(node, top=True):
    kind = node["type"]
    if kind.startswith("multipart/"):
        kinds = ["Multipart"]
    elif kind == "message/rfc822" or (kind == "message/global"):
        kinds = ["Message"]
    else:
        kinds = ["Html" if kind == "text/html" else "Text" if kind.startswith("text/") else "Binary"]
    for p in node["parts"]:
        kinds += our_leaves(p, False)
    return kinds


def ordered(kinds):
    return sorted("Leaf" if k in ("Binary", "InlineBinary", "Text", "Html") else k for k in kinds)


def expected_contents(parsed):
    found = []
    for part in parsed["parts"]:
        kind, body = next(iter(part["body"].items()))
        if kind == "Message":
            found += expected_contents(body)
        elif kind in ("Text", "Html"):
            found.append(squeeze(body.replace("\0", "\ufffd")))
        elif kind in ("Binary", "InlineBinary"):
            found.append(len(body))
    return found


def our_contents(node):
    if node["parts"] or "bytes" not in node:
        return [c for p in node["parts"] for c in our_contents(p)]
    return [(squeeze(node["content"]), node["bytes"])]


def contents_agree(want, got):
    left = list(got)
    for w in want:
        hit = next((g for g in left if (g[1] == w if isinstance(w, int) else g[0] == w or abs(len(g[0]) - len(w)) <= 2)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def main_item(answer):
    return (answer.get("items") or [None])[0]


def score_message(parsed, answer, tree):
    """{field: True or False} for the fields the expected parse has."""
    top, item = parsed["parts"][0], main_item(answer)
    if item is None:
        return {"read": False}
    fields = {"read": True}
    people = item["participants"]
    subject, sender, to = header(top, "subject"), addresses(header(top, "from")), addresses(header(top, "to"))
    when, message_id = instant(header(top, "date")), header(top, "message_id")
    if subject:
        fields["subject"] = squeeze(item.get("title", "")) == squeeze(subject["Text"])
    if sender:
        fields["from"] = bool(people) and same_person(people[0], sender[0])
    if to:
        fields["to"] = all(any(same_person(p, want) for p in people) for want in to)
    if when is not None:
        got = item.get("started_at")
        fields["date"] = (got is None) if when == "impossible" else got is not None and abs(
            datetime.fromisoformat(got.replace("Z", "+00:00")).timestamp() - when) < 1
    if message_id:
        fields["message_id"] = item.get("external_id", "") == message_id["Text"]
    if parsed["text_body"]:
        fields["body"] = contained(expected_texts(parsed), words_of(item))
    if tree is not None:
        fields["parts"] = ordered(our_leaves(tree)) == ordered(expected_leaves(parsed))
        fields["contents"] = contents_agree(expected_contents(parsed), our_contents(tree))
    return fields


def header_cases(root, name, field):
    for i, case in enumerate(json.loads((root / "headers" / (name + ".json")).read_text(encoding="utf-8"))):
        yield i, field + ": " + case["header"].rstrip("\n") + "\nMIME-Version: 1.0\nSubject: x\n\nwords\n", case["expected"]


def score_headers(exe, root):
    """{field: [(case, ok)]} for single headers."""
    result = {"address": [], "date": []}
    with tempfile.TemporaryDirectory() as at:
        for name, field in (("address", "To"), ("date", "Date")):
            cases = list(header_cases(root, name, field))
            paths = []
            for i, text, _ in cases:
                path = Path(at) / ("%s-%03d.eml" % (name, i))
                path.write_bytes(text.encode("utf-8", "surrogateescape"))
                paths.append(path)
            answers = ask(exe, [], paths)
            for path, (i, _, want) in zip(paths, cases):
                item = main_item(answers[str(path)]) or {"participants": []}
                if name == "address":
                    wanted = [w for w in addresses(want) if "@" in plain_address(w[1])]
                    ok = all(any(same_person(p, w) for p in item["participants"]) for w in wanted)
                else:
                    when, got = instant(want) if want else None, item.get("started_at")
                    if when in (None, "impossible") or want["year"] < 1970:
                        ok = True  # nothing a conversation could be dated by
                    else:
                        ok = got is not None and abs(datetime.fromisoformat(got.replace("Z", "+00:00")).timestamp() - when) < 1
                result[name].append(("%s #%d" % (name, i), ok))
    return result


def has_body(raw):
    """Words after the first empty line that are not only boundaries and part headers."""
    parts = re.split(rb"\r?\n\r?\n", raw.lstrip(b"\r\n"), maxsplit=1)
    return len(parts) == 2 and len(re.sub(rb"(?m)^--.*$|^[\w-]+:.*$|^\s.*$", b"", parts[1]).split()) > 0


def row(ident, what, ok, total, goal, missed):
    note = "%d of %d" % (ok, total)
    unexplained = [m for m in missed if m not in REASONS]
    if missed:
        note += "; differ: " + "; ".join("%s (%s)" % (m, REASONS.get(m, "FAULT")) for m in missed[:40])
    figure = ok / total if total else 1.0
    return {"id": ident, "what": what, "figure": round(figure, 4), "unit": "share", "goal": goal,
            "ok": figure >= goal and not unexplained, "note": note}


def run(build_dir, data_dir):
    exe, root = tool(build_dir), Path(data_dir) / "mime"
    mails = sorted((root / "stalwart").glob("*/*.eml"))
    answers, trees = ask(exe, [], mails), ask(exe, ["--mime"], mails)
    fields = {}
    for path in mails:
        parsed = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for name, ok in score_message(parsed, answers[str(path)], trees[str(path)].get("tree")).items():
            fields.setdefault(name, []).append(("/".join(path.parts[-2:]), ok))
    for name, cases in score_headers(exe, root / "stalwart").items():
        fields["header " + name] = cases
    others = sorted((root / "mikel-mail").rglob("*.eml"))
    got = ask(exe, [], others)
    readable = []
    for path in others:
        words = any(t["text"] for item in got[str(path)].get("items", []) for t in item["turns"])
        noted = bool(got[str(path)].get("notices"))
        readable.append((path.name, words or noted or not has_body(path.read_bytes())))
    fields["other fixtures give a body"] = readable
    rows = []
    checks = [c for cases in fields.values() for c in cases]
    missed = sorted({c for c, ok in checks if not ok})
    rows.append(row("mime-fixtures", "mail fixtures: expected fields met", sum(ok for _, ok in checks), len(checks), 0.9, missed))
    for name, cases in fields.items():
        missed = [c for c, ok in cases if not ok]
        ident = "mime-" + re.sub(r"\W+", "-", name)
        rows.append(row(ident, "mail fixtures: " + name, sum(ok for _, ok in cases), len(cases), 0.7, missed))
    return rows


if __name__ == "__main__":
    for r in run(sys.argv[1], sys.argv[2]):
        print("%-32s %.4f %s  %s" % (r["id"], r["figure"], "ok" if r["ok"] else "--", r["note"]))
