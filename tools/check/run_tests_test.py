"""How tools/check/run_tests counts what test programs print and how they end."""
import importlib.machinery
import importlib.util
import os
import pathlib
import unittest

PATH = pathlib.Path(__file__).with_name("run_tests")
LOADER = importlib.machinery.SourceFileLoader("run_tests", str(PATH))
SPEC = importlib.util.spec_from_loader("run_tests", LOADER)
run_tests = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(run_tests)


def shell(script, timeout_s=20):
    program = run_tests.Program("t", "unit", ["sh", "-c", script], timeout_s, {})
    program.run(dict(os.environ))
    return program.passed, [name for name, _ in program.failures], program


class RunTests(unittest.TestCase):
    def test_cases_are_counted_not_programs(self):
        self.assertEqual(shell("echo 1..2; echo 'ok 1 - a'; echo 'ok 2 - b'")[:2], (2, []))

    def test_a_program_may_have_several_groups(self):
        self.assertEqual(shell("echo 1..1; echo 'ok 1 - a'; echo 1..1; echo 'ok 1 - b'")[:2], (2, []))

    def test_a_failed_case_is_named_and_explained(self):
        passed, failed, program = shell("echo 1..2; echo 'ok 1 - a'; echo '3 != 4'; echo 'not ok 2 - b'; "
                                        "echo '# b.c:7: error'; exit 1")
        self.assertEqual((passed, failed), (1, ["b"]))
        self.assertEqual(program.failures[0][1], ["3 != 4", "b.c:7: error"])

    def test_skipped_cases_do_not_count_as_passed(self):
        passed, failed, program = shell("echo 1..2; echo 'ok 1 - a # SKIP no disk'; echo 'ok 2 - b'")
        self.assertEqual((passed, failed, program.skipped), (1, [], 1))

    def test_a_case_that_cmocka_skips_has_not_failed(self):
        passed, failed, program = shell("echo 1..2; echo 'ok 1 - a'; echo 'not ok 2 # SKIP b'")
        self.assertEqual((passed, failed, program.skipped), (1, [], 1))

    def test_an_early_end_is_a_failure(self):
        self.assertEqual(shell("echo 1..3; echo 'ok 1 - a'")[:2], (1, ["2 of 3 cases did not run"]))

    def test_an_error_after_the_last_case_is_a_failure(self):
        self.assertEqual(shell("echo 1..1; echo 'ok 1 - a'; exit 3")[:2], (1, ["exit status 3"]))

    def test_a_signal_is_a_failure(self):
        self.assertEqual(shell("echo 1..1; echo 'ok 1 - a'; kill -ABRT $$")[:2], (1, ["ended by signal SIGABRT"]))

    def test_running_nothing_is_a_failure(self):
        self.assertEqual(shell("true")[:2], (0, ["no test case was run"]))

    def test_too_long_is_a_failure_and_children_are_ended(self):
        _, failed, _ = shell("sleep 60 & sleep 60", timeout_s=1)
        self.assertEqual(failed, ["not finished after 1 s"])

    def test_a_missing_program_is_a_failure(self):
        program = run_tests.Program("t", "unit", ["/nonexistent/x"], 5, {}).run(dict(os.environ))
        self.assertEqual([name for name, _ in program.failures], ["cannot start"])


if __name__ == "__main__":
    unittest.main()
