from tests.reading import read


def test_tests_and_the_ci_that_runs_them() -> None:
    workflow = "on: push\njobs:\n  a:\n    steps:\n      - name: pytest\n      - run: python -m pytest tests\n"
    found = read({"tests/test_a.py": "def test_x():\n    pass\n", ".github/workflows/ci.yml": workflow}).tests
    assert (found.test_files, found.test_functions) == (("tests/test_a.py",), 1)
    assert [str(at) for at in found.ci_files] == [".github/workflows/ci.yml:6"]


def test_an_evaluation_script_is_no_test() -> None:
    found = read({"test.py": "def test(model):\n    pass\n", ".github/workflows/lint.yml": "run: ruff check\n"}).tests
    assert (found.test_files, found.ci_files) == ((), ())
