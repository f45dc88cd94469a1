from repotriage.signals.python_version_stated import python_version_stated
from tests.builders import at, declared, gap, learning, requirement, study


def test_the_surest_statement_is_shown_first() -> None:
    prose = requirement("python", ">=3.6", kind="python", format="prose", at=at(line=11), confidence=0.7)
    exact = requirement("python", "==3.7.*", kind="python", format="conda", at=at("environment.yml", 4))
    finding = python_version_stated(study(reading=learning(), dependencies=declared(prose, exact)))
    assert str(finding.summary) == "Python ==3.7.*"
    assert [str(one.at) for one in finding.evidence] == ["environment.yml:4", "README.md:11"]


def test_none_is_bad_or_not_known() -> None:
    bare = declared(requirement("python", kind="python"))
    assert python_version_stated(study(reading=learning(), dependencies=bare)).verdict == "bad"
    assert python_version_stated(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    assert python_version_stated(study({"a.cpp": ""})).verdict == "unknown"


def test_python_3_alone_earns_a_quarter_and_a_matrix_of_ci_comes_last() -> None:
    bare = requirement("python", "==3.*", kind="python")
    assert python_version_stated(study(reading=learning(), dependencies=declared(bare))).grade == 0.25
    matrix = requirement("python", "==3.12.*", kind="python", format="workflow")
    prose = requirement("python", ">=3.6", kind="python", format="prose", confidence=0.7)
    both = python_version_stated(study(reading=learning(), dependencies=declared(bare, matrix, prose)))
    assert str(both.summary) == "Python >=3.6"
