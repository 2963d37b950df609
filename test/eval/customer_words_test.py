"""What is shown of customers' words is what was said: the written cases of objections, qualification and attitude."""
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import customer_words  # noqa: E402

BUILD = pathlib.Path(os.environ.get("HARKEN_BUILD_DIR", HERE.parents[1] / "build"))


class CustomerWords(unittest.TestCase):
    def test_every_kind_has_sixty_cases_on_each_side(self):
        for kind in customer_words.KINDS:
            for side in ("build", "measure"):
                some = customer_words.cases(kind, side)
                self.assertGreaterEqual(len(some), 60, (kind, side))
                self.assertEqual(len({s for _, s in some}), len(some))
                self.assertTrue(any(want == "none" for want, _ in some))

    def test_hardly_anything_is_found_where_nothing_is_and_what_is_shown_was_said(self):
        for kind in customer_words.KINDS:
            some = customer_words.cases(kind, "measure")
            said = customer_words.said(BUILD, kind, some)
            nothing = [got for (want, _), got in zip(some, said) if want == "none"]
            self.assertLessEqual(sum(map(bool, nothing)) / len(nothing), 0.1, kind)
            n = customer_words.counts(kind, some, said)
            shown, right = (sum(v for k, v in n.items() if k[0] == what and isinstance(k, tuple)) for what in ("found", "right"))
            self.assertGreaterEqual(right / shown, 0.8, kind)
            self.assertGreaterEqual(customer_words.figure(kind, n), 0.65, kind)

    def test_the_cases_at_hand_are_found(self):
        least = {"objection": 0.75, "qualification": 0.85, "attitude": 0.9}
        for kind in customer_words.KINDS:
            some = customer_words.cases(kind, "build")
            said = customer_words.said(BUILD, kind, some)
            self.assertGreaterEqual(customer_words.figure(kind, customer_words.counts(kind, some, said)), least[kind], kind)


if __name__ == "__main__":
    unittest.main()
