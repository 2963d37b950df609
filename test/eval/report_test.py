"""The shape of reports: `python3 test/eval/report_test.py`."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import report  # noqa: E402

GOOD = {"id": "a", "what": "b", "figure": 1, "unit": "s"}


class Shape(unittest.TestCase):
    def test_good_rows_have_no_faults(self):
        self.assertEqual(report.faults([GOOD, GOOD | {"id": "b", "goal": 0.5, "ok": True, "peer": "x", "peer_figure": 2, "ratio": 0.5}]), [])

    def test_faults_name_row_and_key(self):
        cases = [({"figure": "1"}, "figure"), ({"figure": True}, "figure"), ({"ok": 1}, "ok"), ({"goal": None}, "goal"),
                 ({"figure": float("nan")}, "figure"), ({"colour": 1}, "colour"), ({"what": 3}, "what")]
        for change, key in cases:
            with self.subTest(change=change):
                found = report.faults([GOOD | change])
                self.assertEqual(len(found), 1)
                self.assertIn(f"a: {'unknown key ' if key == 'colour' else ''}{key}", found[0])
        self.assertEqual(report.faults([GOOD, GOOD]), ["a: twice"])
        self.assertEqual(report.faults([{"id": "a", "what": "b", "figure": 1}]), ["a: unit is missing"])

    def test_partial_run_keeps_other_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "reports/eval.json")
            report.write(path, [GOOD, GOOD | {"id": "b"}])
            report.write(path, [GOOD | {"figure": 2}], partial=True)
            self.assertEqual({r["id"]: r["figure"] for r in json.loads(path.read_text())}, {"a": 2, "b": 1})


if __name__ == "__main__":
    unittest.main()
