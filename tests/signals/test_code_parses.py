import pytest

from repotriage.models.base import msg
from repotriage.models.reading import BrokenFile, CodeSize, Reading
from repotriage.signals.code_parses import code_parses
from tests.builders import at, gap, study


def broken(n: int, *, python2: bool = False) -> tuple[BrokenFile, ...]:
    return tuple(BrokenFile(at=at(f"{i}.py", 3), reason=msg("no"), python2=python2) for i in range(n))


def test_all_parsed_is_good() -> None:
    assert code_parses(study(reading=Reading(size=CodeSize(python_files=4)))).verdict == "good"


@pytest.mark.parametrize(("n", "grade"), [(1, 0.95), (10, 0.6), (50, 0.0)])
def test_broken_files_are_graded_by_their_share(n: int, grade: float) -> None:
    finding = code_parses(study(reading=Reading(size=CodeSize(python_files=100), broken=broken(n))))
    assert finding.grade == pytest.approx(grade)
    assert str(finding.evidence[0].at) == "0.py:3"


def test_python_2_is_told() -> None:
    finding = code_parses(study(reading=Reading(size=CodeSize(python_files=2), broken=broken(2, python2=True))))
    assert "Python 2: 2" in str(finding.summary)


def test_nothing_to_parse_is_bad_or_not_known() -> None:
    assert code_parses(study({"README.md": ""})).verdict == "bad"
    assert code_parses(study(gaps=(gap("files"),))).verdict == "unknown"
    assert code_parses(study({"a.cu": ""})).verdict == "unknown"
