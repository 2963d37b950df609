"""What search, ask, show and insights print: their shapes, and that every span points at the words it quotes."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken

SAMPLES = harken.TOP / "samples/northwind-robotics/interactions"
STATISTIC_KEYS = {"id", "speaker", "of", "value", "unit", "n", "reason", "definition_version", "inputs_hash", "spans"}
FINDING_KEYS = {"kind", "class", "modality", "owner", "due", "value", "confidence", "maker", "version", "spans"}
QUESTIONS = ["What did Tom say about the security questionnaire?", "Who needs thirty carriers?",
             "When will the questionnaire be sent?"]


def some_samples():
    """A dozen real-looking files of several formats, the same ones every time."""
    found = sorted(p for p in SAMPLES.rglob("*") if p.suffix in (".vtt", ".srt", ".txt", ".json", ".eml", ".md"))
    return found[::max(1, len(found) // 14)]


class Query(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.calls = {ext: files.write(cls.server.root, f"calls/meeting.{ext}", content) for ext, content in (
            ("vtt", files.vtt()), ("srt", files.srt()), ("txt", files.named()), ("json", files.own_json()))}
        cls.mail = files.write(cls.server.root, "mail/reply.eml", files.mail(
            "Re: thirty carriers", "Dear Ines,\r\n\r\nThe board agreed to thirty carriers on Monday.\r\n\r\nBest regards,\r\n"
            "Tom Okafor\r\nHead of Dispatch, Dalgaard Dairy\r\n\r\nOn Mon, 5 Oct 2026 at 10:00, Ines Duarte wrote:\r\n"
            "> Did the board decide on the carriers?\r\n> Ines\r\n"))
        cls.samples = some_samples()
        cls.server.ingest(cls.server.root / "calls", cls.mail, *cls.samples)
        cls.shown = {}

    def show(self, interaction):
        if interaction not in self.shown:
            self.shown[interaction] = self.server.show(interaction)
        return self.shown[interaction]

    # ---- show ----

    def test_show_is_our_own_json(self):
        shown = self.server.show(self.calls["vtt"])
        self.assertEqual((shown["format"], shown["kind"]), ("harken.interaction/1", "call"))
        self.assertEqual(shown["source"], str(self.calls["vtt"]))
        self.assertEqual(shown["language"], "en")
        self.assertEqual([(t["speaker"], t["start_ms"], t["end_ms"], t["text"]) for t in shown["turns"]], files.TURNS)
        self.assertEqual([p["name"] for p in shown["participants"]], ["Ines Duarte", "Tom Okafor"])
        self.assertEqual(self.server.show(shown["id"]), shown)

    def test_one_content_in_every_format(self):
        want = [(who, text) for who, _, _, text in files.TURNS]
        times = [(a, b) for _, a, b, _ in files.TURNS]
        for ext, path in self.calls.items():
            turns = self.server.show(path)["turns"]
            self.assertEqual([(t["speaker"], t["text"]) for t in turns], want, ext)
            if ext != "txt":
                self.assertEqual([(t["start_ms"], t["end_ms"]) for t in turns], times, ext)

    def test_show_taken_elsewhere_is_the_same(self):
        """What show prints can be ingested again and shows the same conversation."""
        for path in [self.calls["vtt"], self.calls["srt"], *self.samples]:
            shown = self.server.show(path)
            again = files.write(self.server.root, f"again/{shown['id']}.json", json.dumps(shown))
            self.server.ingest(again)
            back = self.server.show(again)
            for key in ("kind", "title", "started_at", "duration_ms", "participants", "turns"):
                self.assertEqual(back.get(key), shown.get(key), (path, key))
            # Without the hash: it covers the earlier calls, of which there are more by now.
            figures = [[{k: v for k, v in row.items() if k != "inputs_hash"}
                        for row in self.server.json("insights", "--json", p)["statistics"]] for p in (path, again)]
            self.assertEqual(*figures, path)

    def test_mail_is_split(self):
        shown = self.server.show(self.mail)
        self.assertEqual(shown["kind"], "mail")
        words = " ".join(t["text"] for t in shown["turns"])
        self.assertIn("agreed to thirty carriers", words)
        self.assertNotIn("Did the board decide", words)
        self.assertIn("Did the board decide", json.dumps(shown["quoted"]))
        self.assertIn("Head of Dispatch", json.dumps(shown["signature"]))

    def test_clean_maps_both_ways(self):
        path = files.write(self.server.root, "um.json", files.own_json(
            [("Ann", 0, 5000, "Um, so we, we need the the – naïve, you know – plan."), ("Bob", 5000, 6000, "")]))
        self.server.ingest(path)
        original = self.server.show(path)
        clean = self.server.json("show", "--json", "--clean", path)
        self.assertEqual(len(clean["turns"]), len(original["turns"]))
        for before, after in zip(original["turns"], clean["turns"]):
            was, now = before["text"].encode(), after["text"].encode()
            self.assertLessEqual(len(now), len(was))
            for at, size, from_at, from_size in after["map"]:
                self.assertLessEqual(at + size, len(now))
                self.assertLessEqual(from_at + from_size, len(was))
                if size == from_size:
                    self.assertEqual(now[at:at + size].lower(), was[from_at:from_at + from_size].lower())
        self.assertNotIn("um", clean["turns"][0]["text"].lower().replace(",", " ").split())
        self.assertIn("Um,", original["turns"][0]["text"])

    def test_words_of_others_cannot_drive_the_terminal(self):
        path = files.write(self.server.root, "escape.json", files.own_json(
            [("An\x1b[31mn", 0, 5000, "The zebra\x1b]0;owned\x07 pays\u009b2J forty ducats.")]))
        self.server.ingest(path)
        for args in (["show", path], ["search", "zebra ducats"], ["ask", "How many ducats does the zebra pay?"], ["insights", path]):
            out = self.server.ok(*args)
            self.assertEqual([c for c in out if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160], [], args)
        self.assertIn("zebra\ufffd]0;owned\ufffd pays", self.server.ok("show", path))

    def test_unknown_path_or_id(self):
        for command in ("show", "insights"):
            for what in ("/no/such/file", "01a20d6b-33ba-7052-9c05-8ca9ad3b6928"):
                done = self.server.run(command, "--json", what)
                self.assertEqual((done.code, done.out), (1, ""))
                self.assertTrue(done.err.startswith("harken: "), done.err)

    # ---- search ----

    def check_hit(self, hit, rank):
        self.assertLessEqual({"rank", "score", "interaction", "source", "kind", "spans", "text"}, set(hit))
        self.assertEqual(hit["rank"], rank)
        self.assertIsInstance(hit["score"], (int, float))
        self.assertIn(hit["kind"], ("call", "mail", "note", "document"))
        shown = self.show(hit["interaction"])
        self.assertEqual((shown["source"], shown["kind"]), (hit["source"], hit["kind"]))
        self.assertTrue(hit["spans"])
        for span in hit["spans"]:
            self.assertEqual(set(span), {"turn", "start", "end"})
            self.assertLess(span["start"], span["end"])
        words = [harken.span_bytes(shown, span) for span in hit["spans"]]
        self.assertEqual("\n".join(words), hit["text"])

    def test_search(self):
        for mode in ("fused", "lexical", "vector"):
            for query in ("security questionnaire", "delivery date", "Preis", "price of the pilot in euros", "naïve"):
                hits = self.server.search(query, "--mode", mode, "--limit", "7")
                self.assertLessEqual(len(hits), 7)
                if query != "naïve":
                    self.assertTrue(hits or mode == "lexical", (mode, query))
                for rank, hit in enumerate(hits, 1):
                    with self.subTest(f"{mode} {query} {rank}"):
                        self.check_hit(hit, rank)
                self.assertEqual([h["score"] for h in hits], sorted((h["score"] for h in hits), reverse=True))

    def test_search_within(self):
        for where in (self.server.root / "calls", self.calls["srt"], self.server.show(self.calls["vtt"])["id"]):
            for hit in self.server.search("carriers", "--in", where):
                self.assertTrue(str(where) in (hit["interaction"], hit["source"]) or hit["source"].startswith(f"{where}/"))
        self.assertTrue(all(h["kind"] == "mail" for h in self.server.search("carriers", "--kind", "mail")))
        self.assertEqual(len(self.server.search("carriers", "--limit", "1")), 1)
        self.assertEqual(self.server.search("carriers", "--in", "/nowhere/at/all"), [])

    def test_search_of_odd_questions(self):
        for query in ("?", "the", "\"", "a" * 3000, "ß ﬁ Ǆ \u200f\u202e", "' OR 1=1 --", "%s%n", "🤖", "{}", "\\", "-x"):
            done = self.server.run("search", "--json", "--", query)
            self.assertEqual(done.code, 0, (query[:20], done.err))
            self.assertIsInstance(json.loads(done.out)["hits"], list)
        for query in ("", "   "):
            self.assertNotEqual(self.server.run("search", "--json", query).code, 0)

    def test_search_batch(self):
        lines = [{"query": "security questionnaire", "in": str(self.calls["vtt"])}, {"query": "carriers", "limit": 2},
                 {"query": "carriers", "mode": "lexical", "limit": 1, "in": None}]
        out = self.server.ok("search", "--batch", "-", "--json", stdin="\n".join(map(json.dumps, lines)) + "\n")
        answers = [json.loads(line)["hits"] for line in out.splitlines()]
        self.assertEqual([len(a) for a in answers], [1, 2, 1])
        self.assertEqual(answers[0][0]["source"], str(self.calls["vtt"]))
        self.assertEqual(answers[1], self.server.search("carriers", "--limit", "2"))
        file = files.write(self.server.root, "batch.jsonl", '{"query":"carriers"}\nnot json\n{"query":"price"}\n')
        done = self.server.run("search", "--json", "--batch", file)
        self.assertEqual((done.code, len(done.out.splitlines())), (1, 3))
        self.assertIn("line 2", done.err)
        self.assertIn("error", json.loads(done.out.splitlines()[1]))

    # ---- ask ----

    def check_answer(self, answer):
        self.assertLessEqual({"found", "maker", "sentences", "rows"}, set(answer))
        self.assertIn(answer["maker"], ("extractive", "model"))
        if not answer["found"]:
            self.assertEqual((answer["sentences"], answer["rows"]), ([], []))
        for sentence in answer["sentences"]:
            self.assertLessEqual({"text", "spans"}, set(sentence))
            self.assertTrue(sentence["text"].strip())
            # Only what was counted rests on rows instead of somebody's words.
            self.assertTrue(sentence["spans"] or answer["rows"], sentence)
            for span in sentence["spans"]:
                self.assertEqual(set(span), {"interaction", "source", "turn", "start", "end", "quote"})
                shown = self.show(span["interaction"])
                self.assertEqual(shown["source"], span["source"])
                self.assertEqual(harken.span_bytes(shown, span), span["quote"])

    def test_ask(self):
        for question in QUESTIONS:
            answer = self.server.ask(question, "--in", self.calls["vtt"])
            self.check_answer(answer)
            self.assertTrue(answer["found"], question)
        answer = self.server.ask("What has to be answered before Tom signs?")
        self.check_answer(answer)
        self.assertIn("questionnaire", json.dumps(answer["sentences"]))

    def test_ask_what_nobody_said(self):
        for question in ("What is the melting point of tungsten?", "Who won the chess championship in 1972?"):
            answer = self.server.ask(question)
            self.check_answer(answer)
            self.assertFalse(answer["found"], answer)
        self.assertIn("not found in what you may see", self.server.ok("ask", "Which opera did Verdi write last?"))

    def test_a_path_that_nothing_came_from_is_named(self):
        for command, empty in (("search", {"hits": []}), ("ask", {"found": False})):
            done = self.server.run(command, "--json", "--in", "/no/such/place", "pilot price")
            self.assertEqual((done.code, done.err), (0, "harken: no interaction came from /no/such/place\n"), command)
            self.assertEqual({k: json.loads(done.out)[k] for k in empty}, empty)
        known = self.server.run("search", "--mode", "lexical", "--in", self.server.search("pilot price")[0]["source"], "xyzzyplugh")
        self.assertEqual((known.code, known.err), (0, ""))

    def test_ask_to_count_and_to_list(self):
        answer = self.server.ask("How many mails are there?", "--in", self.server.root / "mail")
        self.check_answer(answer)
        self.assertTrue(answer["found"])
        self.assertEqual([r["interaction"] for r in answer["rows"]], [self.server.show(self.mail)["id"]])

    def test_ask_batch(self):
        lines = "\n".join(json.dumps({"question": q, "in": str(self.calls["vtt"])}) for q in QUESTIONS)
        out = self.server.ok("ask", "--json", "--batch", "-", stdin=lines)
        answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(answers), len(QUESTIONS))
        for question, answer in zip(QUESTIONS, answers):
            self.assertEqual(answer, self.server.ask(question, "--in", self.calls["vtt"]))

    # ---- insights ----

    def test_insights(self):
        got = self.server.json("insights", "--json", self.calls["vtt"])
        self.assertEqual(got["interaction"], self.server.show(self.calls["vtt"])["id"])
        self.assertIn("What would have to be true for you to sign in October?",
                      [f["spans"][0]["quote"] for f in got["findings"] if (f["kind"], f["class"]) == ("question", "open")])
        for finding in got["findings"]:
            self.assertEqual(set(finding), FINDING_KEYS)
        self.assertTrue(got["statistics"])
        for row in got["statistics"]:
            self.assertEqual(set(row), STATISTIC_KEYS)
            self.assertTrue((row["value"] is None) == bool(row["reason"]), row)
            self.assertRegex(row["inputs_hash"], r"^[0-9a-f]{64}$")
        time_of = {r["speaker"]: r["value"] for r in got["statistics"] if r["id"] == "talk_time"}
        # By hand: 6.2 + 8.1 + 5.7 and 5.9 + 12.7 + 3.9 seconds.
        self.assertAlmostEqual(time_of["Ines Duarte"], 20.0, places=6)
        self.assertAlmostEqual(time_of["Tom Okafor"], 22.5, places=6)

    def test_insights_without_times(self):
        rows = self.server.json("insights", "--json", self.calls["txt"])["statistics"]
        self.assertTrue(all(r["reason"] == "no_times" for r in rows if r["id"] == "talk_time"))

    def test_insights_do_not_depend_on_the_format(self):
        tables = [[{k: v for k, v in row.items() if k != "inputs_hash"}
                   for row in self.server.json("insights", "--json", self.calls[ext])["statistics"]]
                  for ext in ("vtt", "srt", "json")]
        self.assertEqual(tables[0], tables[2])
        # `Name: words` in cues is how Zoom writes, one cue at a time: overlaps are not known there.
        for row, other in zip(tables[0], tables[1], strict=True):
            if other["reason"] != "source_without_overlap":
                self.assertEqual(row, other)

    def test_for_people(self):
        self.assertRegex(self.server.ok("search", "carriers"), r"(?m)^ 1\. .+ turns? \d+")
        self.assertIn("talk_time", self.server.ok("insights", self.calls["vtt"]))
        self.assertIn("00:00:06 Tom Okafor: Morning Ines.", self.server.ok("show", self.calls["vtt"]))
        self.assertRegex(self.server.ok("status"), r"(?m)^harken \S+ at http://\S+: ready$")


if __name__ == "__main__":
    unittest.main()
