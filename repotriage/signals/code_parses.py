"""Reproducibility: the Python is Python."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import is_empty
from repotriage.signals.registry import bad, good, signal


@signal(family="reproducibility", weight=1.5)
def code_parses(study: Study) -> Finding:
    """Can every Python file and notebook be parsed by Python 3?

    A file with a syntax error was never run in the state that was published; Python 2 needs
    an interpreter that has had no fixes since 2020.

    Good: every file was parsed.

    Bad: some were not; the grade falls with four times their share. Each is shown with its
    line and the error.

    Unknown: the files could not be read in full, or the code is in another language.
    """
    name = "code-parses"
    broken = study.reading.broken
    files = study.reading.size.python_files + study.reading.size.notebooks
    if not broken:
        if files:
            return good(name, msg("Python files and notebooks, all of them parsed: {n}", n=files))
        return missing_code(
            study,
            name,
            msg("the repository is empty") if is_empty(study) else msg("there is no Python file"),
            remedy=msg("the code itself"),
        )
    old = sum(1 for one in broken if one.python2)
    return bad(
        name,
        msg(
            "files that Python 3 cannot parse: {n} of {all}; of them Python 2: {old}",
            n=len(broken),
            all=max(files, len(broken)),
            old=old,
        ),
        *(Evidence(at=one.at, text=str(one.reason)[:400]) for one in broken),
        grade=min(0.95, max(0.0, 1 - 4 * len(broken) / max(files, len(broken)))),
        remedy=msg("code for Python 3; until then, Python 2.7 in a container")
        if old
        else msg("files without syntax errors"),
    )
