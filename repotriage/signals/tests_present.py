"""Upkeep: tests."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import only_notebooks
from repotriage.signals.registry import bad, good, not_applicable, signal

_LINES_PER_TEST = 500
_MANY = 100.0


@signal(family="upkeep", weight=2)
def tests_present(study: Study) -> Finding:
    """Are there tests?

    Tests show in a minute whether an environment is right, and that somebody cared.

    Good: at least one test function for 500 lines of Python, or 100 of them.

    Bad: fewer; the grade is the share of that.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: the work is done in notebooks.
    """
    name = "tests-present"
    tests, lines = study.reading.tests, study.reading.size.python_lines
    if tests.test_functions:
        wanted = min(_MANY, max(1.0, lines / _LINES_PER_TEST))
        evidence = [Evidence(at=Location(path=path)) for path in tests.test_files]
        summary = msg("test functions: {n}, lines of Python: {lines}", n=tests.test_functions, lines=lines)
        if tests.test_functions >= wanted:
            return good(name, summary, *evidence)
        return bad(
            name,
            summary,
            *evidence,
            grade=tests.test_functions / wanted,
            remedy=msg("more tests; run those that there are, then the evaluation on a small input"),
        )
    if only_notebooks(study):
        return not_applicable(name, msg("notebooks are their own test"))
    return missing_code(
        study,
        name,
        msg("there are no tests"),
        remedy=msg("tests; until there are some, check your environment with the smallest run"),
    )
