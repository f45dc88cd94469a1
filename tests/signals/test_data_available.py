import pytest

from repotriage.models.reading import Reading
from repotriage.signals.data_available import data_available
from tests.builders import CODE, asset, declared, entry, gap, imported, learning, study


def test_a_link_a_script_or_files_give_data() -> None:
    assert data_available(study(reading=learning(assets=(asset("dataset"),)))).verdict == "good"
    prepared = data_available(study(reading=learning(entry_points=(entry("data", "prepare.py", documented=3),))))
    assert str(prepared.evidence[0].at) == "prepare.py"


@pytest.mark.parametrize(("path", "verdict"), [("a/b.csv", "good"), ("data/x.json", "good"), ("x.json", "bad")])
def test_data_files_of_the_repository(path: str, verdict: str) -> None:
    assert data_available(study({path: ""}, reading=learning())).verdict == verdict


def test_a_path_that_is_not_there_is_bad() -> None:
    assert data_available(study(reading=learning(assets=(asset("dataset", there=False),)))).verdict == "bad"


def test_files_that_were_not_read_leave_it_unknown() -> None:
    assert data_available(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"


def test_it_makes_no_sense_without_a_model() -> None:
    assert data_available(study(reading=Reading(size=CODE))).verdict == "n/a"


def test_a_script_that_nothing_explains_earns_half() -> None:
    assert data_available(study(reading=learning(entry_points=(entry("data", "prepare.py"),)))).grade == 0.5


def test_results_and_examples_are_no_data() -> None:
    assert data_available(study({"results/imagenet.csv": ""}, reading=learning())).verdict == "bad"
    names_of_classes = {"net/__init__.py": "", "net/data/classes.txt": ""}
    assert data_available(study(names_of_classes, reading=learning())).verdict == "bad"


def test_a_simulator_makes_the_data() -> None:
    finding = data_available(study(reading=learning(), dependencies=declared(imports=(imported("gym"),))))
    assert finding.verdict == "n/a"
    assert "gym" in str(finding.summary)


def test_code_that_has_nothing_to_do_with_models_needs_none() -> None:
    reading = Reading(size=CODE, assets=(asset("dataset"),))
    assert data_available(study(reading=reading)).verdict == "n/a"
