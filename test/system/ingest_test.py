"""What comes in: files, folders, patterns, standard input; new, known, changed, deleted, refused."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken


class Ingest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server()
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()

    def setUp(self):
        self.folder = self.server.root / self._testMethodName
        self.folder.mkdir()

    def write(self, name, content):
        return files.write(self.folder, name, content)

    def test_answer_of_ingest(self):
        path = self.write("call.vtt", files.vtt())
        done = self.server.run("ingest", "--json", "--wait", path)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(len(done.out.splitlines()), 1)
        answer = json.loads(done.out)
        self.assertEqual({k: v for k, v in answer.items() if k != "seconds"}, {"new": 1, "known": 0, "failed": []})
        self.assertIsInstance(answer["seconds"], float)
        for mode in ("lexical", "vector", "fused"):
            hits = self.server.search("security questionnaire", "--mode", mode, "--in", path)
            self.assertEqual([h["source"] for h in hits], [str(path)], mode)
        self.assertEqual(self.server.status()["pending"], 0)

    def test_closing_table(self):
        good, bad = self.write("a.txt", "Ann: one two three\nBob: four\n"), self.write("b.png", b"\x89PNG\r\n\x1a\n" + bytes(50))
        done = self.server.run("ingest", good, bad)
        self.assertEqual(done.code, 1)
        self.assertRegex(done.out, r"(?m)^new +1$")
        self.assertRegex(done.out, r"(?m)^known +0$")
        self.assertRegex(done.out, r"(?m)^failed +1$")
        self.assertIn(f"  {bad}: ", done.out)

    def test_same_bytes_are_known(self):
        path = self.write("call.srt", files.srt())
        self.assertEqual(self.server.ingest(path)["new"], 1)
        again = self.server.ingest(path)
        self.assertEqual((again["new"], again["known"]), (0, 1))
        self.assertEqual(len(self.listed(path)), 1)

    def listed(self, path):
        quoted = harken.urllib.parse.quote(str(path))
        return json.loads(self.server.http("GET", f"/v1/interactions?in={quoted}").body)["interactions"]

    def test_changed_file_replaces(self):
        path = self.write("note.md", "# Plan\n\nThe marmalade shipment leaves Porto in May.\n")
        self.server.ingest(path)
        old = self.server.show(path)["id"]
        self.write("note.md", "# Plan\n\nThe tapestry shipment leaves Porto in June.\n")
        self.assertEqual(self.server.ingest(path)["new"], 1)
        self.assertEqual([h["interaction"] for h in self.server.search("marmalade", "--mode", "lexical")], [])
        self.assertNotEqual(self.server.show(path)["id"], old)
        self.assertEqual(len(self.server.search("tapestry", "--mode", "lexical")), 1)
        self.assertEqual(self.server.http("GET", f"/v1/interactions/{old}").status, 404)

    def test_back_to_what_it_was(self):
        path = self.write("note.md", "The zeppelin quote is nine pages long.\n")
        self.server.ingest(path)
        self.write("note.md", "The gondola quote is nine pages long.\n")
        self.server.ingest(path)
        self.write("note.md", "The zeppelin quote is nine pages long.\n")
        self.server.ingest(path)
        self.assertIn("zeppelin", self.server.show(path)["turns"][0]["text"])
        self.assertEqual(len(self.server.search("zeppelin", "--mode", "lexical")), 1)
        self.assertEqual(self.server.search("gondola", "--mode", "lexical"), [])

    def test_delete_is_seen_by_the_next_query(self):
        path = self.write("note.md", "The chandelier must be insured before the move.\n")
        self.server.ingest(path)
        hit = self.server.search("chandelier")[0]
        self.assertEqual(self.server.http("DELETE", f"/v1/interactions/{hit['interaction']}").status, 204)
        self.assertNotIn(hit["interaction"], [h["interaction"] for h in self.server.search("chandelier")])
        self.assertEqual(self.server.run("show", "--json", path).code, 1)
        self.assertEqual(self.server.http("DELETE", f"/v1/interactions/{hit['interaction']}").status, 404)
        # And it may come back.
        self.server.ingest(path)
        self.assertEqual(len(self.server.search("chandelier", "--mode", "lexical")), 1)

    def test_new_is_seen_by_the_next_query(self):
        for n in range(5):
            path = self.write(f"{n}.txt", f"Ann: the codeword is quartzite{n}\nBob: thanks\n")
            self.server.ingest(path, wait=False)
            found = harken.wait_for("the words", lambda: self.server.search(f"quartzite{n}", "--mode", "lexical"), 10)
            self.assertEqual(found[0]["source"], str(path))

    def test_folders_patterns_and_relative_paths(self):
        for name in ("a/one.txt", "a/b/two.txt", "a/b/.hidden.txt", "three.txt", "four.md"):
            self.write(name, f"Ann: the {name} file talks about parsnips\nBob: it does\n")
        answer = self.server.ingest("a", "*.md", cwd=self.folder)
        self.assertEqual((answer["new"], answer["failed"]), (3, []))
        sources = {h["source"] for h in self.server.search("parsnips", "--mode", "lexical", "--in", str(self.folder))}
        self.assertEqual(sources, {"a/one.txt", "a/b/two.txt", "four.md"})
        inner = self.server.json("search", "--json", "--in", "a/b", "parsnips", cwd=self.folder)["hits"]
        self.assertEqual({h["source"] for h in inner}, {"a/b/two.txt"})
        self.assertEqual(self.server.json("show", "--json", "a/one.txt", cwd=self.folder)["source"], "a/one.txt")
        self.assertEqual(self.server.search("parsnips", "--in", str(self.folder / "nothing")), [])

    def test_same_bytes_in_two_places(self):
        text = "Ann: both of these files praise artichokes\nBob: they do\n"
        one, two = self.write("one.txt", text), self.write("two.txt", text)
        answer = self.server.ingest(one, two, "--jobs", "1")
        self.assertEqual((answer["new"], answer["known"]), (1, 1))
        self.assertEqual(len(self.server.search("artichokes", "--mode", "lexical")), 1)
        for path in (one, two):
            self.assertEqual(len(self.server.show(path)["turns"]), 2)
            self.assertEqual(len(self.server.search("artichokes", "--mode", "lexical", "--in", path)), 1)

    def test_standard_input(self):
        text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Rhubarb pays for itself.\n"
        done = self.server.run("ingest", "--json", "--wait", "--name", "meeting.vtt", "-", stdin=text)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual([h["source"] for h in self.server.search("rhubarb", "--mode", "lexical")], ["meeting.vtt"])

    def test_standard_input_without_end(self):
        """More than a file may hold, on one line: refused in bounded memory, and what is named beside it comes in."""
        path = self.write("beside.txt", "Ann: The word of this note is quagga.\n")
        ingest = ["ingest", "--json", "--wait", "--name", "endless.txt", "-", str(path)]
        bound = "" if "ASAN_OPTIONS" in os.environ else "ulimit -v 3000000; "  # that sanitizer reserves all addresses there are
        done = subprocess.run(["bash", "-c", bound + 'yes "a b" | tr "\\n" " " | "$@"', "bash", str(harken.binary()), *ingest],
                              capture_output=True, text=True, env=harken.environment(self.server.home), timeout=harken.COMMAND_S)
        self.assertEqual(done.returncode, 1, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual((answer["new"], answer["failed"]), (1, [{"path": "endless.txt", "place": "file", "reason": "larger than 256 MiB"}]))
        self.assertEqual([h["source"] for h in self.server.search("quagga", "--mode", "lexical")], [str(path)])

    def test_wrong_paths(self):
        good = self.write("good.txt", "Ann: the turnip is here\nBob: yes\n")
        answer = self.server.ingest(self.folder / "missing.vtt", good, "/dev/null", ok=False)
        self.assertEqual(answer["new"], 1)
        self.assertEqual([f["path"] for f in answer["failed"]], sorted([str(self.folder / "missing.vtt"), "/dev/null"]))
        for failure in answer["failed"]:
            self.assertEqual(set(failure), {"path", "place", "reason"})
            self.assertTrue(failure["place"] and failure["reason"])

    def test_one_file_with_many(self):
        rows = [files.own_json(title=f"Call {n}", turns=[("Ann", 0, 900, f"saffron number {n}")]) for n in range(4)]
        path = self.write("many.jsonl", "\n".join([*rows[:2], '{"format":"harken.interaction/1","kind":"song","turns":[]}',
                                                  *rows[2:]]) + "\n")
        answer = self.server.ingest(path, ok=False)
        self.assertEqual(answer["new"], 4)
        self.assertEqual(len(answer["failed"]), 1)
        self.assertIn("3", answer["failed"][0]["place"])
        shown = [json.loads(line) for line in self.server.ok("show", "--json", path).splitlines()]
        self.assertEqual([s["title"] for s in shown], [f"Call {n}" for n in range(4)])

    def test_upload_over_http(self):
        reply = self.server.http("POST", "/v1/uploads?source=api.vtt", files.vtt(files.TURNS[:2]).encode(),
                                 {"Content-Type": "application/octet-stream"})
        body = json.loads(reply.body)
        while body["state"] == "pending":
            body = json.loads(self.server.http("GET", f"/v1/uploads/{body['id']}").body)
        self.assertEqual((body["state"], len(body["interactions"]), body["problems"]), ("done", 1, []))
        got = json.loads(self.server.http("GET", f"/v1/interactions/{body['interactions'][0]}").body)
        self.assertEqual([t["text"] for t in got["turns"]], [t[3] for t in files.TURNS[:2]])


class Hostile(unittest.TestCase):
    """Each is refused with a place and a reason, or read harmlessly; the file beside it is always in."""

    MUST_REFUSE = {
        "bomb-part.docx": files.zip_bomb,
        "bomb-text.docx": files.zip_bomb_in_text,
        "entities.docx": files.xml_entities,
        "cut.docx": lambda: files.docx(["words"] * 500)[:900],
        "cut.json": lambda: files.own_json()[:200],
        "empty.vtt": lambda: b"",
        "binary.vtt": lambda: bytes(range(256)) * 40,
        "picture.eml": lambda: b"\x89PNG\r\n\x1a\n" + bytes(300),
        "deep.json": lambda: b"[" * 100000 + b"]" * 100000,
        "deep-own.json": lambda: b'{"format":"harken.interaction/1","kind":"call","x":' + b"[" * 5000 + b"]" * 5000
                                 + b',"turns":[{"text":"a"}]}',
        "wrong-type.json": lambda: b'{"format":"harken.interaction/1","kind":"call","turns":[{"text":7}]}',
        "long-line.txt": lambda: b"word " * (5 << 20),
        "surrogate.json": lambda: b'{"format":"harken.interaction/1","kind":"note","turns":[{"text":"a \\ud800 b"}]}',
        "nul.json": lambda: b'{"format":"harken.interaction/1","kind":"note","turns":[{"text":"a\x00b"}]}',
        "cut.pdf": lambda: b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n",
    }
    MAY_READ = {
        "backwards.vtt": lambda: "WEBVTT\n\n00:09.000 --> 00:02.000\n<v Ann>Backwards I run.\n\n00:03.000 --> 00:04.000\nFine.\n",
        "nul.txt": lambda: b"Ann: before\0after\nBob: fine\n",
        "latin1.txt": lambda: "Ann: Größe und Café\nBob: d'accord\n".encode("latin-1"),
        "nested.eml": lambda: files.nested_mail(400),
        "half-utf8.vtt": lambda: files.vtt().encode()[:-40] + b"\xe2\x82",
        "lone.vtt": lambda: b"WEBVTT\n\n00:01.000 --> 00:02.000\nsurrogate \xed\xa0\x80 here\n",
        "endless.html": lambda: b"<html><body>" + b"<div>" * 20000 + b"words in the deep",
        "years.srt": lambda: "1\n99999999:00:00,000 --> 99999999:59:59,000\nLate.\n\n2\n00:00:01,000 --> 00:00:02,000\nOn time.\n",
    }

    def test_hostile_batch(self):
        with harken.Server() as server:
            folder = server.root / "hostile"
            for name, make in (self.MUST_REFUSE | self.MAY_READ).items():
                files.write(folder, name, make())
            with open(files.write(folder, "huge.vtt", "WEBVTT\n\n"), "r+b") as sparse:
                sparse.truncate(2 << 30)  # one line of 2 GB, of which the disk holds nothing
            for n in range(5):
                files.write(folder, f"good{n}.vtt", files.vtt(files.TURNS[n:n + 2]))
            answer = server.ingest(folder, ok=False, timeout=120)
            failed = {}
            for row in answer["failed"]:
                self.assertTrue(row["place"].strip() and row["reason"].strip(), row)
                self.assertNotRegex(row["reason"], r"errno|0x[0-9a-f]+|\.c:|nullptr|assert")
                failed.setdefault(pathlib.Path(row["path"]).name, []).append(row)
            for name in [*self.MUST_REFUSE, "huge.vtt"]:
                with self.subTest(name):
                    self.assertIn(name, failed)
                    self.assertNotEqual(server.run("show", "--json", folder / name).code, 0, "something was written")
            for name in self.MAY_READ:
                with self.subTest(name):
                    shown = server.run("show", "--json", folder / name)
                    self.assertEqual(shown.code == 0, name not in failed or bool(shown.out), failed.get(name))
                    if shown.code == 0:
                        self.assertNotIn("\0", shown.out)
                        json.loads(shown.out.splitlines()[0])
            for n in range(5):
                self.assertEqual(len(server.show(folder / f"good{n}.vtt")["turns"]), 2)
            self.assertTrue(server.is_ready())
            self.assertNotIn("root:x:0", server.ok("search", "--json", "root daemon bin"))
            self.assertEqual(server.status()["dead"], 0)
            self.assertEqual(server.status()["pending"], 0)

    def test_unreadable_names(self):
        with harken.Server() as server:
            name = os.fsencode(server.root) + b"/odd \xff name\n.txt"
            with open(name, "wb") as f:
                f.write(b"Ann: names may be odd\nBob: yes\n")
            files.write(server.root, "fine.txt", "Ann: names may be fine\nBob: yes\n")
            done = server.run("ingest", "--json", "--wait", name, server.root / "fine.txt")
            answer = json.loads(done.out)
            self.assertEqual(answer["new"] + len(answer["failed"]), 2)
            self.assertEqual(len(server.search("names may be fine", "--mode", "lexical", "--in", server.root / "fine.txt")), 1)


if __name__ == "__main__":
    unittest.main()
