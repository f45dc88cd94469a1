"""Completeness: the documents tell how to run it."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.commands import documented, missing_scripts
from repotriage.signals.gaps import missing_words, unread_files
from repotriage.signals.kind import is_empty, is_library, is_package, only_notebooks, own_names
from repotriage.signals.part import readmes
from repotriage.signals.registry import bad, good, not_applicable, signal

_IMPORT = re.compile(r"\s{0,8}(?:>>> )?(?:from|import) ([A-Za-z_]\w*)")
_OTHERS = frozenset(
    [
        "7z",
        "aria2c",
        "aws",
        "axel",
        "azcopy",
        "cat",
        "cd",
        "chmod",
        "cp",
        "curl",
        "echo",
        "export",
        "gdown",
        "git",
        "gsutil",
        "gunzip",
        "ln",
        "ls",
        "mkdir",
        "mv",
        "rm",
        "rsync",
        "scp",
        "sed",
        "tar",
        "tree",
        "unzip",
        "wget",
    ]
)
"""Programs of the system: they fetch and move, and run nothing of the repository."""
_RUNS = frozenset({"train", "evaluate", "inference", "demo", "data", "export"})


@signal(family="completeness", weight=2)
def documented_commands(study: Study) -> Finding:
    """Do the documents show the commands that run it?

    A command that can be copied saves hours of guessing which script comes first and which
    options the authors used.

    Good: a document shows a command that starts a script of this repository or, for a
    package, one that installs it or code that imports it.

    Bad: there is no README, it shows no command, or only commands whose scripts are missing.

    Unknown: the README or the list of files could not be read.

    Not applicable: notebooks, which are run cell by cell.
    """
    name = "documented-commands"
    commands = documented(study)
    gone = {id(missing.command) for missing in missing_scripts(study)}
    runs = [
        command
        for command in commands
        if command.script is not None
        or (command.role in _RUNS and not any(word.rpartition("/")[2] in _OTHERS for word in command.argv[:2]))
    ]
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
    examples = _examples(study) if is_library(study) else ()
    if examples:
        return good(
            name, msg("examples of its use: lines of documents that import it: {n}", n=len(examples)), *examples
        )
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


def _examples(study: Study) -> tuple[Evidence, ...]:
    """The README's lines that import the package itself."""
    own = own_names(study)
    return tuple(
        Evidence(at=Location(path=file.path, line=number), text=line.strip()[:200])
        for file in readmes(study)
        for number, line in enumerate((file.text or "").splitlines(), start=1)
        if (found := _IMPORT.match(line[:200])) and canonicalize_name(found[1]) in own
    )
