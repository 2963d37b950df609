"""Words nobody else would write, planted in files, and the search for them in everything Harken leaves on the disk."""
import base64
import collections
import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

HANG_S = 3600  # a hang, not slowness
SYLLABLES = [a + b for a in "b c d f g h j k l m n p q r s t v w x z br dr kl st".split() for b in "a e i o u y ai ou".split()]
PER_FILE = 10
Hit = collections.namedtuple("Hit", "place form canary")


def word(rng, syllables):
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables))


def canaries(rng, count):
    """A third names, a third sentences, a third numbers; each 12 bytes or more and found nowhere else."""
    found = set()
    while len(found) < count:
        kind = len(found) % 3
        if kind == 0:
            found.add(f"{word(rng, 4).capitalize()} {word(rng, 5).capitalize()}")
        elif kind == 1:
            found.add(f"the {word(rng, 4)} will {word(rng, 3)} our {word(rng, 4)}")
        else:
            found.add(str(rng.randrange(10**13, 10**14)))
    return sorted(found)


# ---- planting ----

def plant(folder, rng, planted):
    """Writes every canary into two files of different formats, in texts, names, titles, addresses and file names."""
    makers = [as_vtt, as_mail, as_json, as_markdown, as_docx, as_csv, as_html, as_srt, as_named]
    for turn in range(2):
        order = planted[:]
        rng.shuffle(order)
        for n in range(0, len(order), PER_FILE):
            some = order[n:n + PER_FILE]
            maker = makers[(n // PER_FILE + turn * 4) % len(makers)]
            name, content = maker(rng, some)
            files.write(folder, f"{some[-1] if rng.random() < 0.3 else turn}/{n:05}-{name}", content)


def turns_of(rng, some):
    names = [c for c in some if c[0].isupper()] or ["Ann", "Bob"]
    rows, at = [], 0
    for c in some:
        rows.append((rng.choice(names), at, at + 2500, f"{files.sentence(rng)} And {c}, as agreed. {files.sentence(rng)}"))
        at += 3000
    return rows


def as_vtt(rng, some):
    return f"{some[0]}.vtt", files.vtt(turns_of(rng, some))


def as_srt(rng, some):
    return "call.srt", files.srt(turns_of(rng, some))


def as_named(rng, some):
    return "call.txt", files.named(turns_of(rng, some))


def as_json(rng, some):
    return "call.json", files.own_json(turns_of(rng, some), title=some[0])


def as_mail(rng, some):
    address = some[1].replace(" ", ".")
    body = "\n\n".join(f"I think {c} matters." for c in some[2:-2])
    quoted = f"\n\nOn Mon, 5 Oct 2026 at 10:00, {some[-1]} wrote:\n> {some[-2]}\n"
    return "mail.eml", files.mail(some[0], body + f"\n\nBest regards,\n{some[-2]}\n" + quoted,
                                  sender=f'"{some[-1]}" <{address}@mail.example>', ident=some[0].replace(" ", "-"))


def as_markdown(rng, some):
    return "note.md", f"# {some[0]}\n\n" + "\n\n".join(f"- {files.sentence(rng)} {c}." for c in some)


def as_docx(rng, some):
    return "letter.docx", files.docx([f"{files.sentence(rng)} {c}." for c in some])


def as_html(rng, some):
    rows = "".join(f"<p>{files.sentence(rng)} {c}.</p>" for c in some)
    return "page.html", f"<!doctype html><html><head><title>{some[0]}</title></head><body>{rows}</body></html>"


def as_csv(rng, some):
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["date", "author", "account", "note"])
    for n, c in enumerate(some):
        table.writerow([f"2026-10-{n + 1:02}", some[0], some[-1], f"{files.sentence(rng)} {c}."])
    return "notes.csv", out.getvalue()


# ---- finding ----

def forms(text):
    """Every way the words could lie on a disk: {bytes: name of the form}."""
    found = {}
    for spelt, case in ((text, ""), (text.lower(), " in lower case")):
        raw = spelt.encode()
        found.setdefault(raw, "UTF-8" + case)
        found.setdefault(spelt.encode("utf-16-le"), "UTF-16LE" + case)
        # The zero byte in front may belong to what stands before: leave it out.
        found.setdefault(spelt.encode("utf-16-be")[1:], "UTF-16BE" + case)
        found.setdefault(raw.hex().encode(), "hex" + case)
        found.setdefault(raw.hex().upper().encode(), "HEX" + case)
        for shift in range(3):
            whole = base64.b64encode(bytes(shift) + raw)
            first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
            piece = whole[first:last]
            found.setdefault(piece, f"base64, alignment {shift}" + case)
            found.setdefault(piece.replace(b"+", b"-").replace(b"/", b"_"), f"base64url, alignment {shift}" + case)
    return found


class Finder:
    """Looks for all forms of all canaries at once (grep -F does that in one pass over the bytes)."""

    def __init__(self, planted):
        self.names = {form: (c, name) for c in planted for form, name in forms(c).items()}
        self.file = tempfile.NamedTemporaryFile(prefix="harken-canaries-")
        self.file.write(b"\n".join(self.names))
        self.file.flush()

    def close(self):
        self.file.close()

    def hits(self, *places):
        """Hits in files and folders; a file that goes away meanwhile (a database at work) is no error."""
        done = subprocess.run(["grep", "-a", "-o", "-H", "-r", "-Z", "-F", "-f", self.file.name, "--", *map(str, places)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C"})
        found = []
        for line in done.stdout.split(b"\n"):
            place, _, match = line.partition(b"\0")
            if match in self.names:
                found.append(Hit(os.fsdecode(place), self.names[match][1], self.names[match][0]))
            elif line:
                found.append(Hit(os.fsdecode(place), "unknown form", repr(match[:40])))
        return found


def pg_dump(server, out):
    """A whole dump by the superuser of the private cluster."""
    tools = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))
    tool = str(tools[-1]) if tools else "pg_dump"
    done = subprocess.run([tool, "-h", str(server.home / "pg/sock"), "-U", "harken_root", "-f", str(out), "harken"],
                          capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
    if done.returncode != 0:
        raise harken.Failure(f"pg_dump: {done.stderr}")
    if pathlib.Path(out).stat().st_size < 10000:
        raise harken.Failure("pg_dump wrote next to nothing")


# ---- the whole thing ----

def use(server, planted, rng):
    """What people do, well and badly, with the planted words in it."""
    for c in rng.sample(planted, min(30, len(planted))):
        server.run("search", "--json", c)
        server.run("ask", "--json", f"What about {c}?")
    one = planted[0]
    server.run("show", "--json", f"/nowhere/{one}")
    server.run("ingest", "--json", f"/nowhere/{one}.vtt")
    server.http("POST", "/v1/search", {"query": one, "mode": one})
    server.http("POST", "/v1/ask", {one: one})
    server.http("POST", "/v1/search", f'{{"query": "{one}'.encode())
    server.http("GET", f"/v1/{harken.urllib.parse.quote(one)}?q={harken.urllib.parse.quote(one)}")
    server.http("GET", "/v1/status", token=one.replace(" ", ""))
    bad = files.write(server.root, f"in/bad/{one}.json",
                      f'{{"format":"harken.interaction/1","kind":"{planted[1]}","turns":[{{"text":"{planted[2]}"}}]}}')
    server.run("ingest", "--json", bad)


def hunt(count, seed, say=lambda text: None):
    """Returns (hits, figures): plants, ingests, uses, searches while it runs, in a dump, and after it stopped."""
    rng = random.Random(seed)
    planted = canaries(rng, count)
    finder = Finder(planted)
    with harken.Server("--set", "log.level=debug") as server:
        spill = server.root / "tmp"
        spill.mkdir(mode=0o777)
        server.stop()
        server.env = {"TMPDIR": str(spill)}
        server.start()
        plant(server.root / "in", rng, planted)
        answer = server.ingest(server.root / "in", ok=False, timeout=HANG_S)
        say(f"{count} canaries in {answer['new']} conversations, {len(answer['failed'])} files refused")
        control = {h.canary for h in finder.hits(server.root / "in")}
        found_again = sum(bool(server.search(c, "--limit", "1", "--mode", "lexical")) for c in planted[::max(1, count // 20)])
        use(server, planted, rng)
        where = [server.home, spill, server.log_path, server.out_path]
        hits = finder.hits(*where)
        say(f"while it runs: {len(hits)} hits")
        dump = server.root / "dump.sql"
        pg_dump(server, dump)
        hits += finder.hits(dump)
        say(f"with a dump of {dump.stat().st_size >> 10} KiB: {len(hits)} hits")
        size = sum(p.stat().st_size for p in server.home.rglob("*") if p.is_file() and not p.is_symlink())
        end = server.stop()
        hits += finder.hits(*where)
        say(f"after it stopped, {size >> 20} MiB: {len(hits)} hits")
        log_bytes = server.log_path.stat().st_size
    finder.close()
    return hits, {"canaries": count, "new": answer["new"], "failed": answer["failed"], "control": len(control),
                  "found_again": found_again, "bytes": size, "log_bytes": log_bytes, "end": end}
