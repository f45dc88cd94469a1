"""Which Pythons to try: declared ∩ wheels of the lines ∩ syntax of the code, at a date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.compat.cliffs import no_release_runs
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.requirement import Requirement
from repotriage.models.solution import Wish
from repotriage.models.study import Study
from repotriage.resolver.breakage_uses import breaks, is_aside, uses_that_count
from repotriage.resolver.choose import OTHER_PYTHON
from repotriage.resolver.decide import minor_allowed
from repotriage.resolver.ways import DOCUMENTS

_SETTLED = timedelta(days=300)  # what is in wide use: packages have wheels for it
_PYTHON2 = "2.7"
_UNRANKED = 99
_TESTS_SEVERAL = ("workflow", "tox", "nox")  # each Python named there is one of several, not a bound


class PythonChoice(Frozen):
    """A Python to try; `least` is the least cost (see choose.py) that any solution on it has."""

    version: str
    reason: Message
    declared: bool = True  # False: the repository declares others
    least: int = 0


class Declared(Frozen):
    """What the repository declares of Python: minors that are left, and whether one is named exactly."""

    allowed: tuple[str, ...]
    by: tuple[Requirement, ...]
    ignored: tuple[Requirement, ...] = ()  # those that contradict a more trusted one


def all_pythons() -> Mapping[str, date]:
    """Every minor version that is known, and the day of its release."""
    rows: Sequence[Mapping[str, Any]] = data.table("pythons")["python"]
    return {row["version"]: row["released"] for row in rows}


def declared_pythons(study: Study) -> Declared:
    """The minors that every declaration admits; the less trusted one gives way where they contradict."""
    allowed = tuple(all_pythons())
    by: list[Requirement] = []
    ignored: list[Requirement] = []
    for group in _declarations(study):
        left = tuple(version for version in allowed if any(minor_allowed(one.specifier, version) for one in group))
        if left:
            allowed = left
            by += [one for one in group if any(minor_allowed(one.specifier, version) for version in left)]
        else:
            ignored += group
    return Declared(allowed=allowed, by=tuple(by), ignored=tuple(ignored))


def _declarations(study: Study) -> list[list[Requirement]]:
    """What declares Pythons, the most trusted first; what a file tests with one after another stands together."""
    ranks = {file.path: file.rank for file in study.dependencies.files}
    said = [
        one
        for one in study.dependencies.requirements
        # the environment that builds the documents or runs the tests is another
        if one.kind == "python" and one.specifier and (one.format in DOCUMENTS or not is_aside(one.at))
    ]
    said.sort(key=lambda one: (-one.confidence, ranks.get(one.at.path) or _UNRANKED))
    groups: dict[object, list[Requirement]] = {}
    for place, one in enumerate(said):
        groups.setdefault(one.at.path if one.format in _TESTS_SEVERAL else place, []).append(one)
    return list(groups.values())


def python_choices(
    study: Study,
    wishes: Sequence[Wish],
    cutoff: datetime | None,
    least_cost: Callable[[Wish, str], int],
    *,
    only: str | None = None,
    most: int = 3,
) -> tuple[PythonChoice, ...]:
    """The Pythons to try, best first: least cost by what the index has, then declared, then usual at that date.

    `least_cost` tells what a line costs at least on a Python.
    """
    released = all_pythons()
    if only is not None:
        return (PythonChoice(version=only, reason=msg("you asked for Python {version}", version=only)),)
    declared = declared_pythons(study)
    exists = [version for version, day in released.items() if cutoff is None or _midnight(day) <= cutoff]
    python2 = _is_python2(study)
    keywords = [one.python_below for one in study.reading.broken if one.python_below and not is_aside(one.at)]
    floor = max((_key(need.python) for need in study.reading.syntax), default=(0, 0))
    usual = _usual(exists, cutoff)
    uses = tuple(uses_that_count(study.breakages))
    ranked: list[tuple[tuple[float, ...], PythonChoice]] = []
    for version in exists:
        if _key(version) < floor:
            continue
        if (version == _PYTHON2) != python2 and not (declared.by and version in declared.allowed):
            continue
        is_declared = version in declared.allowed
        broken = (
            any(use.package == "python" and breaks(use, f"{version}.0") for use in uses)
            or any(_key(version) >= _key(below) for below in keywords)
            or any(no_release_runs(canonicalize_name(wish.name), version) for wish in wishes)
        )
        least = sum(least_cost(wish, version) for wish in wishes)
        reason = _why(version, declared, is_declared, usual)
        choice = PythonChoice(version=version, reason=reason, declared=is_declared, least=least)
        distance = abs(_key(version)[1] - _key(usual)[1]) + (0.5 if _key(version) > _key(usual) else 0)
        asked = least + (0 if is_declared else OTHER_PYTHON)
        ranked.append(((broken, asked, not is_declared, distance), choice))
    ranked.sort(key=lambda pair: pair[0])
    found = [choice for _, choice in ranked[:most]]
    # What the repository declares is tried even where lines have nothing for it.
    if declared.by and not any(choice.declared for choice in found):
        found += [choice for _, choice in ranked if choice.declared][:1]
    return tuple(found)


def _is_python2(study: Study) -> bool:
    """Whether the main code is Python 2: a good part of the files, or what starts it; not a script left over."""
    old = {one.at.path for one in study.reading.broken if one.python2 and not is_aside(one.at)}
    starts = any(entry.path in old for entry in study.reading.entry_points if entry.role in ("train", "evaluate"))
    return bool(old) and (starts or len(old) * 4 >= study.reading.size.python_files)


def _usual(exists: Sequence[str], cutoff: datetime | None) -> str:
    """The Python 3 that most people ran at that date."""
    released = all_pythons()
    when = cutoff or datetime.combine(max(released.values()), time(), UTC) + 2 * _SETTLED
    settled = [v for v in exists if v != _PYTHON2 and _midnight(released[v]) + _SETTLED <= when]
    return max(settled or [v for v in exists if v != _PYTHON2] or ["3.6"], key=_key)


def _why(version: str, declared: Declared, is_declared: bool, usual: str) -> Message:
    if declared.by and is_declared:
        admitting = [one for one in declared.by if minor_allowed(one.specifier, version)]
        one = min(admitting, key=_breadth)
        if one.format in _TESTS_SEVERAL:
            return msg("{where} uses Python {version}", where=str(one.at), version=version)
        return msg("{where} declares Python {specifier}", where=str(one.at), specifier=one.specifier)
    if declared.by:
        another = next((one for one in declared.by if not minor_allowed(one.specifier, version)), declared.by[0])
        return msg("the packages have files for it, though {where} declares another", where=str(another.at))
    if version == usual:
        return msg("the usual Python at that date; the repository declares none")
    return msg("the packages have files for it; the repository declares none")


def _breadth(one: Requirement) -> int:
    """How many minors a declaration admits: the narrowest decides."""
    return sum(minor_allowed(one.specifier, version) for version in all_pythons())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _key(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor.partition(".")[0] or 0)
