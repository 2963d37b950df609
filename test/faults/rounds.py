"""Kill -9 at random moments while files are ingested; afterwards everything must be as if nothing had happened."""
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

ROLES = ["core", "engine", "nursery", "parser", "postgres", "backend"]
QUERIES = ["carriers before the winter", "who has to sign the contract", "delivery of scanners", "order 00007", "late arrival"]
KILLS_A_ROUND = 2
SCORE_SLACK = 1e-6
HANG_S = 1800  # a hang, not slowness: this is no place to measure time

Round = collections.namedtuple("Round", "number kills clean missing double differ seconds ready_s note")


class Files:
    """The files of all rounds: one seed, the same bytes; a few documents for the parser children among them."""

    def __init__(self, folder, count, seed):
        self.folder = pathlib.Path(folder)
        rng = random.Random(seed)
        for n in range(count):
            if n % 25 == 24:
                content = files.docx([f"This is about order {n:05}.", *(files.sentence(rng) for _ in range(6))])
                files.write(self.folder, f"{n:05}.docx", content)
            else:
                files.write(self.folder, *files.small_file(rng, n))
        self.count = count


# ---- what Harken holds, without what differs from run to run ----

def get(server, path):
    reply = server.http("GET", path)
    if reply.status != 200:
        raise harken.Failure(f"GET {path}: {reply.status} {reply.body[:300]}")
    return json.loads(reply.body)


def strip_ids(value):
    if isinstance(value, dict):
        return {k: strip_ids(v) for k, v in value.items() if k not in ("id", "interaction")}
    return [strip_ids(v) for v in value] if isinstance(value, list) else value


def export(server, folder):
    """{source: [all that is known of each conversation made from it]}, and answers of the search."""
    held, seen = collections.defaultdict(list), 0
    while True:
        page = get(server, f"/v1/interactions?limit=1000&offset={seen}")
        for row in page["interactions"]:
            shown = get(server, f"/v1/interactions/{row['id']}")
            clean = get(server, f"/v1/interactions/{row['id']}?clean=1")
            figures = get(server, f"/v1/interactions/{row['id']}/insights")
            held[shown["source"]].append(strip_ids([shown, clean, figures, row.get("chunks"), row.get("vectors")]))
        seen += len(page["interactions"])
        if len(page["interactions"]) < 1000:
            break
    answers = {}
    for query in QUERIES:
        for mode in ("lexical", "vector", "fused"):
            hits = server.search(query, "--mode", mode, "--limit", "10")
            answers[f"{mode}: {query}"] = {f"{h['source']} {h['spans']}": h["score"] for h in hits}
    status = server.status()
    return {"held": dict(held), "answers": answers, "pending": status["pending"], "dead": status["dead"],
            "index": {k: status["index"][k] for k in ("interactions", "chunks", "chunks_with_vector", "terms")}}


def compare(want, got, folder):
    """(missing, double, differing, first difference)"""
    missing = sorted(set(want["held"]) - set(got["held"]))
    double = sorted(s for s, rows in got["held"].items() if len(rows) > len(want["held"].get(s, [])))
    differ = sorted(s for s, rows in want["held"].items() if s in got["held"] and got["held"][s] != rows and s not in double)
    note = ""
    if differ:
        note = f"{pathlib.Path(differ[0]).name}: {first_difference(want['held'][differ[0]], got['held'][differ[0]])}"
    if not (missing or double or differ):
        for key in ("index", "pending", "dead"):
            if got[key] != want[key]:
                note = note or f"{key}: {first_difference(want[key], got[key])}"
        for query in want["answers"]:
            note = note or answers_differ(query, want["answers"][query], got["answers"][query])
    return missing, double, differ, note


def answers_differ(query, want, got):
    """Equals may change places at the end of the list, nothing else may: a text has the same vector every time."""
    if len(want) != len(got):
        return f"{query}: {len(want)} hits became {len(got)}"
    for hit in set(want) | set(got):
        floor = min([*want.values(), *got.values()])
        if abs(want.get(hit, floor) - got.get(hit, floor)) > SCORE_SLACK:
            return f"{query}: {hit}: {want.get(hit)} became {got.get(hit)}"
    return ""


