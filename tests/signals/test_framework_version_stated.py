from repotriage.models.reading import Reading
from repotriage.signals.framework_version_stated import framework_version_stated
from tests.builders import CODE, declared, gap, learning, requirement, study


def test_a_version_is_good() -> None:
    finding = framework_version_stated(
        study(reading=learning(), dependencies=declared(requirement("torch", "==1.7.1")))
    )
    assert finding.verdict == "good"
    assert str(finding.summary) == "PyTorch ==1.7.1"
    assert str(finding.evidence[0].at) == "requirements.txt:1"


def test_a_name_without_a_version_earns_a_quarter_and_silence_nothing() -> None:
    bare = study(reading=learning(), dependencies=declared(requirement("torch")))
    assert framework_version_stated(bare).grade == 0.25
    assert framework_version_stated(study(reading=learning(), dependencies=declared())).grade == 0


def test_unread_files_are_not_known_and_code_without_a_framework_is_not_asked() -> None:
    assert framework_version_stated(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert framework_version_stated(study(reading=Reading(size=CODE))).verdict == "n/a"
