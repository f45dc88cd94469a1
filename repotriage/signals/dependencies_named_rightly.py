"""Reproducibility: the names are those of the packages that are meant."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_to_judge, runtime
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, signal


@signal(family="reproducibility", weight=0.75)
def dependencies_named_rightly(study: Study) -> Finding:
    """Does every declared name stand for the package that is meant?

    `sklearn`, `opencv` or `PIL` are names of modules; the packages with these names are dead,
    missing, or somebody else's.

    Good: no declared name is known to be wrong or dead.

    Bad: some are; the grade halves with each.

    Unknown: the files could not be read in full.

    Not applicable: nothing is declared, which other signals tell.
    """
    name = "dependencies-named-rightly"
    wrong = study.dependencies.misnamed
    if wrong:
        successors = study.dependencies.successors
        names = sorted({line.name for line in wrong})
        first = names[0]
        return bad(
            name,
            msg("names that are wrong or dead: {names}", names=", ".join(names)),
            *(evidence_of(line) for line in wrong),
            grade=0.5 ** len(names),
            remedy=msg("{successor} in the place of {name}", successor=successors[first], name=first)
            if first in successors
            else msg("the name of the package that is meant by {name}", name=first),
        )
    needs = runtime(study)
    if not needs:
        return nothing_to_judge(study, name)
    return unread_files(study, name) or good(
        name, msg("declared names, none of which is known to be wrong: {n}", n=len(needs))
    )
