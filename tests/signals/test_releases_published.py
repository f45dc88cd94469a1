from repotriage.models.reading import Reading, TestFacts
from repotriage.models.snapshot import Release
from repotriage.signals.releases_published import releases_published
from tests.builders import CODE, gap, github, study

LIBRARY = Reading(size=CODE, tests=TestFacts(test_functions=50))
PACKAGE = {"pyproject.toml": ""}


def test_a_release_is_good() -> None:
    release = Release(tag="v2", url="https://example.org/v2")
    finding = releases_published(study(github=github(releases=(release,), release_count=5)))
    assert finding.verdict == "good"
    assert str(finding.summary) == "releases: 5, the last is v2"


def test_a_library_without_one_is_bad_or_not_known() -> None:
    assert releases_published(study(PACKAGE, reading=LIBRARY, github=github(releases=()))).verdict == "bad"
    assert releases_published(study(PACKAGE, reading=LIBRARY, gaps=(gap("github"),))).verdict == "unknown"


def test_scripts_need_none() -> None:
    assert releases_published(study({"train.py": ""}, reading=Reading(size=CODE))).verdict == "n/a"
