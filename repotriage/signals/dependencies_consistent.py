"""Reproducibility: the files agree."""

from __future__ import annotations

from collections import defaultdict

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_to_judge
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, not_applicable, signal


@signal(family="reproducibility", weight=1.5)
def dependencies_consistent(study: Study) -> Finding:
    """Do the files and documents agree on the versions?

    Where the README says one version and the environment file another, one of them was not
    what the authors used, and you cannot know which.

    Good: versions are stated in more than one file, and no two contradict each other.

    Bad: some do; each pair is shown. One pair leaves half of the marks, two a third.

    Unknown: the files could not be read in full.

    Not applicable: no version is stated in more than one file.
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
        return nothing_to_judge(study, name)
    if (unread := unread_files(study, name)) is not None:
        return unread
    places: dict[str, set[str]] = defaultdict(set)
    for line in study.dependencies.requirements:
        if line.specifier:
            places[line.name].add(line.at.path)
    repeated = [name_ for name_, paths in places.items() if len(paths) > 1]
    if not repeated:
        return not_applicable(name, msg("no version is stated in more than one file"))
    return good(
        name,
        msg("versions stated in more than one file, all of which agree: {n}", n=len(repeated)),
        *(evidence_of(line) for line in study.dependencies.requirements if line.name in repeated and line.specifier),
    )
