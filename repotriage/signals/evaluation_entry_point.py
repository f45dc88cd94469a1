"""Completeness: a way to measure the results."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.entry import found_entry
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import entry_points, has_models, speaks_of_models
from repotriage.signals.registry import not_applicable, signal


@signal(family="completeness", weight=2)
def evaluation_entry_point(study: Study) -> Finding:
    """Is there a script, command or notebook that evaluates a model?

    Evaluation with given weights is the quickest check that an environment works, and only
    the authors' own evaluation code gives numbers that compare with theirs.

    Good: an entry point for evaluation was found.

    Bad: none was found.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: a library, or code that has nothing to evaluate.
    """
    name = "evaluation-entry-point"
    if not speaks_of_models(study):
        return not_applicable(name, msg("nothing here is made to be evaluated"))
    found = entry_points(study, "evaluate")
    if found:
        return found_entry(name, found)
    if not has_models(study):
        return not_applicable(name, msg("nothing here is made to be evaluated"))
    return missing_code(
        study,
        name,
        msg("no script, command or notebook evaluates a model"),
        remedy=msg("an evaluation script; until there is one, write it from the paper before any training"),
    )
