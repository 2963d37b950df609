"""Every file of a folder is read or refused with a reason; none crashes or hangs.

    every_file.py BUILD_DIR FOLDER [--seconds N] [--list]

Drives harken_formateval, one process a file so that a crash is found where it happens. Prints a table of formats and of
reasons, and exits 1 when a process died, took longer than N seconds (default 20), or gave a refusal without place or reason.
"""

import argparse
import collections
import concurrent.futures
import json
import subprocess
import sys
import time
from pathlib import Path

from webvtt_score import tool


def one(exe, path, seconds):
    began = time.monotonic()
    try:
        p = subprocess.run([exe, str(path)], capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return path, "hang", "longer than %d s" % seconds, None, seconds
    took = time.monotonic() - began
    if p.returncode != 0:
        return path, "crash", "exit %d: %s" % (p.returncode, p.stderr[-400:].decode("utf-8", "replace")), None, took
    return path, "", "", json.loads(p.stdout), took


def verdict(got):
    if "error" in got:
        place, _, reason = got["error"].partition(": ")
        return ("refused", got["error"]) if place and reason else ("bare", got["error"])
    return "read", got["items"][0].get("source_format", "?")


def run(build_dir, data_dir):
    """Rows: how many files crash, hang or are refused without place and reason; how many are read at all."""
    exe = tool(build_dir)
    paths = sorted(p for p in Path(data_dir).rglob("*") if p.is_file())
    began, read, refused, bad = time.monotonic(), 0, collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, failed, what, got, _ in pool.map(lambda p: one(exe, p, 60), paths):
            kind, text = (failed, what) if failed else verdict(got)
            if kind == "read":
                read += 1
            elif kind == "refused":
                refused[text.partition(": ")[2]] += 1
            else:
                bad.append("%s (%s)" % (path.name, kind))
    reasons = ", ".join("%d %s" % (n, r) for r, n in refused.most_common(6))
    return [
        {"id": "every-file-bad", "what": "files that crash, hang, or are refused without place and reason", "figure": len(bad),
         "unit": "files", "goal": 0, "ok": not bad,
         "note": "%d files in %.0f s%s" % (len(paths), time.monotonic() - began, "; " + ", ".join(bad[:10]) if bad else "")},
        {"id": "every-file-read", "what": "files read; the others are refused with a reason", "figure": read / max(1, len(paths)),
         "unit": "share", "note": "refused: " + reasons},
    ]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("build_dir")
    ap.add_argument("folder")
    ap.add_argument("--seconds", type=int, default=20)
    ap.add_argument("--list", action="store_true", help="print every refusal")
    args = ap.parse_args()
    exe = tool(args.build_dir)
    paths = sorted(p for p in Path(args.folder).rglob("*") if p.is_file())
    counts, reasons, bad, partial, slow = (collections.Counter(), collections.Counter(), [], 0, [])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, failed, what, got, took in pool.map(lambda p: one(exe, p, args.seconds), paths):
            slow.append((took, str(path)))
            if failed:
                bad.append((failed, str(path), what))
                continue
            kind, text = verdict(got)
            if kind == "bare":
                bad.append((kind, str(path), text))
            elif kind == "refused":
                counts["refused"] += 1
                reasons[text.partition(": ")[2]] += 1
                if args.list:
                    print("refused", path, text, sep="\t")
            else:
                counts[text] += 1
                partial += bool(got["problems"])
                if args.list and got["problems"]:
                    print("partly", path, got["problems"][0]["place"] + ": " + got["problems"][0]["reason"], sep="\t")
    for name, n in sorted(counts.items()):
        print("%7d  %s" % (n, name))
    print("%7d  read with problems reported" % partial)
    for reason, n in reasons.most_common():
        print("%7d  refused: %s" % (n, reason))
    slow.sort(reverse=True)
    print("slowest: %.2f s %s" % slow[0] if slow else "no files")
    for b in bad:
        print("BAD", *b, sep="\t")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
