from repotriage.models.reading import CodeSize, Reading, TestFacts
from repotriage.signals.tests_present import tests_present as present
from tests.builders import CODE, gap, study


def test_enough_tests_are_good() -> None:
    facts = TestFacts(test_files=("tests/test_a.py",), test_functions=2)
    finding = present(study(reading=Reading(size=CODE, tests=facts)))
    assert finding.verdict == "good"
    assert str(finding.evidence[0].at) == "tests/test_a.py"


def test_too_few_are_graded() -> None:
    size = CodeSize(python_files=9, python_lines=5000)
    assert present(study(reading=Reading(size=size, tests=TestFacts(test_functions=1)))).grade == 0.1


def test_none_is_bad_or_not_known_or_makes_no_sense() -> None:
    assert present(study(reading=Reading(size=CODE))).verdict == "bad"
    assert present(study(reading=Reading(size=CODE), gaps=(gap("files"),))).verdict == "unknown"
    assert present(study(reading=Reading(size=CodeSize(notebook_code_cells=50)))).verdict == "n/a"
