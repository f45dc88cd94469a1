"""Completeness: the data, or how to get it."""

from __future__ import annotations

from functools import cache

from repotriage import data
from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.assets import data_files, evidence_of, lost, usable
from repotriage.signals.entry import found_entry
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import entry_points, has_models, speaks_of_models
from repotriage.signals.promises import promises
from repotriage.signals.registry import bad, good, not_applicable, signal


@cache
def _simulators() -> frozenset[str]:
    return frozenset(row["module"] for row in data.table("simulators")["simulator"])


@signal(family="completeness", weight=2)
def data_available(study: Study) -> Finding:
    """Can the data be had?

    Code without its data cannot be run, and a dataset that must be asked for by letter takes
    weeks.

    Good: a link, a loader that downloads by itself, a documented preparation script or data
    files of the repository give the data.

    Bad: none was found, or the path that is named is not there; a script that nothing explains
    earns half. A promise is shown.

    Unknown: the README or the list of files could not be read.

    Not applicable: a library, code that has no model to train or evaluate, or code whose data
    a simulator makes (reinforcement learning).
    """
    name = "data-available"
    if not speaks_of_models(study):
        return not_applicable(name, msg("there is no model that needs data"))
    found = usable(study, "dataset")
    if found:
        return good(
            name,
            msg("a script of the repository brings the data: {script}", script=found[0].name or found[0].url or "")
            if found[0].provider == "script"
            else msg("data from {provider}; places found: {n}", provider=found[0].provider, n=len(found)),
            *evidence_of(found),
        )
    prepare = entry_points(study, "data")
    if prepare and prepare[0].documented_at is not None:
        return found_entry(name, prepare)
    stored = data_files(study.snapshot)
    if stored and has_models(study):
        return good(
            name,
            msg("data files in the repository: {n}", n=len(stored)),
            *(Evidence(at=Location(path=file.path)) for file in stored),
        )
    if not has_models(study):
        return not_applicable(name, msg("there is no model that needs data"))
    simulators = [module for module in study.dependencies.imports if module.module in _simulators()]
    if simulators:
        return not_applicable(
            name,
            msg("what it learns from is simulated, by {module}", module=simulators[0].module),
            *(Evidence(at=place) for module in simulators for place in module.at[:1]),
        )
    remedy = msg("a link to the data or a script that fetches it; until then, look for the dataset in the paper")
    gone = lost(study, "dataset")
    if gone:
        return bad(
            name,
            msg("the data that is named is not in the repository: {name}", name=gone[0].url or gone[0].name),
            *evidence_of(gone),
            remedy=remedy,
        )
    if prepare:
        return bad(
            name,
            msg("{path} prepares data; nothing tells where the data comes from", path=prepare[0].path),
            *(Evidence(at=Location(path=script.path, line=script.line)) for script in prepare),
            grade=0.5,
            remedy=remedy,
        )
    return missing_words(
        study,
        name,
        msg("neither a link nor a script nor a file tells where the data comes from"),
        *promises(study, "data"),
        remedy=remedy,
    )
