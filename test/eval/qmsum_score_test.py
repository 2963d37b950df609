"""Check values of qmsum_score.py: `python3 test/eval/qmsum_score_test.py`. The first half needs no data; the second
reproduces the published check values when HARKEN_QMSUM (or ../shared/data/qmsum) holds the data set."""

import os
import unittest

import qmsum_score as s

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("HARKEN_QMSUM", os.path.join(HERE, "../../../shared/data/qmsum"))


class Made(unittest.TestCase):
    def test_passages_close_at_the_limit(self):
        expected = [(0, 128), (128, 129), (129, 257), (257, 385), (385, 429), (429, 434)]
        self.assertEqual(s.passages([100, 28, 1, 0, 300, 5]), expected)

    def test_projection_takes_half_of_the_shorter(self):
        self.assertEqual(s.project([(50, 150), (0, 10)], [(0, 100), (100, 200)]), [0, 1])
        with self.assertRaises(ValueError):
            s.project([(0, 513)], [(0, 100)])

    def test_perfect_and_half_ranking(self):
        q = s.Query("q", set(range(10)), {0})
        self.assertEqual(s.passage_measures([0, 1], q.relevant)["ndcg10"], 1.0)
        self.assertAlmostEqual(s.passage_measures([1, 0], q.relevant)["ndcg10"], 0.6309297535714575)

    def test_bytes_become_words(self):
        m = s.Meeting("m", {"meeting_transcripts": [{"speaker": "A", "content": "é bc\u00a0d"}], "specific_query_list": []})
        self.assertEqual(m.words, ["é", "bc", "d"])
        self.assertEqual(m.span_words(0, 3, 5), (1, 2))
        self.assertEqual(m.span_words(0, 0, 99), (0, 3))
        self.assertIsNone(m.span_words(0, 2, 3))


@unittest.skipUnless(os.path.isdir(DATA), "the QMSum data is not here")
class Published(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.val = s.load(DATA, "val")

    def counts(self, meetings):
        queries = [q for m in meetings for q in m.queries]
        return (
            len(meetings),
            len(queries),
            sum(bool(q.relevant) for q in queries),
            sum(len(m.words) for m in meetings),
            sum(len(m.passages) for m in meetings),
        )

    def test_sizes(self):
        self.assertEqual(self.counts(self.val), (15, 105, 104, 156249, 1550))
        self.assertEqual(self.counts(s.load(DATA, "train"))[:3], (162, 1095, 1088))

    def test_two_meetings(self):
        m = {m.name: m for m in self.val}
        a, c = m["ES2006a"], m["covid_2"]
        self.assertEqual((len(a.turns), len(a.words), len(a.passages)), (313, 3406, 33))
        self.assertEqual(a.passages[:4], [(0, 112), (112, 220), (220, 348), (348, 379)])
        self.assertEqual([len(q.gold) for q in a.queries[:2]], [912, 265])
        self.assertEqual([sorted(q.relevant) for q in a.queries[:2]], [list(range(22, 31)), [22, 23, 24]])
        self.assertEqual((len(c.turns), len(c.words), len(c.passages)), (393, 22430, 249))
        self.assertEqual(c.passages[:4], [(0, 122), (122, 196), (196, 324), (324, 347)])
        self.assertEqual((len(c.queries[0].gold), sorted(c.queries[0].relevant)), (361, [4, 5, 6, 7]))

    def row(self, name, expected):
        got = s.reference_row(self.val, s.REFERENCE[name])
        keys = ("ndcg10", "mrr10", "r5", "r10", "r20", "wr500", "wr1000", "wr2000")
        for k, v in zip(keys, expected):
            self.assertAlmostEqual(got[k], v, delta=0.00006, msg=f"{name} {k}")

    def test_reference_rows(self):
        self.row("document order", (0.1205, 0.0866, 0.0443, 0.1418, 0.2697, 0.0433, 0.1219, 0.2439))
        self.row("BM25 k1 0.9 b 0.4", (0.3233, 0.4849, 0.2087, 0.3277, 0.5019, 0.2080, 0.3152, 0.4990))
        self.row("BM25 k1 1.2 b 0.75", (0.3319, 0.4902, 0.2061, 0.3392, 0.4942, 0.2125, 0.3213, 0.4987))
        self.row("+ stop", (0.3807, 0.5326, 0.2724, 0.3964, 0.5343, 0.2530, 0.3812, 0.5284))
        self.row("+ stop + speaker", (0.4083, 0.5597, 0.2957, 0.4370, 0.5550, 0.2827, 0.4202, 0.5539))
        self.row("+ stop + speaker + neighbours", (0.5093, 0.5694, 0.3585, 0.5406, 0.7111, 0.3587, 0.5141, 0.6820))


if __name__ == "__main__":
    unittest.main()
