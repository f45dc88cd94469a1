"""Completeness: code, not a promise of it."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.gaps import unread_files
from repotriage.signals.kind import SOME_CELLS, SOME_CODE, has_code, is_empty, other_language
from repotriage.signals.promises import promises
from repotriage.signals.registry import bad, good, signal, unknown


@signal(family="completeness", weight=4)
def code_present(study: Study) -> Finding:
    """Is the code really there?

    Some repositories are opened with a README that promises the code "soon" and stay so for
    years. Nothing else matters while the code is missing.

    Good: at least 40 lines of Python (blank lines and comments not counted), or notebooks with
    at least 5 cells of code.

    Bad: less than that; a promise in the README is shown with its line.

    Unknown: the files could not be read in full, or the code is in another language.
    """
    name = "code-present"
    size = study.reading.size
    if has_code(study):
        return good(
            name,
            msg(
                "{lines} lines of Python in {files} files; code cells in notebooks: {cells}",
                lines=size.python_lines,
                files=size.python_files,
                cells=size.notebook_code_cells,
            ),
            *_largest(study),
        )
    if (unread := unread_files(study, name)) is not None:
        return unread
    language = other_language(study)
    if language is not None:
        return unknown(name, msg("most of the code is {language}, which repotriage does not read", language=language))
    promised = promises(study, "code") or promises(study, None)
    remedy = msg("the code itself: look for it elsewhere, or ask the authors when it comes")
    if is_empty(study):
        return bad(name, msg("the repository is empty"), remedy=remedy)
    grade = min(1.0, max(size.python_lines / SOME_CODE, size.notebook_code_cells / SOME_CELLS)) / 2
    if promised:
        return bad(
            name,
            msg("the code is promised, and there are {lines} lines of Python", lines=size.python_lines),
            *promised,
            grade=min(grade, 0.25),
            remedy=remedy,
        )
    return bad(
        name,
        msg(
            "hardly any code: {lines} lines of Python, code cells in notebooks: {cells}",
            lines=size.python_lines,
            cells=size.notebook_code_cells,
        ),
        grade=grade,
        remedy=remedy,
    )


def _largest(study: Study) -> tuple[Evidence, ...]:
    """The largest Python file or notebook."""
    code = [file for file in study.snapshot.inside() if file.path.endswith((".py", ".ipynb")) and file.text]
    largest = max(code, key=lambda file: (file.path.endswith(".py"), file.size, file.path), default=None)
    return () if largest is None else (Evidence(at=Location(path=largest.path)),)
