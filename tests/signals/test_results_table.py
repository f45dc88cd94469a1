from repotriage.models.reading import Reading, ResultsTable
from repotriage.signals.results_table import results_table
from tests.builders import CODE, at, gap, learning, study

TABLE = ResultsTable(at=at(line=40), header=("labels", "error"), rows=(("250", "11.2"),), metrics=("error",))


def test_a_table_is_good_and_told_with_its_metrics() -> None:
    finding = results_table(study(reading=learning(results=(TABLE,))))
    assert finding.verdict == "good"
    assert str(finding.summary) == "tables of results: 1; metrics: error"
    assert str(finding.evidence[0].at) == "README.md:40"


def test_none_is_bad_or_not_known_or_makes_no_sense() -> None:
    assert results_table(study(reading=learning())).verdict == "bad"
    assert results_table(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert results_table(study(reading=Reading(size=CODE))).verdict == "n/a"
