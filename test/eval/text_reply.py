"""Splitting mail bodies: discourse (exact reply, word F1), talon (exact reply), forge (signature lines)."""
import collections
import email
import email.policy
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import text_tool as tool


def read(path):
    with open(path, "rb") as f:
        return f.read().decode("utf-8", "replace").replace("\r\n", "\n")


def word_f1(got, want):
    a, b = collections.Counter(got.split()), collections.Counter(want.split())
    same = sum((a & b).values())
    if not a and not b:
        return 1.0
    return 2 * same / (sum(a.values()) + sum(b.values()))


def peer_reply(text):
    try:
        from email_reply_parser import EmailReplyParser
    except ImportError:
        return None
    return EmailReplyParser.parse_reply(text)


def discourse(build_dir, base, bad):
    names = sorted(os.listdir(os.path.join(base, "emails")))
    texts = [read(os.path.join(base, "emails", n)) for n in names]
    got = [g["reply"] + "" for g in map(signed_off, tool.ask(build_dir, [{"op": "reply", "text": t} for t in texts]))]
    want = [read(os.path.join(base, "trimmed", n)) for n in names]
    peers = [peer_reply(t) for t in texts]
    hit = [g.rstrip() == w.rstrip() for g, w in zip(got, want)]
    bad += ["discourse " + n for n, h in zip(names, hit) if not h]
    rows = [tool.row("reply-split", "discourse fixtures: exact reply", sum(hit) / len(hit), goal=0.9,
                     peer="email_reply_parser" if peers[0] is not None else None,
                     peer_figure=sum(p.rstrip() == w.rstrip() for p, w in zip(peers, want)) / len(hit)
                     if peers[0] is not None else None),
            tool.row("reply-split-words", "discourse fixtures: word F1 of the reply",
                     sum(map(word_f1, got, want)) / len(want),
                     peer="email_reply_parser" if peers[0] is not None else None,
                     peer_figure=sum(map(word_f1, peers, want)) / len(want) if peers[0] is not None else None)]
    return rows


def signed_off(answer):
    """The fixture counts an unmarked sign-off ("Thanks, Ann") as part of the reply."""
    own = {"own", "quote_inline", "signoff"}
    text = "".join(p["text"] for p in answer["parts"] if p["kind"] in own)
    if not text.strip():
        text = answer["reply"]
    return {"reply": text.lstrip("\n") if text[:1] == "\n" else text}


def talon(build_dir, base, bad):
    asked, want, names = [], [], []
    for path in sorted(glob.glob(os.path.join(base, "standard_replies", "*.eml"))):
        with open(path, "rb") as f:
            msg = email.message_from_binary_file(f, policy=email.policy.default)
        part = msg.get_body(("plain",))
        asked.append({"op": "reply", "text": part.get_content().replace("\r\n", "\n")})
        expected = path[:-4] + "_reply_text"
        want.append(read(expected) if os.path.exists(expected) else "Hello")
        names.append(os.path.basename(path))
    got = [a["reply_signed"] for a in tool.ask(build_dir, asked)]
    hit = [g.strip() == w.strip() for g, w in zip(got, want)]
    bad += ["talon " + n for n, h in zip(names, hit) if not h]
    peers = [peer_reply(a["text"]) for a in asked]
    return [tool.row("reply-split-talon", "talon standard replies: exact reply", sum(hit) / len(hit), goal=1.0,
                     peer="email_reply_parser" if peers[0] is not None else None,
                     peer_figure=sum(p.strip() == w.strip() for p, w in zip(peers, want)) / len(hit)
                     if peers[0] is not None else None)]


def forge(build_dir, base, bad):
    asked, gold, share, names = [], [], [], []
    for kind in "PN":
        for path in sorted(glob.glob(os.path.join(base, kind, "*_body"))):
            lines = read(path).split("\n")
            asked.append({"op": "reply", "sender": read(path[:-5] + "_sender").strip(),
                          "text": "\n".join(x[5:] if x.startswith("#sig#") else x for x in lines)})
            gold.append([x.startswith("#sig#") for x in lines])
            share.append(kind)
            names.append(kind + "/" + os.path.basename(path))
    tp = fp = fn = right = 0
    for a, g, s, name in zip(tool.ask(build_dir, asked), gold, share, names):
        text = "".join(p["text"] for p in a["parts"])
        marks = []
        for p in a["parts"]:
            marks += [p["kind"] in ("signature", "signoff")] * p["text"].count("\n")
            last = p["kind"] in ("signature", "signoff")
        lines = text.split("\n")
        marks = (marks + [last])[:len(lines)]
        solid = [bool(x.strip()) for x in lines]
        m = [x and y for x, y in zip(marks, solid)]
        g = [x and y for x, y in zip(g, solid)]
        tp += sum(x and y for x, y in zip(m, g))
        fp += sum(x and not y for x, y in zip(m, g))
        fn += sum(y and not x for x, y in zip(m, g))
        right += any(m) == (s == "P")
        if m != g:
            bad.append("forge %s: %s" % (name, [("+" if x else "-") + li for x, y, li in zip(m, g, lines) if x != y]))
    p, r, f = tool.prf(tp, fp, fn)
    return [tool.row("signature-precision", "forge: signature lines, precision", p),
            tool.row("signature-recall", "forge: signature lines, recall", r),
            tool.row("signature-f1", "forge: signature lines, F1", f, goal=0.85),
            tool.row("signature-has", "forge: body has a signature or not, accuracy", right / len(asked), goal=0.85)]


def run(build_dir, data_dir):
    bad = []
    base = os.path.join(data_dir, "email-reply")
    rows = discourse(build_dir, os.path.join(base, "discourse"), bad)
    rows += talon(build_dir, os.path.join(base, "talon"), bad)
    rows += forge(build_dir, os.path.join(base, "forge"), bad)
    if bad:
        rows[0]["note"] = "missed: " + ", ".join(b for b in bad if b.startswith("discourse"))
    if __name__ == "__main__":
        print("\n".join(bad))
    return rows


if __name__ == "__main__":
    for r in run(sys.argv[1], sys.argv[2]):
        print(r)
