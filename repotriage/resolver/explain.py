"""A conflict in one sentence that a person understands, from the metadata of the packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from repotriage.index.facts import CoreMetadata, Missing
from repotriage.index.target import Target
from repotriage.models.base import Message, msg
from repotriage.models.solution import Wish
from repotriage.resolver.bench import Bench
from repotriage.resolver.gateway import offers_of


class _Need:
    """That a line of the core, or the release it leads to, asks for some versions of a project."""

    def __init__(self, wish: Wish, project: str, specifier: SpecifierSet, through: str | None) -> None:
        self.wish, self.project, self.specifier, self.through = wish, project, specifier, through


def explain(
    core: Sequence[Wish], bench: Bench, target: Target, cutoff: datetime | None
) -> tuple[Message, tuple[Message, ...]]:
    """The sentence, and the facts that it rests on."""
    needs = [need for wish in core for need in _needs(wish, bench, target, cutoff)]
    facts = tuple(_fact(need) for need in needs if need.through is not None and _shared(need, needs))
    if len(core) == 1:
        return _alone(core[0], needs, bench, target, cutoff), facts
    for first in needs:
        for second in needs:
            same = first.wish is not second.wish and first.project == second.project and first.through is not None
            if same and not _meet(first, second, bench):
                return _pair(first, second), facts
    lines = ", ".join(_place(wish) for wish in core)
    return msg("these lines cannot hold together on Python {python}: {lines}", python=target.python, lines=lines), facts


def _needs(wish: Wish, bench: Bench, target: Target, cutoff: datetime | None) -> Iterator[_Need]:
    requirement = Requirement(wish.line)
    name = canonicalize_name(requirement.name)
    yield _Need(wish, name, requirement.specifier, None)
    found = bench.judge(wish.line, target, cutoff)
    project = bench.project(name)
    if found.newest is None or isinstance(project, Missing):
        return
    offer = next((one for one in offers_of(project, target) if one.file.version == Version(found.newest)), None)
    metadata = bench.index.metadata(offer.file, native=True) if offer else None
    if not isinstance(metadata, CoreMetadata):
        return
    for line in metadata.requires:
        needed = Requirement(line)
        extras = ("", *requirement.extras)
        if needed.marker is None or any(target.applies(needed.marker, extra) for extra in extras):
            yield _Need(wish, canonicalize_name(needed.name), needed.specifier, f"{name} {found.newest}")


def _shared(need: _Need, needs: Sequence[_Need]) -> bool:
    return any(other.project == need.project and other.wish is not need.wish for other in needs)


def _meet(first: _Need, second: _Need, bench: Bench) -> bool:
    """Whether some release satisfies both."""
    project = bench.project(first.project)
    if isinstance(project, Missing):
        return False
    both = first.specifier & second.specifier
    return any(both.contains(version, prereleases=True) for version in project.by_version)


def _pair(first: _Need, second: _Need) -> Message:
    if second.through is None:
        return msg(
            "{through} ({where}) needs {project}{needed}, but {line} asks for {asked}",
            through=first.through, where=_where(first.wish), project=first.project, needed=str(first.specifier),
            line=_where(second.wish), asked=second.wish.line,
        )  # fmt: skip
    return msg(
        "{through} ({where}) needs {project}{needed}, but {other} ({line}) needs {project}{asked}",
        through=first.through, where=_where(first.wish), project=first.project, needed=str(first.specifier),
        other=second.through, line=_where(second.wish), asked=str(second.specifier),
    )  # fmt: skip


def _alone(wish: Wish, needs: Sequence[_Need], bench: Bench, target: Target, cutoff: datetime | None) -> Message:
    for need in needs:
        if need.through is not None:
            found = bench.judge(f"{need.project}{need.specifier}", target, cutoff)
            if not found.possible:
                return msg(
                    "{line} cannot be had on Python {python}: {through} needs {project}{needed}, and {why}",
                    line=_place(wish), python=target.python, through=need.through, project=need.project,
                    needed=str(need.specifier), why=str(found.reason),
                )  # fmt: skip
    found = bench.judge(wish.line, target, cutoff)
    if found.standing == "source_only":
        return msg(
            "{line} cannot be had: {why}, and its needs cannot be told", line=_place(wish), why=str(found.reason)
        )
    return msg(
        "{line} cannot be had on Python {python} with all that it needs", line=_place(wish), python=target.python
    )


def _fact(need: _Need) -> Message:
    return msg(
        "{through} needs {project}{needed}", through=need.through, project=need.project, needed=str(need.specifier)
    )


def _where(wish: Wish) -> str:
    return str(wish.at) if wish.at is not None else wish.origin


def _place(wish: Wish) -> str:
    return f"{wish.line} ({_where(wish)})"
