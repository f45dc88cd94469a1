from repotriage.models.base import msg
from repotriage.models.reading import Reading
from repotriage.models.requirement import Dependencies, ManifestFile, Unreadable
from repotriage.signals.dependencies_readable import dependencies_readable
from repotriage.signals.registry import all_signals
from tests.builders import at, declared, gap, learning, requirement, study

BROKEN = Unreadable(at=at("requirements.txt", 3), raw="???", reason=msg("not a requirement"))
FILE = ManifestFile(path="requirements.txt", format="requirements", parsed=True)


def test_it_earns_nothing() -> None:
    assert next(signal.weight for signal in all_signals() if signal.name == "dependencies-readable") == 0


def test_what_was_parsed_is_good() -> None:
    finding = dependencies_readable(
        study(reading=learning(), dependencies=declared(requirement("torch"), files=(FILE,)))
    )
    assert finding.verdict == "good"
    assert str(finding.evidence[0].at) == "requirements.txt"


def test_unreadable_lines_are_bad_and_shown() -> None:
    finding = dependencies_readable(study(dependencies=declared(requirement("torch"), unreadable=(BROKEN,))))
    assert finding.grade == 0.5
    assert str(finding.evidence[0].at) == "requirements.txt:3"


def test_nothing_declared_is_bad_or_not_known_or_not_needed() -> None:
    assert dependencies_readable(study(reading=learning(), dependencies=declared())).verdict == "bad"
    assert dependencies_readable(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    stdlib = study({"a.py": ""}, reading=Reading(size=learning().size), dependencies=Dependencies())
    assert dependencies_readable(stdlib).verdict == "n/a"
