from repotriage.models.base import msg
from repotriage.models.requirement import Contradiction
from repotriage.signals.dependencies_consistent import dependencies_consistent
from tests.builders import at, declared, gap, learning, requirement, study

OLD, NEW = requirement("torch", "==1.7", line=1), requirement("torch", "==1.9", line=2)
PAIR = Contradiction(name="torch", first=OLD, second=NEW, message=msg("torch 1.7 and 1.9"))


def test_agreement_of_two_files_is_good() -> None:
    other = requirement("torch", "==1.7", at=at("README.md", 12))
    assert dependencies_consistent(study(reading=learning(), dependencies=declared(OLD, other))).verdict == "good"


def test_one_file_alone_agrees_with_nothing() -> None:
    assert dependencies_consistent(study(reading=learning(), dependencies=declared(OLD))).verdict == "n/a"
    assert dependencies_consistent(study(reading=learning(), dependencies=declared())).verdict == "n/a"


def test_a_contradiction_is_bad_and_both_lines_are_shown() -> None:
    one = dependencies_consistent(study(reading=learning(), dependencies=declared(OLD, NEW, contradictions=(PAIR,))))
    assert one.grade == 0.5
    assert [str(place.at) for place in one.evidence] == ["requirements.txt:1", "requirements.txt:2"]


def test_unread_files_are_not_known() -> None:
    one = study(reading=learning(), dependencies=declared(OLD), gaps=(gap("files"),))
    assert dependencies_consistent(one).verdict == "unknown"
