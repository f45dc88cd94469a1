"""A conflict in one sentence that a person understands, from the metadata of the packages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.index.facts import CoreMetadata, Missing
from repotriage.index.metadata import parsed
from repotriage.index.target import Target
from repotriage.models.base import Message, msg
from repotriage.models.solution import Wish
from repotriage.resolver.bench import OURS, Bench
from repotriage.resolver.decide import matching_versions
from repotriage.resolver.gateway import offers_of

_DEPTH = 3  # releases in a chain
_MOST = 200  # releases that are looked into for one core


@dataclass(frozen=True, slots=True)
class _Need:
    """That a line asks for some versions of a project: itself, or through releases that it leads to."""

    wish: Wish
    project: str
    specifier: SpecifierSet
    extras: frozenset[str] = frozenset()
    through: tuple[str, ...] = ()  # `a 1.0`, `b 2.0`: the last one asks
    asked: tuple[str, ...] = ()  # what each of them asks the next one for

    @property
    def text(self) -> str:
        return f"{self.project}{self.specifier}"

    @property
    def who(self) -> str:
        """Who asks, without the last release: `a 1.0, requirements.txt:3`."""
        return ", ".join((*reversed(self.through[:-1]), _where(self.wish)))


@dataclass(frozen=True, slots=True)
class _Where:
    """What an explanation is looked for with."""

    bench: Bench
    target: Target
    cutoff: datetime | None
    direct: Mapping[str, SpecifierSet]  # what the lines of the core ask of a project themselves


def explain(
    core: Sequence[Wish], bench: Bench, target: Target, cutoff: datetime | None
) -> tuple[Message, tuple[Message, ...]]:
    """The sentence, and the facts that it rests on."""
    direct: dict[str, SpecifierSet] = {}
    for wish in core:
        name = canonicalize_name(wish.name)
        direct[name] = direct.get(name, SpecifierSet()) & parsed(wish.line).specifier
    where = _Where(bench, target, cutoff, direct)
    needs = list(_needs(core, where))
    if len(core) == 1:
        lone = next((need for need in needs if need.through and not _can_be_had(need.project, need.text, where)), None)
        if lone is not None:
            return _lone(lone, where), _once(_steps(lone, last=False))
    clash = _clash(core, needs, where)
    if clash is not None:
        facts = [fact for need in clash for fact in _steps(need, last=False)]
        facts += [fact for need in clash for fact in _others(need.wish, where)]
        return _told(clash, core, where), _once(facts)
    if len(core) == 1:
        return msg(
            "{line} cannot be had on Python {python} with all that it needs",
            line=_place(core[0]), python=target.python,
        ), ()  # fmt: skip
    lines = ", ".join(_place(wish) for wish in core)
    return (
        msg("these lines cannot hold together on Python {python}: {lines}", python=target.python, lines=lines),
        _once(_told(clash, core, where) for clash in _clashes(needs, where)),
    )


def _needs(core: Sequence[Wish], where: _Where) -> Iterator[_Need]:
    """What the lines ask for, and what the newest release that each leads to asks for, the nearest first."""
    queue = [
        _Need(wish, canonicalize_name(wish.name), parsed(wish.line).specifier, frozenset(parsed(wish.line).extras))
        for wish in core
        if (marker := parsed(wish.line).marker) is None or where.target.applies(marker)
    ]
    seen: set[tuple[str, str, str]] = set()
    while queue and len(seen) < _MOST and not where.bench.time_is_up:
        need = queue.pop(0)
        yield need
        key = (need.wish.line, need.project, str(need.specifier))
        if len(need.through) < _DEPTH and key not in seen:
            seen.add(key)
            queue += _below(need, where)


def _below(need: _Need, where: _Where) -> Iterator[_Need]:
    """What the newest release that a need admits asks for itself."""
    bench, target = where.bench, where.target
    wanted = need.specifier & where.direct.get(need.project, SpecifierSet())
    newest = bench.judge(f"{need.project}{wanted}", target, where.cutoff).newest
    project = bench.project(need.project)
    if newest is None or isinstance(project, Missing):
        return
    offer = next((one for one in offers_of(project, target) if one.file.version == Version(newest)), None)
    if offer is None or (need.through and offer.stand_in):  # an archive is not fetched for the sake of words
        return
    metadata = bench.gateway.needs(need.project, offer.file)
    if not isinstance(metadata, CoreMetadata):
        return
    for line in metadata.requires:
        needed = parsed(line)
        if needed.marker is None or any(target.applies(needed.marker, extra) for extra in ("", *need.extras)):
            yield _Need(
                need.wish,
                canonicalize_name(needed.name),
                needed.specifier,
                frozenset(needed.extras),
                (*need.through, f"{need.project} {newest}"),
                (*need.asked, f"{canonicalize_name(needed.name)}{needed.specifier}"),
            )


def _clash(core: Sequence[Wish], needs: Sequence[_Need], where: _Where) -> tuple[_Need, ...] | None:
    """The fewest needs of one project that no release meets together, with which every line of the core has to do."""
    whole = {id(wish) for wish in core}
    found = [one for one in _clashes(needs, where) if {id(need.wish) for need in one} == whole]
    return min(found, key=lambda one: (len(one), sum(len(need.through) for need in one)), default=None)


def _clashes(needs: Sequence[_Need], where: _Where) -> list[tuple[_Need, ...]]:
    """For each project, needs that no release meets together, and none of which can be spared for that."""
    by_project: dict[str, list[_Need]] = {}
    for need in needs:
        by_project.setdefault(need.project, []).append(need)
    found: list[tuple[_Need, ...]] = []
    for project, group in by_project.items():
        if len(group) == 1 or _hold(project, group, where):
            continue
        kept = list(group)
        for need in sorted(group, key=lambda one: -len(one.through)):
            rest = [one for one in kept if one is not need]
            if rest and not _hold(project, rest, where):
                kept = rest
        if len(kept) > 1:
            found.append(tuple(kept))
    return found


def _hold(project: str, needs: Sequence[_Need], where: _Where) -> bool:
    together = SpecifierSet()
    for need in needs:
        together &= need.specifier
    return _can_be_had(project, f"{project}{together}", where)


def _can_be_had(project: str, line: str, where: _Where) -> bool:
    found = where.bench.judge(line, where.target, where.cutoff)
    return found.possible and not isinstance(where.bench.project(project), Missing)


def _told(clash: Sequence[_Need], core: Sequence[Wish], where: _Where) -> Message:
    first, *rest = sorted(clash, key=lambda one: (not one.through, one.wish.origin in OURS))
    project = first.project
    if len(clash) > 2 or len(core) == 1:
        needs = ", ".join(f"{one.text} ({', '.join((*one.through[-1:], one.who))})" for one in clash)
        return msg(
            "no release of {project} for Python {python} is all of this: {needs}",
            project=project, python=where.target.python, needs=needs,
        )  # fmt: skip
    second = rest[0]
    if not first.through:
        return msg(
            "{first} ({where}) and {second} ({line}) have no release in common",
            first=first.wish.line, where=first.who, second=second.wish.line, line=second.who,
        )  # fmt: skip
    if second.wish.origin in OURS and not second.through:
        return msg(
            "{through} ({where}) needs {needed}, but {asked} is needed here: {reason}",
            through=first.through[-1], where=first.who, needed=first.text, asked=second.text, reason=second.who,
        )  # fmt: skip
    if not second.through:
        return msg(
            "{through} ({where}) needs {project}{needed}, but {line} asks for {asked}",
            through=first.through[-1], where=first.who, project=project, needed=str(first.specifier),
            line=second.who, asked=second.wish.line,
        )  # fmt: skip
    return msg(
        "{through} ({where}) needs {project}{needed}, but {other} ({line}) needs {project}{asked}",
        through=first.through[-1], where=first.who, project=project, needed=str(first.specifier),
        other=second.through[-1], line=second.who, asked=str(second.specifier),
    )  # fmt: skip


def _lone(need: _Need, where: _Where) -> Message:
    found = where.bench.judge(need.text, where.target, where.cutoff)
    return msg(
        "{line} cannot be had on Python {python}: {through} needs {project}{needed}, and {why}",
        line=_place(need.wish), python=where.target.python, through=need.through[-1], project=need.project,
        needed=str(need.specifier), why=str(found.reason),
    )  # fmt: skip


def _once(facts: Iterable[Message]) -> tuple[Message, ...]:
    return tuple({str(fact): fact for fact in facts}.values())


def _steps(need: _Need, *, last: bool = True) -> Iterator[Message]:
    """Each step from a line to what it needs, with or without the last."""
    steps = list(zip(need.through, need.asked, strict=True))
    for through, asked in steps if last else steps[:-1]:
        yield msg("{through} needs {needed}", through=through, needed=asked)


def _others(wish: Wish, where: _Where) -> Iterator[Message]:
    """That the release that was named is one of several: the solver has shown that the others do not serve either."""
    requirement = Requirement(wish.line)
    project = where.bench.project(requirement.name)
    if isinstance(project, Missing) or wish.origin in OURS:
        return
    if len(list(matching_versions(project, requirement.specifier))) > 1:
        yield msg("no other release that {line} admits goes together with the rest either", line=_place(wish))


def _where(wish: Wish) -> str:
    if wish.at is not None:
        return str(wish.at)
    return str(wish.reason) if wish.reason is not None else wish.origin


def _place(wish: Wish) -> str:
    return f"{wish.line} ({_where(wish)})"
