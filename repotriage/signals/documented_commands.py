"""Completeness: the documents tell how to run it."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.commands import documented, missing_scripts
from repotriage.signals.gaps import missing_words, unread_files
from repotriage.signals.kind import is_empty, is_package, only_notebooks, readmes
from repotriage.signals.registry import bad, good, not_applicable, signal

_RUNS = frozenset({"train", "evaluate", "inference", "demo", "data", "export"})


@signal(family="completeness", weight=2)
def documented_commands(study: Study) -> Finding:
    """Do the documents show the commands that run it?

    A command that can be copied saves hours of guessing which script comes first and which
    options the authors used.

    Good: a document shows a command that starts a script of this repository or, for a
    package, one that installs it.

    Bad: there is no README, it shows no command, or only commands whose scripts are missing.

    Unknown: the README or the list of files could not be read.

    Not applicable: notebooks, which are run cell by cell.
    """
    name = "documented-commands"
    commands = documented(study)
    gone = {id(missing.command) for missing in missing_scripts(study)}
    runs = [command for command in commands if command.script is not None or command.role in _RUNS]
    runs = [command for command in runs if id(command) not in gone]
    installs = [command for command in commands if command.role == "install"]
    shown = runs or (installs if is_package(study) else [])
    if shown:
        return good(
            name,
            msg("commands that run something of the repository: {n}", n=len(runs))
            if runs
            else msg("commands that install it: {n}", n=len(installs)),
            *(
                Evidence(at=command.at, text=command.raw[:400])
                for command in sorted(shown, key=lambda command: command.script is None)
            ),
        )
    if not readmes(study):
        return unread_files(study, name) or bad(
            name,
            msg("the repository is empty") if is_empty(study) else msg("there is no README"),
            remedy=msg("the commands in the README; until then, read the options of the scripts themselves"),
        )
    if only_notebooks(study):
        return not_applicable(name, msg("notebooks are run cell by cell"))
    lost = [missing for missing in missing_scripts(study) if id(missing.command) in gone]
    if lost:
        return unread_files(study, name) or bad(
            name,
            msg("every command starts a script that is not there, such as {script}", script=lost[0].script),
            *(missing.evidence for missing in lost),
            remedy=msg("commands that name scripts which exist; look for the old ones in the history"),
        )
    return missing_words(
        study,
        name,
        msg("no document shows a command that runs something of this repository"),
        remedy=msg("the commands in the README; until then, read the options of the scripts themselves"),
    )
