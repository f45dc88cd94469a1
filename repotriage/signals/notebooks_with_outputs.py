"""Completeness: notebooks that show what came out."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, not_applicable, signal, unknown


@signal(family="completeness", weight=0.5)
def notebooks_with_outputs(study: Study) -> Finding:
    """Do the notebooks show what came out?

    Outputs that were saved show that the notebook ran once, and what to expect of it.

    Good: at least half of the notebooks have saved outputs.

    Bad: fewer; the grade is twice the share that has.

    Unknown: no notebook could be read, or the list of files is incomplete.

    Not applicable: there are no notebooks.
    """
    name = "notebooks-with-outputs"
    notebooks = [file for file in study.snapshot.inside() if file.path.endswith(".ipynb")]
    if not notebooks:
        return unread_files(study, name) or not_applicable(name, msg("there are no notebooks"))
    read = [file for file in notebooks if file.text is not None]
    if not read:
        return unknown(name, msg("notebooks, none of which could be read: {n}", n=len(notebooks)))
    # A quotation mark inside a JSON string is escaped: this is the key of an output, never a text.
    bare = [file for file in read if '"output_type"' not in (file.text or "")]
    share = 1 - len(bare) / len(read)
    summary = msg("notebooks with saved outputs: {n} of {all}", n=len(read) - len(bare), all=len(read))
    if share >= 0.5:
        shown = [file for file in read if file not in bare]
        return good(name, summary, *(Evidence(at=Location(path=file.path)) for file in shown))
    return bad(
        name,
        summary,
        *(Evidence(at=Location(path=file.path), text="no outputs") for file in bare),
        grade=2 * share,
        remedy=msg("notebooks that are saved with their outputs"),
    )
