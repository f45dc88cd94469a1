from repotriage.models.reading import Reading, TestFacts
from repotriage.signals.evaluation_entry_point import evaluation_entry_point
from tests.builders import CODE, entry, gap, learning, study


def test_the_best_entry_point_is_shown_with_its_document() -> None:
    reading = learning(entry_points=(entry("evaluate", "b.py", rank=2), entry("evaluate", "a.py", documented=25)))
    finding = evaluation_entry_point(study(reading=reading))
    assert finding.verdict == "good"
    assert str(finding.summary) == "a.py, documented at README.md:25"
    assert [str(one.at) for one in finding.evidence][:2] == ["a.py", "README.md:25"]


def test_one_that_no_document_tells_is_good_too() -> None:
    finding = evaluation_entry_point(study(reading=learning(entry_points=(entry("evaluate", "a.py"),))))
    assert finding.verdict == "good"
    assert "no document" in str(finding.summary)


def test_none_is_bad() -> None:
    assert evaluation_entry_point(study(reading=learning())).verdict == "bad"
    assert evaluation_entry_point(study({"README.md": "# Code coming soon"})).verdict == "bad"


def test_none_in_files_that_were_not_read_is_not_known() -> None:
    assert evaluation_entry_point(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"


def test_it_makes_no_sense_for_code_without_a_model_and_for_a_library() -> None:
    assert evaluation_entry_point(study(reading=Reading(size=CODE))).verdict == "n/a"
    library = study({"pyproject.toml": ""}, reading=learning(tests=TestFacts(test_functions=9)))
    assert evaluation_entry_point(library).verdict == "n/a"


def test_a_script_of_code_without_a_model_has_another_job() -> None:
    reading = Reading(size=CODE, entry_points=(entry("evaluate", "run.py"),))
    assert evaluation_entry_point(study(reading=reading)).verdict == "n/a"