def first_difference(want, got, where=""):
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(set(want) | set(got)):
            if want.get(key) != got.get(key):
                return first_difference(want.get(key), got.get(key), f"{where}.{key}")
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for n, (x, y) in enumerate(zip(want, got)):
            if x != y:
                return first_difference(x, y, f"{where}[{n}]")
    return f"{where}: {str(want)[:120]} became {str(got)[:120]}"


# ---- one round ----

def undisturbed(corpus):
    """What a run without faults gives, and how long its ingest takes."""
    with harken.Server() as server:
        start = time.monotonic()
        answer = server.ingest(corpus.folder, timeout=HANG_S)
        took = time.monotonic() - start
        if answer["new"] != corpus.count:
            raise harken.Failure(f"{answer['new']} of {corpus.count} files are in: {answer['failed'][:3]}")
        server.stop()
        server.start()
        return export(server, corpus.folder), took


def strike(server, rng, role):
    """Kills one process of that role; the nearest there is when it has none now. Returns what was hit."""
    running = server.processes()
    if role == "parser" and "parser" not in running:
        role = "nursery"
    if role not in running:
        role = "core"
    try:
        os.kill(rng.choice(sorted(running[role])), signal.SIGKILL)
    except ProcessLookupError:
        return f"{role} (gone)"
    if role == "core":
        server.child.wait()
        server.start()
    return role


def one(number, corpus, want, took, rng, roles, kills=KILLS_A_ROUND):
    """A fresh data folder, an ingest, kills, an end with kill -9, a restart, the comparison."""
    moments = sorted(rng.uniform(0.02, 0.9) * took for _ in range(kills))
    done, note = [], ""
    with harken.Server() as server:
        start = time.monotonic()
        child = subprocess.Popen([str(harken.binary()), "ingest", "--json", "--wait", str(corpus.folder)], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=harken.environment(server.home))
        try:
            for moment in moments:
                while time.monotonic() - start < moment and child.poll() is None:
                    time.sleep(0.002)
                late = "" if child.poll() is None else " (after the end)"
                done.append(f"{strike(server, rng, next(roles))} {time.monotonic() - start:.2f} s{late}")
            out, err = child.communicate(timeout=HANG_S)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        seconds = time.monotonic() - start
        if child.returncode != 0:
            failed = json.loads(out)["failed"] if out.strip() else err
            note = f"ingest: exit status {child.returncode}: {str(failed)[:300]}"
        harken.wait_for("the server to be ready", server.is_ready, 60)
        # The end of the round: no farewell, then a restart.
        server.kill()
        server.start()
        ready_s = server.started_s
        harken.wait_for("all jobs to be done", lambda: server.status()["pending"] == 0, HANG_S, 0.1)
        missing, double, differ, why = compare(want, export(server, corpus.folder), corpus.folder)
        end = server.stop()
        if end != 0:
            why = why or f"ended with {end}"
    clean = not (missing or double or differ or note or why)
    return Round(number, done, clean, len(missing), len(double), len(differ), seconds, ready_s, note or why)


def shuffled_roles(rng):
    while True:
        order = ROLES[:]
        rng.shuffle(order)
        yield from order


def run(count, rounds, seed, say=print):
    """All rounds; a failure names its seed."""
    rng = random.Random(seed)
    roles = shuffled_roles(rng)
    results = []
    with tempfile.TemporaryDirectory(prefix="harken-files-") as folder:
        corpus = Files(folder, count, seed)
        want, took = undisturbed(corpus)
        say(f"seed {seed}: {count} files, undisturbed in {took:.1f} s, {want['index']['chunks']} chunks")
        for number in range(1, rounds + 1):
            try:
                r = one(number, corpus, want, took, rng, roles)
            except (harken.Failure, subprocess.TimeoutExpired, OSError, ValueError) as problem:
                r = Round(number, [], False, 0, 0, 0, 0.0, 0.0, f"{type(problem).__name__}: {problem}"[:600])
            results.append(r)
            took = min(took, r.seconds) if r.clean else took  # so that kills do not come after the end
            say(f"{r.number:3}  {'clean' if r.clean else 'BROKEN':6}  {'; '.join(r.kills):60}  {r.seconds:6.1f} s, "
                f"ready again in {r.ready_s:.1f} s{'  ' + r.note if r.note else ''}")
    return results
