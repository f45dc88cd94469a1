"""What to answer when something is not there: bad if all was read, unknown if not."""

from __future__ import annotations

import re

from repotriage.models.base import Message, msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.snapshot import File
from repotriage.models.study import Study
from repotriage.signals.kind import other_language
from repotriage.signals.part import readmes
from repotriage.signals.registry import bad, unknown

_ONLY_CONTENTS = frozenset({"partial", "not_in_clone", "too_large"})
_CODE_AND_WORDS = re.compile(
    r".*\.(?:py|ipynb|sh|md|rst|toml|cfg|ya?ml)|(?:.*/)?(?:dockerfile[^/]*|(?:requirements|readme|install)[^/]*\.txt)",
    re.IGNORECASE,
)


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
    """Unknown, when code or words were left unread; None when all that matters was read.

    Where the list of files is complete and only contents are missing, it matters what kind
    of files they are: an image or a data set that was not read hides neither code nor words.
    """
    gaps = [gap for gap in study.snapshot.gaps if gap.what == "files"]
    if any(gap.reason not in _ONLY_CONTENTS for gap in gaps):
        return unknown(name, next(gap.message for gap in gaps if gap.reason not in _ONLY_CONTENTS))
    if not gaps:
        return None
    hidden = [file for file in study.snapshot.inside() if file.kind == "unread" and _matters(file)]
    if not hidden:
        return None
    return unknown(name, gaps[0].message, *(Evidence(at=Location(path=file.path), text=file.note) for file in hidden))


def _matters(file: File) -> bool:
    return file.mode in ("file", "executable") and _CODE_AND_WORDS.fullmatch(file.path) is not None


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
