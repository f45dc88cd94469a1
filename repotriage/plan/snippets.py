"""Training that documents show as Python code: what a library offers instead of a script."""

from __future__ import annotations

import re

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location
from repotriage.models.study import Study
from repotriage.plan.runs import documents, is_guest
from repotriage.plan.shorter import Length, short_value

_OPEN = re.compile(r"\s*(?:```|~~~)\s*(?:py|python|python3|ipython)\b", re.IGNORECASE)
_CLOSE = re.compile(r"\s*(?:```|~~~)\s*$")
# `model.train()` only switches the mode.
_BY_TRAINER = re.compile(
    r"\b\w*(?:trainer|learner)\w*\.(?:train|fit)\s*\(|\.fit\s*\(|\.learn\s*\(|\.train\s*\(\s*\w+\s*=", re.IGNORECASE
)
_BY_HAND = re.compile(r"\.backward\s*\(")
_SETS = re.compile(r"\b([A-Za-z_]\w{0,60})\s*=\s*(\d[\d_]*(?:e\d+)?)\b")
_MAX_LINES = 400


class ShortLength(Length):
    """A length that a snippet sets, and the value that makes it short."""

    short: CleanStr


class Snippet(Frozen):
    """A code block of a document that trains."""

    at: Location
    lines: int
    lengths: tuple[ShortLength, ...] = ()


def training_snippet(study: Study) -> Snippet | None:
    """The first code block of the documents that trains, those of the top before others."""
    for pattern in (_BY_TRAINER, _BY_HAND):
        for file in documents(study):
            if file.path.count("/") > 1 or is_guest(study.snapshot, file.path):
                continue
            found = _first(file.path, (file.text or "").split("\n"), pattern)
            if found is not None:
                return found
    return None


def _first(path: str, lines: list[str], pattern: re.Pattern[str]) -> Snippet | None:
    index = 0
    while index < len(lines):
        if not _OPEN.match(lines[index]):
            index += 1
            continue
        start = index + 1
        end = next((i for i in range(start, min(len(lines), start + _MAX_LINES)) if _CLOSE.match(lines[i])), start)
        block = lines[start:end]
        if pattern.search("\n".join(block)):
            return Snippet(
                at=Location(path=path, line=start + 1),
                lines=len(block),
                lengths=tuple(
                    ShortLength(
                        name=found[1], value=found[2], short=short, at=Location(path=path, line=start + offset + 1)
                    )
                    for offset, line in enumerate(block)
                    for found in _SETS.finditer(line[:500])
                    if (short := short_value(found[1])) is not None and float(found[2].replace("_", "")) > float(short)
                )[:3],
            )
        index = end + 1
    return None
