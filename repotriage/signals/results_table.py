"""Completeness: the results to reach."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_models, speaks_of_models
from repotriage.signals.registry import good, not_applicable, signal


@signal(family="completeness", weight=1.5)
def results_table(study: Study) -> Finding:
    """Do the documents tell the results to reach?

    Only a number that the code's authors got with this code shows whether your run is right;
    the paper's number may come from other code.

    Good: a table with metrics and values was found.

    Bad: none was found.

    Unknown: the README or the list of files could not be read.

    Not applicable: a library, or code that has no model to measure.
    """
    name = "results-table"
    if not speaks_of_models(study):
        return not_applicable(name, msg("there is no model whose results could be told"))
    tables = study.reading.results
    if tables:
        metrics = ", ".join(dict.fromkeys(metric for table in tables for metric in table.metrics)) or None
        return good(
            name,
            msg("tables of results: {n}; metrics: {metrics}", n=len(tables), metrics=metrics)
            if metrics
            else msg("tables of results: {n}", n=len(tables)),
            *(Evidence(at=table.at, text=table.caption[:400] or None) for table in tables),
        )
    if not has_models(study):
        return not_applicable(name, msg("there is no model whose results could be told"))
    return missing_words(
        study,
        name,
        msg("no document has a table of results"),
        remedy=msg("a table with the results of this code; until then, take the numbers from the paper"),
    )
