"""Check values of docrag_score.py: `python3 test/eval/docrag_score_test.py`."""

import os
import unittest

import docrag_score as s

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("HARKEN_DOCRAG", os.path.join(HERE, "../../../shared/data/doc-rag"))


class Made(unittest.TestCase):
    def test_repeats_do_not_count_twice(self):
        self.assertAlmostEqual(s.measures(["a", "a", "b"], {"b"})["ndcg10"], 0.6309297535714575)
        self.assertEqual(s.measures(["b", "b"], {"b", "c"})["r10"], 0.5)


@unittest.skipUnless(os.path.isdir(DATA), "the doc-rag data is not here")
class Published(unittest.TestCase):
    def test_sizes_and_bm25(self):
        passages, tasks = s.load(DATA)
        self.assertEqual((len(tasks), sum(bool(t.relevant) for t in tasks), len(passages)), (299, 233, 747))
        row = s.reference(passages, tasks)
        for key, value in (("ndcg10", 0.741), ("r10", 0.798), ("mrr10", 0.764)):
            self.assertAlmostEqual(row[key], value, delta=0.0006, msg=key)


if __name__ == "__main__":
    unittest.main()
