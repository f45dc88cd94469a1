from repotriage.models.reading import Paper, Reading
from repotriage.signals.paper_named import paper_named
from tests.builders import CODE, at, gap, learning, study

PAPER = Paper(kind="arxiv", identifier="1905.02249", title="MixMatch", at=at(line=3))


def test_a_paper_is_good() -> None:
    finding = paper_named(study(reading=learning(papers=(PAPER,))))
    assert finding.verdict == "good"
    assert str(finding.summary) == "MixMatch (arxiv: 1905.02249)"
    untitled = paper_named(study(reading=learning(papers=(PAPER.model_copy(update={"title": None}),))))
    assert str(untitled.summary) == "arxiv: 1905.02249"


def test_none_is_bad_or_not_known_or_makes_no_sense() -> None:
    assert paper_named(study(reading=learning())).verdict == "bad"
    assert paper_named(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert paper_named(study(reading=Reading(size=CODE))).verdict == "n/a"
