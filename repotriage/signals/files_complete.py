"""Reproducibility: an archive of the repository has all its files."""

from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.commands import documented
from repotriage.signals.gaps import unread_files
from repotriage.signals.kind import is_empty
from repotriage.signals.registry import bad, good, not_applicable, signal

_RECURSIVE = re.compile(r"--recurs|submodule")
_LFS = re.compile(r"\blfs\b")


@signal(family="reproducibility", weight=1)
def files_complete(study: Study) -> Finding:
    """Does a plain download bring all files?

    Files in Git LFS and submodules are not in a plain clone or archive; what is missing shows
    only when something fails to import or to load.

    Good: there are neither LFS pointers nor submodules, or the documents tell how to get them.

    Bad: there are, and no document says so; half of the marks for each.

    Unknown: the list of files could not be read in full.

    Not applicable: the repository is empty.
    """
    name = "files-complete"
    if is_empty(study):
        return unread_files(study, name) or not_applicable(name, msg("the repository is empty"))
    submodules = [file for file in study.snapshot.inside() if file.mode == "submodule"]
    lfs = [file for file in study.snapshot.inside() if file.kind == "lfs"]
    told = [command for command in documented(study) if _RECURSIVE.search(command.raw) or _LFS.search(command.raw)]
    unsaid = []
    if submodules and not any(_RECURSIVE.search(command.raw) for command in told):
        unsaid += submodules
    if lfs and not any(_LFS.search(command.raw) for command in told):
        unsaid += lfs
    if unsaid:
        kinds = len({file.mode == "submodule" for file in unsaid})
        return bad(
            name,
            msg(
                "submodules: {submodules}, files in Git LFS: {lfs}; no document tells how to get them",
                submodules=len(submodules),
                lfs=len(lfs),
            ),
            *(Evidence(at=Location(path=file.path), text=file.note) for file in unsaid),
            grade=1 - kinds / 2,
            remedy=msg("`git clone --recursive` and `git lfs pull` in the README"),
        )
    if (unread := unread_files(study, name)) is not None:
        return unread
    if submodules or lfs:
        return good(
            name,
            msg(
                "submodules: {submodules}, files in Git LFS: {lfs}; the documents tell how to get them",
                submodules=len(submodules),
                lfs=len(lfs),
            ),
            *(Evidence(at=command.at, text=command.raw[:400]) for command in told),
        )
    return good(name, msg("no submodules and no files in Git LFS"))
