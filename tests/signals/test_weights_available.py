from repotriage.models.reading import Reading
from repotriage.models.snapshot import Asset, Release
from repotriage.signals.weights_available import weights_available
from tests.builders import CODE, asset, at, file, gap, github, learning, study

RELEASE = Release(
    tag="v1", url="https://example.org/v1", assets=(Asset(name="net.pth", url="https://example.org/net"),)
)


def test_a_link_a_release_or_a_file_gives_weights() -> None:
    assert weights_available(study(reading=learning(assets=(asset("weights"),)))).verdict == "good"
    released = weights_available(study(reading=learning(), github=github(releases=(RELEASE,))))
    assert released.evidence[0].url == "https://example.org/net"
    stored = weights_available(study(reading=learning(), files=(file("ckpt/a.pth", None, kind="lfs"),)))
    assert str(stored.evidence[0].at) == "ckpt/a.pth"


def test_a_path_that_is_not_there_is_bad() -> None:
    finding = weights_available(study(reading=learning(assets=(asset("weights", url="ckpt/a.pth", there=False),))))
    assert finding.verdict == "bad"
    assert str(finding.evidence[0].at) == "README.md:7"


def test_a_promise_is_shown() -> None:
    finding = weights_available(study({"README.md": "Pretrained models: coming soon\n"}, reading=learning()))
    assert finding.verdict == "bad"
    assert str(finding.evidence[0].at) == "README.md:1"


def test_an_unread_readme_leaves_it_unknown() -> None:
    readme = file("README.md", None, kind="unread", note="too large")
    finding = weights_available(study(reading=learning(), files=(readme,)))
    assert finding.verdict == "unknown"
    assert "README.md could not be read: too large" in str(finding.summary)
    assert weights_available(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"


def test_it_makes_no_sense_without_a_model() -> None:
    assert weights_available(study(reading=Reading(size=CODE))).verdict == "n/a"


def test_weights_that_only_the_code_loads_earn_half() -> None:
    backbone = asset("weights").model_copy(update={"at": at("models/net.py", 72)})
    finding = weights_available(study(reading=learning(assets=(backbone,))))
    assert finding.grade == 0.5
    assert str(finding.evidence[0].at) == "models/net.py:72"


def test_a_licence_and_the_references_of_tests_are_no_weights() -> None:
    licence = asset("weights").model_copy(update={"name": "LICENSE of the base model"})
    assert weights_available(study(reading=learning(assets=(licence,)))).verdict == "bad"
    stored = (file("tests/reference/out.pth", None, kind="binary"),)
    assert weights_available(study(reading=learning(), files=stored)).verdict == "bad"
