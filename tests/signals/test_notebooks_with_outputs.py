import json

from repotriage.signals.notebooks_with_outputs import notebooks_with_outputs
from tests.builders import file, gap, study

WITH = json.dumps({"cells": [{"outputs": [{"output_type": "stream"}]}]})
WITHOUT = json.dumps({"cells": [{"outputs": [], "source": 'x = "output_type"'}]})


def test_half_of_them_is_good() -> None:
    finding = notebooks_with_outputs(study({"a.ipynb": WITH, "b.ipynb": WITHOUT}))
    assert finding.verdict == "good"
    assert [str(one.at) for one in finding.evidence] == ["a.ipynb"]


def test_fewer_are_graded_and_shown() -> None:
    finding = notebooks_with_outputs(study({"a.ipynb": WITH, **{f"{n}.ipynb": WITHOUT for n in range(3)}}))
    assert finding.grade == 0.5
    assert str(finding.summary) == "notebooks with saved outputs: 1 of 4"


def test_unread_notebooks_are_not_known_and_none_is_no_question() -> None:
    assert notebooks_with_outputs(study(files=(file("a.ipynb", None, kind="unread"),))).verdict == "unknown"
    assert notebooks_with_outputs(study(gaps=(gap("files"),))).verdict == "unknown"
    assert notebooks_with_outputs(study({"a.py": ""})).verdict == "n/a"
