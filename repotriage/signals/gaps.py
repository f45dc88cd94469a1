"""What to answer when something is not there: bad if all was read, unknown if not."""

from __future__ import annotations

from repotriage.models.base import Message, msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.kind import other_language, readmes
from repotriage.signals.registry import bad, unknown


def reason(study: Study, what: str) -> Message:
    """Why the fact `what` (dotted, as in `Gap.what`) is not known."""
    gap = study.snapshot.gap_of(what)
    if gap is not None:
        return gap.message
    if what.startswith("github"):
        return msg("GitHub did not tell")
    if what.startswith("history"):
        return msg("the commits could not be read")
    return msg("it could not be read")


def unread_files(study: Study, name: str) -> Finding | None:
    """Unknown, when the list of files is known to be incomplete; None when all of it was read."""
    gap = study.snapshot.gap_of("files")
    return None if gap is None else unknown(name, gap.message)


def unread_readme(study: Study, name: str) -> Finding | None:
    """Unknown, when there is a README whose text could not be read."""
    for file in readmes(study):
        if file.text is None and file.mode != "symlink":
            return unknown(
                name,
                msg("{path} could not be read: {note}", path=file.path, note=file.note or file.kind),
                Evidence(at=Location(path=file.path)),
            )
    return None


def missing_code(study: Study, name: str, summary: Message, *evidence: Evidence, remedy: Message) -> Finding:
    """What the code should have and does not: unknown where the code could not be read, else bad."""
    if (unread := unread_files(study, name)) is not None:
        return unread
    language = other_language(study)
    if language is not None:
        return unknown(name, msg("most of the code is {language}, which repotriage does not read", language=language))
    return bad(name, summary, *evidence, remedy=remedy)


def missing_words(study: Study, name: str, summary: Message, *evidence: Evidence, remedy: Message) -> Finding:
    """What README or files should tell and do not: unknown where they could not be read, else bad."""
    return unread_files(study, name) or unread_readme(study, name) or bad(name, summary, *evidence, remedy=remedy)
