"""Upkeep: tests that are run."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import only_notebooks
from repotriage.signals.registry import good, not_applicable, signal


@signal(family="upkeep", weight=1)
def ci_runs_tests(study: Study) -> Finding:
    """Does continuous integration run the tests?

    A workflow is a recipe that is known to have worked: its Python, its system packages and
    its install commands can be copied.

    Good: a workflow or another CI configuration runs the tests.

    Bad: none does.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: the work is done in notebooks.
    """
    name = "ci-runs-tests"
    found = study.reading.tests.ci_files
    if found:
        return good(name, msg("{path}", path=found[0].path), *(Evidence(at=at) for at in found))
    if only_notebooks(study):
        return not_applicable(name, msg("notebooks are their own test"))
    return missing_code(
        study,
        name,
        msg("no continuous integration runs tests"),
        remedy=msg("a workflow that installs it and runs the tests"),
    )
