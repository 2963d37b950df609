"""Drives harken_texteval (built from texteval.c): many questions, one process."""
import json
import os
import subprocess


def path(build_dir):
    return os.path.join(build_dir, "src", "text", "harken_texteval")


def ask(build_dir, rows):
    """One answer (dict) for each row (dict with op, text, ...)."""
    data = "".join(json.dumps(r) + "\n" for r in rows)
    done = subprocess.run([path(build_dir)], input=data.encode(), stdout=subprocess.PIPE, check=True)
    out = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    assert len(out) == len(rows), "harken_texteval: %d answers to %d questions" % (len(out), len(rows))
    return out


def prf(tp, fp, fn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def row(id, what, figure, unit="1", goal=None, peer=None, peer_figure=None, note=None):
    out = {"id": id, "what": what, "figure": round(figure, 4), "unit": unit}
    if goal is not None:
        out["goal"] = goal
        out["ok"] = figure >= goal
    if peer_figure is not None:
        out["peer"] = peer
        out["peer_figure"] = round(peer_figure, 4)
        if peer_figure:
            out["ratio"] = round(figure / peer_figure, 3)
    if note:
        out["note"] = note
    return out
