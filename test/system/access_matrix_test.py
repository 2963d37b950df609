"""The access matrix, with both locks, and with each of them taken away."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
import company
import graph_matrix
import harken
import matrix

CONTENT = ("interactions", "search", "ask", "deals", "findings", "actions", "break-glass")


def content(op):
    """Operations that the locks of conversations and deals are about."""
    parts = op.path.split("/")
    return len(parts) > 2 and parts[2] in CONTENT


class AccessMatrix(unittest.TestCase):
    def check(self, m, least):
        self.assertEqual(m.problems, [])
        self.assertGreaterEqual(len(m.cells), least)

    def test_both_locks(self):
        with harken.Server(*matrix.SETTINGS) as server:
            self.check(matrix.Matrix(matrix.World(server)).run(), 3000)

    def test_without_the_first_lock(self):
        """The program's own filter says yes to everything (a build that is never installed): the database still refuses."""
        os.environ["HARKEN_BINARY"] = "harken-first-lock-off"
        try:
            with harken.Server(*matrix.SETTINGS) as server:
                world = matrix.World(server)
                self.check(matrix.Matrix(world, content).run(alike=False), 300)
                self.check(graph_matrix.GraphMatrix(world, content).run(alike=False), 300)
        finally:
            del os.environ["HARKEN_BINARY"]

    def test_without_the_second_lock(self):
        """The database lets everything through: the program still refuses."""
        with harken.Server(*matrix.SETTINGS) as server:
            world = matrix.World(server)
            company.sql(server, "CREATE OR REPLACE FUNCTION harken_reads_all() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'")
            self.check(matrix.Matrix(world, content).run(), 300)
            self.check(graph_matrix.GraphMatrix(world, content).run(), 300)

    def test_both_locks_over_graphql(self):
        with harken.Server(*matrix.SETTINGS) as server:
            m = graph_matrix.GraphMatrix(matrix.World(server)).run()
            self.check(m, 5000)
            self.assertGreater(len({c.operation for c in m.cells}), 100)

    def test_it_would_notice(self):
        """With both locks away the matrix fails: it is able to."""
        os.environ["HARKEN_BINARY"] = "harken-first-lock-off"
        try:
            with harken.Server(*matrix.SETTINGS) as server:
                world = matrix.World(server)
                company.sql(server, "CREATE OR REPLACE FUNCTION harken_reads_all() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'")
                problems = matrix.Matrix(world, lambda op: op.path == "/v1/interactions/{}" and op.method == "GET").run(alike=False).problems
                self.assertTrue(any("allowed 200, not missing" in p for p in problems), problems[:5])
                only = lambda op: op.path in ("/v1/findings/{}", "/v1/deals/{}") and op.method == "GET"
                problems = graph_matrix.GraphMatrix(world, only).run(alike=False).problems
                self.assertTrue(any("allowed 200, not missing" in p for p in problems), problems[:5])
        finally:
            del os.environ["HARKEN_BINARY"]


if __name__ == "__main__":
    unittest.main()
