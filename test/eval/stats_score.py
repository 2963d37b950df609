"""The program's statistics against their second computation (test/stats) on every call of the data and on random ones.

run(build_dir, data_dir) returns the row statistics-agree: the largest difference, relative above 1.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "stats"))
import calls  # noqa: E402
import compare  # noqa: E402


def with_objections(cases):
    """Some turns of a real call stand for an objection, so that the figures behind one are computed, too."""
    for name, call, context in cases:
        yield name, call, {**context, "objections": list(range(2, len(call["turns"]), 5))[:8]}


def run(build_dir, data_dir):
    tool = str(pathlib.Path(build_dir) / "src/insight/harken_stateval")
    n = rows = bad = 0
    compare.LARGEST[0] = 0.0
    for cases in (calls.randoms(300), with_objections(calls.reals(data_dir, 100000))):
        a, b, c = compare.run(tool, cases)
        n, rows, bad = n + a, rows + b, bad + c
    largest = compare.LARGEST[0]
    figure = largest if largest != float("inf") else 1e9
    return [{"id": "statistics-agree", "what": "statistics against their second computation: largest difference", "figure": figure,
             "unit": "1", "goal": 1e-9, "ok": bad == 0 and figure <= 1e-9, "note": f"{n} calls, {rows} rows, {bad} differ"}]


if __name__ == "__main__":
    print(run(*sys.argv[1:3]))
