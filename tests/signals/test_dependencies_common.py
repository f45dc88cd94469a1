from repotriage.signals.dependencies_common import dependencies_common
from tests.builders import declared, gap, learning, requirement, study


def test_common_packages_are_good() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch"), requirement("numpy")))
    assert dependencies_common(one).verdict == "good"


def test_links_and_rare_packages_are_shown() -> None:
    link = requirement("numpy", url="git+https://example.org/numpy", line=2)
    rare = requirement("some-package-of-nobody", line=3)
    finding = dependencies_common(
        study(reading=learning(), dependencies=declared(requirement("torch"), requirement("scipy"), link, rare))
    )
    assert finding.grade == 0.5
    assert [str(one.at) for one in finding.evidence] == ["requirements.txt:2", "requirements.txt:3"]


def test_a_name_that_is_also_declared_from_the_index_is_common() -> None:
    link = requirement("numpy", url="git+https://example.org/numpy")
    one = study(reading=learning(), dependencies=declared(link, requirement("numpy", "==1.20")))
    assert dependencies_common(one).verdict == "good"


def test_unread_files_are_not_known() -> None:
    one = study(reading=learning(), dependencies=declared(requirement("torch")), gaps=(gap("files"),))
    assert dependencies_common(one).verdict == "unknown"


def test_a_framework_that_was_withdrawn_was_common() -> None:
    assert dependencies_common(study(dependencies=declared(requirement("tensorflow-gpu")))).verdict == "good"
