"""Reproducibility: the documented commands fit the repository."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.commands import documented, missing_scripts
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, not_applicable, signal


@signal(family="reproducibility", weight=2)
def documented_scripts_exist(study: Study) -> Finding:
    """Does every script that a documented command starts exist?

    A README that names scripts which are gone was not followed by anybody lately, its
    authors included.

    Good: every script that a documented command starts is in the repository.

    Bad: some are not; the grade is the share that is there.

    Unknown: the list of files could not be read in full.

    Not applicable: no document shows a command that starts a script.
    """
    name = "documented-scripts-exist"
    gone = missing_scripts(study)
    there = {command.script for command in documented(study) if command.script is not None}
    lost = sorted({missing.script for missing in gone})
    if not lost and not there:
        return unread_files(study, name) or not_applicable(
            name, msg("no document shows a command that starts a script of the repository")
        )
    if not lost:
        return good(name, msg("scripts that documented commands start, all there: {n}", n=len(there)))
    if (unread := unread_files(study, name)) is not None:
        return unread
    return bad(
        name,
        msg(
            "{lost} of {n} scripts that documented commands start are not there, such as {script}",
            lost=len(lost),
            n=len(lost) + len(there),
            script=lost[0],
        ),
        *(missing.evidence for missing in gone),
        grade=len(there) / (len(there) + len(lost)),
        remedy=msg("commands that name scripts which exist; look for the old ones under other names or in the history"),
    )
