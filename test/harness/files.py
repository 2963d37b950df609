"""Files for tests: the same conversation in several formats, small varied ones by the hundred, and hostile ones."""
import email.message
import email.policy
import io
import json
import pathlib
import random
import zipfile

TURNS = [
    ("Ines Duarte", 0, 6200, "Good morning Tom, thanks for making the time today."),
    ("Tom Okafor", 6500, 12400, "Morning Ines. Our dispatch hall needs thirty carriers before the winter peak."),
    ("Ines Duarte", 12900, 21000, "What would have to be true for you to sign in October?"),
    ("Tom Okafor", 21300, 34000, "The security questionnaire must be answered, and the price has to stay below 410,000 euros."),
    ("Ines Duarte", 34200, 39900, "I will send the questionnaire on Friday."),
    ("Tom Okafor", 40100, 44000, "Then we talk again on Monday, naïve as that may sound."),
]


def stamp(ms, mark="."):
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def vtt(turns=TURNS):
    cues = (f"{stamp(a)} --> {stamp(b)}\n<v {who}>{text}</v>\n" for who, a, b, text in turns)
    return "WEBVTT\n\n" + "\n".join(cues)


def srt(turns=TURNS):
    rows = (f"{n}\n{stamp(a, ',')} --> {stamp(b, ',')}\n{who}: {text}\n" for n, (who, a, b, text) in enumerate(turns, 1))
    return "\n".join(rows)


def named(turns=TURNS):
    return "\n".join(f"{who}: {text}" for who, _, _, text in turns) + "\n"


def own(turns=TURNS, kind="call", **more):
    """One object of our own JSON, as a dict."""
    people = list(dict.fromkeys(who for who, *_ in turns if who))
    rows = [{"speaker": who, "start_ms": a, "end_ms": b, "text": text} for who, a, b, text in turns]
    return {"format": "harken.interaction/1", "kind": kind, **more,
            "participants": [{"name": name} for name in people], "turns": rows}


def own_json(turns=TURNS, **more):
    return json.dumps(own(turns, **more), ensure_ascii=False)


def mail(subject, body, sender="Tom Okafor <tom.okafor@dalgaard.example>", to="ines@northwind.example", ident="a1",
         date="Tue, 06 Oct 2026 09:12:00 +0200"):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"], m["Date"], m["Message-ID"] = sender, to, subject, date, f"<{ident}@mail.example>"
    m.set_content(body)
    return m.as_bytes()


def docx(paragraphs):
    words = "".join(f"<w:p><w:r><w:t xml:space=\"preserve\">{escape(p)}</w:t></w:r></w:p>" for p in paragraphs)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return docx_of(f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{space}"><w:body>{words}</w:body></w:document>')


def docx_of(document_xml):
    types = ('<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
             '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
             'wordprocessingml.document.main+xml"/></Types>')
    rels = ('<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            'officeDocument" Target="word/document.xml"/></Relationships>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", types)
        z.writestr("_rels/.rels", rels)
        z.writestr("word/document.xml", document_xml)
    return out.getvalue()


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write(folder, name, content):
    path = pathlib.Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---- many small ones ----

NAMES = "Anna Brandt,Marco Silva,Priya Nair,Sven Olsen,Chloe Martin,Jonas Weber,Aiko Tanaka,Laura Rossi".split(",")
WHAT = "carriers,scanners,conveyors,charging docks,pallet jacks,sorting gates,tote lifts,label printers".split(",")
SAY = ["We need {n} {w} before week {k}.", "The offer for {n} {w} came to {p} euros.", "Can you confirm the date, {a}?",
       "I will send the contract to {a} on Thursday.", "Our board asked why {w} cost {p} euros.", "Yeah.",
       "Um, let me, let me check the delivery of the {w} again.", "Who else has to sign, apart from {a}?",
       "The trial showed {n} errors in week {k}, which is fine.", "What happens if the {w} arrive late?"]


def sentence(rng):
    return rng.choice(SAY).format(n=rng.randint(2, 90), w=rng.choice(WHAT), k=rng.randint(1, 52), p=rng.randint(900, 99000),
                                  a=rng.choice(NAMES))


def small_turns(rng, count):
    people, at, turns = rng.sample(NAMES, 2), 0, []
    for n in range(count):
        start = at + rng.randint(-200, 900)
        at = max(start, 0) + rng.randint(700, 9000)
        turns.append((people[n % 2], max(start, 0), at, " ".join(sentence(rng) for _ in range(rng.randint(1, 3)))))
    return turns


def small_file(rng, number):
    """One varied file: (name, bytes). The number makes it differ from every other one."""
    kind = ("vtt", "eml", "json", "md", "srt")[number % 5]
    turns = small_turns(rng, rng.randint(2, 9))
    turns[0] = (turns[0][0], turns[0][1], turns[0][2], f"This is about order {number:05}. " + turns[0][3])
    if kind == "eml":
        body = "\n\n".join(t[3] for t in turns) + "\n\n-- \n" + turns[0][0] + "\n"
        return f"{number:05}.eml", mail(f"Order {number:05}", body, ident=f"m{number}")
    if kind == "md":
        return f"{number:05}.md", f"# Order {number:05}\n\n" + "\n\n".join(t[3] for t in turns) + "\n"
    text = {"vtt": vtt, "json": own_json, "srt": srt}[kind](turns)
    return f"{number:05}.{kind}", text


def small_files(folder, count, seed=1):
    rng = random.Random(seed)
    return [write(folder, *small_file(rng, n)) for n in range(count)]


# ---- hostile ones ----

def zip_bomb():
    """A DOCX whose text would be 600 MB of one letter."""
    out = io.BytesIO(docx(["x"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        with z.open("word/footnotes.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(b"A" * (1 << 20))
    return out.getvalue()


def zip_bomb_in_text():
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return docx_of(f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>' + "A" * (400 << 20)
                   + "</w:t></w:r></w:p></w:body></w:document>")


def xml_entities():
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    layers = "".join(f'<!ENTITY l{n} "{"&l%d;" % (n - 1) * 10}">' for n in range(1, 10))
    return docx_of(f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{layers}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                   f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>&x;&l9;</w:t></w:r></w:p></w:body></w:document>')


def nested_mail(depth):
    head, tail = b"", b""
    for n in range(depth):
        head += b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        tail = b"\r\n--b%d--\r\n" % n + tail
    return (b"From: a@b.example\r\nTo: c@d.example\r\nSubject: nested\r\n" + head
            + b"Content-Type: text/plain\r\n\r\nthe innermost words\r\n" + tail)
