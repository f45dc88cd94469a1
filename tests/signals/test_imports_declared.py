from repotriage.models.requirement import Dependencies
from repotriage.signals.imports_declared import imports_declared
from tests.builders import declared, gap, imported, learning, requirement, study


def test_all_declared_is_good() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch"), requirement("numpy")))
    assert imports_declared(one).verdict == "good"


def test_a_missing_one_is_shown_and_costs_its_share() -> None:
    missing = imported("cv2", "opencv-python")
    dependencies = declared(requirement("torch"), imports=(imported("torch"), missing), undeclared=(missing,))
    finding = imports_declared(study(reading=learning(), dependencies=dependencies))
    assert finding.grade == 0.5
    assert "1 of 2" in str(finding.summary)
    assert str(finding.evidence[0].at) == "train.py:1"
    assert "opencv-python" in str(finding.remedy)


def test_what_only_tests_import_does_not_count() -> None:
    extra = imported("pytest", needed=False)
    dependencies = declared(requirement("torch"), imports=(imported("torch"), extra), undeclared=(extra,))
    assert imports_declared(study(reading=learning(), dependencies=dependencies)).verdict == "good"


def test_nothing_declared_is_bad() -> None:
    finding = imports_declared(study(reading=learning(), dependencies=declared()))
    assert (finding.verdict, finding.grade) == ("bad", 0)


def test_unread_files_are_not_known_and_the_standard_library_needs_no_declaration() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch")), gaps=(gap("files"),))
    assert imports_declared(one).verdict == "unknown"
    assert imports_declared(study(reading=learning(), dependencies=Dependencies())).verdict == "n/a"
