from repotriage.models.reading import CodeSize, Reading, TestFacts
from repotriage.signals.ci_runs_tests import ci_runs_tests
from tests.builders import CODE, at, gap, study


def test_a_workflow_is_good() -> None:
    facts = TestFacts(ci_files=(at(".github/workflows/ci.yml", 12),))
    finding = ci_runs_tests(study(reading=Reading(size=CODE, tests=facts)))
    assert finding.verdict == "good"
    assert str(finding.evidence[0].at) == ".github/workflows/ci.yml:12"


def test_none_is_bad_or_not_known_or_makes_no_sense() -> None:
    assert ci_runs_tests(study(reading=Reading(size=CODE))).verdict == "bad"
    assert ci_runs_tests(study(reading=Reading(size=CODE), gaps=(gap("files"),))).verdict == "unknown"
    assert ci_runs_tests(study(reading=Reading(size=CodeSize(notebook_code_cells=50)))).verdict == "n/a"
