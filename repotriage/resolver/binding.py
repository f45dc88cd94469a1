"""Which of our bounds decided something: those that say nothing are not shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.index.facts import Missing, Project
from repotriage.models.solution import Change, Pin, Wish
from repotriage.resolver.bench import OURS
from repotriage.resolver.decide import uploaded_by


def binding(
    wishes: Sequence[Wish],
    pins: Sequence[Pin],
    changes: Sequence[Change],
    project: Callable[[str], Project | Missing],
    cutoff: datetime | None,
) -> tuple[Wish, ...]:
    """Those wishes of ours that bind: what asks for a package, and bounds without which another release was taken.

    The solver takes the newest release. An upper bound binds if the newest within it was taken and a newer one, which
    the lines of the repository admit, was there; a lower bound does not if the newest of all was taken. Where a line
    of the same project was changed, its bounds may be why.
    """
    changed = {canonicalize_name(Requirement(change.before).name) for change in changes}
    versions = {pin.name: Version(pin.version) for pin in pins}
    declared = _declared(wishes)
    return tuple(
        wish
        for wish in wishes
        if wish.origin in OURS
        and (
            wish.adds
            or wish.origin == "wheel"
            or canonicalize_name(wish.name) in changed
            or _binds(wish, versions, declared, project(wish.name), cutoff)
        )
    )


def _declared(wishes: Sequence[Wish]) -> dict[str, SpecifierSet]:
    found: dict[str, SpecifierSet] = {}
    for wish in wishes:
        if wish.origin not in OURS:
            name = canonicalize_name(wish.name)
            found[name] = found.get(name, SpecifierSet()) & Requirement(wish.line).specifier
    return found


def _binds(
    wish: Wish,
    versions: dict[str, Version],
    declared: dict[str, SpecifierSet],
    project: Project | Missing,
    cutoff: datetime | None,
) -> bool:
    name = canonicalize_name(wish.name)
    chosen = versions.get(name)
    if chosen is None:
        return False
    if isinstance(project, Missing):
        return True
    bound = Requirement(wish.line).specifier
    there = declared.get(name, SpecifierSet()).filter(
        version
        for version, files in project.by_version.items()
        if any(uploaded_by(file, cutoff) and file.yanked is None for file in files)
    )
    newer = [version for version in there if version > chosen]
    if not newer:
        return False
    if not any(bound.contains(version, prereleases=True) for version in newer):
        return True
    return any(clause.operator not in ("<", "<=") for clause in bound)
