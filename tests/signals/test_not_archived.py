from repotriage.signals.not_archived import not_archived
from tests.builders import gap, github, study


def test_open_archived_locked_and_not_known() -> None:
    assert not_archived(study(github=github(archived=False))).verdict == "good"
    assert not_archived(study(github=github(archived=True))).verdict == "bad"
    assert not_archived(study(github=github(archived=False, disabled=True))).verdict == "bad"
    assert not_archived(study(github=github())).verdict == "unknown"
    assert str(not_archived(study(gaps=(gap("github", "no_token"),))).summary) == "not asked: offline"
