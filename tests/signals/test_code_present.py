from repotriage.models.reading import CodeSize, Reading
from repotriage.signals.code_present import code_present
from tests.builders import CODE, gap, study


def test_code_is_good() -> None:
    finding = code_present(study({"train.py": "x = 1"}, reading=Reading(size=CODE)))
    assert finding.verdict == "good"
    assert str(finding.evidence[0].at) == "train.py"
    assert code_present(study(reading=Reading(size=CodeSize(notebooks=1, notebook_code_cells=9)))).verdict == "good"


def test_a_promise_is_shown_with_its_line() -> None:
    finding = code_present(study({"README.md": "# Paper\n\nCode will be released soon.\n"}))
    assert (finding.verdict, finding.grade) == ("bad", 0)
    assert str(finding.evidence[0].at) == "README.md:3"
    assert "promised" in str(finding.summary)


def test_an_empty_repository_is_bad_and_says_so() -> None:
    assert "empty" in str(code_present(study(commit=None)).summary)


def test_files_that_were_not_read_and_other_languages_are_not_known() -> None:
    assert code_present(study(gaps=(gap("files", "truncated"),))).verdict == "unknown"
    finding = code_present(study({"src/main.lua": "print(1)"}))
    assert finding.verdict == "unknown"
    assert "Lua" in str(finding.summary)
