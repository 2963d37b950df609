"""Questions about what was promised, objected to and asked for: answered by the words, or by their number."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import files
import harken


def call(title, day, turns):
    people = [{"name": "Ines Duarte", "email": "ines@northwind-robotics.example", "side": "internal"},
              {"name": "Tom Okafor", "email": "tom@dalgaard-dairy.example", "side": "external"}]
    return {"format": "harken.interaction/1", "kind": "call", "title": title, "started_at": f"{day}T09:00:00Z", "participants": people,
            "turns": [{"speaker": who, "text": text} for who, text in turns]}


class AskFindings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harken.Server("--set", "company.domains=northwind-robotics.example")
        cls.addClassCleanup(cls.server.discard)
        cls.server.start()
        cls.path = files.write(cls.server.root, "calls/dispatch.json", json.dumps(call("Dispatch hall", "2026-10-06", [
            ("Ines Duarte", "I'll send you the revised offer by Friday."),
            ("Tom Okafor", "That is too expensive for us."),
            ("Tom Okafor", "I'll send you the floor plan tomorrow."),
            ("Ines Duarte", "The weather is nice today.")])))
        cls.server.ingest(cls.server.root / "calls")

    def quotes(self, question):
        said = self.server.ask(question)
        for sentence in said["sentences"]:
            for s in sentence["spans"]:
                text = self.server.show(s["interaction"])["turns"][s["turn"]]["text"].encode()
                self.assertEqual(text[s["start"]:s["end"]].decode(), s["quote"])
        return said, [s["text"] for s in said["sentences"]]

    def test_promises_by_side_and_by_person(self):
        for question, want in (("What did we promise Dalgaard?", "I'll send you the revised offer by Friday."),
                               ("What did Dalgaard promise us?", "I'll send you the floor plan tomorrow."),
                               ("What did Tom promise?", "I'll send you the floor plan tomorrow."),
                               ("what did Ines Duarte promise in October 2026?", "I'll send you the revised offer by Friday.")):
            said, texts = self.quotes(question)
            self.assertEqual((said["found"], texts, said["count"]), (True, [want], 1), question)
            self.assertEqual(said["sentences"][0]["spans"][0]["source"], str(self.path))
            self.assertEqual([(r["kind"], r["title"], r["source"]) for r in said["rows"]], [("commitment", "Dispatch hall", str(self.path))])
        self.assertEqual(said["rows"][0]["detail"], "promised by Ines Duarte, due 2026-10-09")

    def test_objections_are_quoted_and_counted(self):
        _, texts = self.quotes("Which objections did Dalgaard raise?")
        self.assertEqual(texts, ["That is too expensive for us."])
        said, texts = self.quotes("How many objections about price were there?")
        self.assertEqual((said["count"], texts), (1, ["1 objection about price"]))
        said, texts = self.quotes("How many objections about security did Dalgaard raise?")
        self.assertEqual((said["found"], said["count"], said["rows"]), (True, 0, []))

    def test_where_one_looks_is_kept(self):
        self.assertEqual(self.server.ask("How many objections were there?", "--in", "elsewhere/")["count"], 0)

    def test_half_a_question_is_not_answered(self):
        self.assertNotIn("count", self.server.ask("Which objections about penguins did Dalgaard raise?"))


if __name__ == "__main__":
    unittest.main()
