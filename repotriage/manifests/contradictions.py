"""Declarations of different files that cannot both be followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from repotriage.manifests.ranges import disjoint
from repotriage.manifests.ranking import Ranked
from repotriage.models.base import msg
from repotriage.models.requirement import Contradiction, Format, Kind, Requirement

_ALTERNATIVES: frozenset[Format] = frozenset(
    {"workflow", "tox", "nox", "constraints", "devcontainer", "badge", "import"}
)
"""Formats that list several worlds on purpose, or say too little to be held against a file."""
_KINDS: frozenset[Kind] = frozenset({"runtime", "python", "cuda", "cudnn"})
_FAMILY = re.compile(r"-(?:gpu|cpu|headless|nightly|full)\Z")
_MOST = 50
_MOST_OF_ONE = 100  # declarations of one project that are held against each other


def contradictions(requirements: Iterable[Requirement], ranks: Mapping[str, Ranked]) -> tuple[Contradiction, ...]:
    """Pairs of disjoint versions in files that a user follows, the first ranked first.

    Different extras, groups, markers and matrix entries are no contradiction, nor are two
    lists of one format that exist side by side for different machines.
    """
    by_name: dict[str, list[Requirement]] = {}
    for one in requirements:
        if _counts(one, ranks):
            by_name.setdefault(_FAMILY.sub("", one.name), []).append(one)
    found: list[Contradiction] = []
    for name in sorted(by_name):
        listed = sorted(by_name[name], key=lambda one: (_rank(one, ranks), one.at.line or 0))[:_MOST_OF_ONE]
        told: set[tuple[str, str]] = set()
        for number, first in enumerate(listed):
            for second in listed[number + 1 :]:
                pair = (first.at.path, second.at.path)
                if first.at.path == second.at.path or pair in told or _alternatives(first, second, listed):
                    continue
                if disjoint(_span(first), _span(second)):
                    told.add(pair)
                    found.append(_contradiction(name, first, second))
    return tuple(found[:_MOST])


def _counts(one: Requirement, ranks: Mapping[str, Ranked]) -> bool:
    ranked = ranks.get(one.at.path)
    return (
        bool(one.specifier)
        and one.marker is None
        and one.kind in _KINDS
        and one.format not in _ALTERNATIVES
        and one.confidence >= 0.6
        and ranked is not None
        and ranked.rank is not None
        and (one.group is None or one.format in ("conda", "dockerfile"))
    )


def _rank(one: Requirement, ranks: Mapping[str, Ranked]) -> int:
    return ranks[one.at.path].rank or 0


def _alternatives(first: Requirement, second: Requirement, listed: list[Requirement]) -> bool:
    """Two lists of one format for different machines; or a file that allows the other's version elsewhere in it."""
    if first.format == second.format and first.format not in ("readme", "prose"):
        return True
    if first.locked and second.locked:
        return True
    if {first.format, second.format} <= {"readme", "prose"} and _language(first.at.path) == _language(second.at.path):
        return posixpath.dirname(first.at.path) != posixpath.dirname(second.at.path)
    return any(
        other.at.path == one.at.path and other is not one and not disjoint(_span(other), _span(against))
        for one, against in ((first, second), (second, first))
        for other in listed
        if one.format in ("readme", "prose", "dockerfile")
    )


def _language(path: str) -> str:
    found = re.search(r"[._-](zh|cn|ja|ko|zh[-_]cn|chinese)\.", path.lower())
    return found[1] if found else ""


def _span(one: Requirement) -> str:
    """What the specifier stands for: a full version in prose means its bug fixes too."""
    if one.format == "prose" and (exact := re.fullmatch(r"==(\d+\.\d+\.\d+)", one.specifier)):
        return f"=={exact[1]}.*"
    return one.specifier


def _contradiction(name: str, first: Requirement, second: Requirement) -> Contradiction:
    return Contradiction(
        name=name,
        first=first,
        second=second,
        message=msg(
            "{first_at} asks for {name} {first}, {second_at} for {name} {second}",
            first_at=str(first.at),
            name=name,
            first=first.specifier,
            second_at=str(second.at),
            second=second.specifier,
        ),
    )
