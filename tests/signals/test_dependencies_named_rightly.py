from repotriage.signals.dependencies_named_rightly import dependencies_named_rightly
from tests.builders import declared, gap, learning, requirement, study

DEAD = requirement("sklearn", line=4)


def test_right_names_are_good() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch")))
    assert dependencies_named_rightly(one).verdict == "good"


def test_a_dead_name_is_bad_and_its_successor_is_told() -> None:
    dependencies = declared(DEAD, misnamed=(DEAD,), successors={"sklearn": "scikit-learn"})
    finding = dependencies_named_rightly(study(reading=learning(), dependencies=dependencies))
    assert finding.grade == 0.5
    assert str(finding.evidence[0].at) == "requirements.txt:4"
    assert str(finding.remedy) == "scikit-learn in the place of sklearn"


def test_unread_files_are_not_known() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch")), gaps=(gap("files"),))
    assert dependencies_named_rightly(one).verdict == "unknown"
