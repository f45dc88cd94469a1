import pytest

from repotriage.signals.license_present import license_present
from tests.builders import file, gap, github, study


@pytest.mark.parametrize("name", ["LICENSE", "LICENCE.md", "license.txt", "COPYING", "LICENSE-MIT", "LICENSES/MIT.txt"])
def test_a_licence_file_is_good(name: str) -> None:
    finding = license_present(study({name: "MIT"}))
    assert finding.verdict == "good"
    assert str(finding.evidence[0].at) == name


def test_github_knows_its_name() -> None:
    assert str(license_present(study({"LICENSE": ""}, github=github(license_spdx="MIT"))).summary) == "MIT (LICENSE)"
    assert license_present(study(github=github(license_spdx="MIT"))).verdict == "good"


@pytest.mark.parametrize("name", ["src/LICENSE", "licensing.py", "license_plates.csv"])
def test_other_files_are_none(name: str) -> None:
    assert license_present(study({name: ""})).grade == 0


@pytest.mark.parametrize("texts", [{"README.md": "# x\n## License\nMIT"}, {"setup.py": "setup(\n    license='MIT')"}])
def test_a_word_about_it_is_half(texts: dict[str, str]) -> None:
    finding = license_present(study(texts))
    assert finding.grade == 0.5
    assert str(finding.evidence[0].at) in {"README.md:2", "setup.py:2"}


def test_what_could_not_be_read_is_not_known() -> None:
    assert license_present(study(gaps=(gap("files"),))).verdict == "unknown"
    assert license_present(study(files=(file("README.md", None, kind="unread"),))).verdict == "unknown"
