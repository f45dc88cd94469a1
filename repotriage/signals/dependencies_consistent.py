"""Reproducibility: the files agree."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_declared
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, signal


@signal(family="reproducibility", weight=1.5)
def dependencies_consistent(study: Study) -> Finding:
    """Do the files and documents agree on the versions?

    Where the README says one version and the environment file another, one of them was not
    what the authors used, and you cannot know which.

    Good: no two declarations contradict each other.

    Bad: some do; each pair is shown. Two pairs halve the grade of one, and so on.

    Unknown: the files could not be read in full.

    Not applicable: the code imports nothing beyond the standard library.
    """
    name = "dependencies-consistent"
    pairs = study.dependencies.contradictions
    if pairs:
        first = pairs[0]
        return bad(
            name,
            msg("declarations that contradict each other: {n}; {first}", n=len(pairs), first=str(first.message)),
            *(evidence_of(line) for pair in pairs for line in (pair.first, pair.second)),
            grade=1 / (1 + len(pairs)),
            remedy=msg("one version for {name} everywhere", name=first.name),
        )
    if not study.dependencies.requirements:
        return nothing_declared(study, name)
    return unread_files(study, name) or good(
        name, msg("declarations, none of which contradicts another: {n}", n=len(study.dependencies.requirements))
    )
