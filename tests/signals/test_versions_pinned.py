import pytest

from repotriage.models.reading import Reading, TestFacts
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.signals.versions_pinned import versions_pinned
from tests.builders import CODE, declared, gap, imported, learning, requirement, study


def pins(*specifiers: str, texts: dict[str, str] | None = None, reading: Reading | None = None) -> Study:
    lines = [requirement(f"p{n}", specifier, line=n + 1) for n, specifier in enumerate(specifiers)]
    return study(texts, reading=reading or learning(), dependencies=declared(*lines))


@pytest.mark.parametrize(
    ("specifiers", "grade"),
    [
        (("==1.0", "~=1.0", "<2", ">=1,<2"), 1.0),
        (("==1.0", "==1.0", "==1.0", "==1.0", ""), 1.0),
        (("==1.0", ""), 0.5 / 0.8),
        ((">=1.0", ">=2"), 0.5 / 0.8),
        (("", "!=2"), 0.0),
    ],
)
def test_the_grade_is_the_share_that_is_bounded(specifiers: tuple[str, ...], grade: float) -> None:
    assert versions_pinned(pins(*specifiers)).grade == pytest.approx(grade)


def test_the_loose_ones_are_shown() -> None:
    finding = versions_pinned(pins("==1.0", ""))
    assert [str(one.at) for one in finding.evidence] == ["requirements.txt:2"]


def test_a_library_needs_room() -> None:
    library = Reading(size=CODE, tests=TestFacts(test_functions=50))
    assert versions_pinned(pins(">=1.0", texts={"setup.py": ""}, reading=library)).verdict == "good"


def test_pins_that_cannot_be_installed_earn_nothing() -> None:
    pinned = pins("==1.0")
    broken = pinned.model_copy(update={"environment": Environment(verdict="conflict", best=None)})
    assert versions_pinned(pinned).grade == 1
    assert versions_pinned(broken).grade == 0


def test_nothing_declared_is_bad_or_not_known() -> None:
    assert versions_pinned(pins()).verdict == "bad"
    assert versions_pinned(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"


def test_what_is_imported_and_not_declared_has_no_version() -> None:
    dependencies = declared(requirement("torch", "==1.0"), undeclared=(imported("numpy"),))
    finding = versions_pinned(study(reading=learning(), dependencies=dependencies))
    assert finding.grade == pytest.approx(0.5 / 0.8)
    assert "1 of 2; imported and not declared: 1" in str(finding.summary)


def test_its_own_package_and_the_installers_do_not_count() -> None:
    lines = (requirement("torch", "==1.0"), requirement("name"), requirement("pip"))
    assert versions_pinned(study(reading=learning(), dependencies=declared(*lines))).grade == 1
