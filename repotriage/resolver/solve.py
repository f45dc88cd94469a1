"""From a study to an environment: candidates in the order of their likelihood, until one is clean."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from repotriage import data
from repotriage.index.facts import Project
from repotriage.index.port import Index
from repotriage.index.target import Target
from repotriage.models.base import Frozen, msg
from repotriage.models.host import Host
from repotriage.models.solution import Attempt, Candidate, Clock, Environment, Wish
from repotriage.models.study import Study
from repotriage.resolver.attempt import Judge, Known, TooManyChanges, attempt
from repotriage.resolver.bench import Bench
from repotriage.resolver.choose import CHANGED, COMPILED, LEFT_OUT, OTHER_PYTHON, best_of, cost, cost_of, why_best
from repotriage.resolver.clocks import clocks_of
from repotriage.resolver.decide import first_uploaded
from repotriage.resolver.gateway import Gateway
from repotriage.resolver.loosen import looser
from repotriage.resolver.pythons import python_choices
from repotriage.resolver.uv import UvSolver
from repotriage.resolver.wishes import Asked, pinned, wishes_of


class SolveSettings(Frozen):
    """What the user asks of the solving; times in seconds."""

    python: str | None = None
    as_of: datetime | None = None
    timeout: float = Field(default=120.0, gt=0)  # for the whole
    most_pythons: int = 3
    most_clocks: int = 3


def optional_native() -> tuple[str, ...]:
    """Projects that install from source without a compiler, though they hold native code."""
    return tuple(row["name"] for row in data.table("source_installs")["project"])


def solve(study: Study, host: Host, index: Index, settings: SolveSettings | None = None) -> Environment:
    """The environment that fits the repository and the machine, proved by solving, or why there is none."""
    wanted = settings or SolveSettings()
    asked = wishes_of(study.dependencies)
    if not asked.wishes:
        return Environment(
            verdict="unknown",
            best=None,
            host=host.name,
            why_best=msg("the repository declares and imports nothing that an index has"),
        )
    with Gateway(index) as gateway, UvSolver(gateway, timeout=wanted.timeout) as solver:
        bench = Bench(index, gateway, solver, deadline=time.monotonic() + wanted.timeout)
        bench.gather(wish.name for wish in asked.wishes)
        attempts = _attempts(study, host, bench, asked, wanted)
    best = best_of(attempts)
    others = tuple(attempts[:best] + attempts[best + 1 :])
    return Environment(
        verdict=attempts[best].verdict,
        best=attempts[best],
        others=others,
        wishes=(*asked.wishes, *attempts[best].added),
        why_best=why_best(attempts[best], others),
        host=host.name,
    )


def _attempts(study: Study, host: Host, bench: Bench, asked: Asked, wanted: SolveSettings) -> list[Attempt]:
    files = tuple(dict.fromkeys(wish.at.path for wish in asked.wishes if wish.origin == "declared" and wish.at))
    exact = [wish for wish in asked.wishes if pinned(wish.line) is not None]
    clocks = clocks_of(
        study.snapshot,
        files,
        pins=_youngest_pin(bench, exact),
        mostly_pinned=2 * len(exact) > len(asked.wishes),
        as_of=wanted.as_of,
    )
    attempts: list[Attempt] = []
    cheapest: int | None = None  # cost of the best that solves without a known break
    for candidate, least in _candidates(study, host, bench, asked, clocks, wanted):
        if (bench.time_is_up and attempts) or (cheapest is not None and least >= cheapest - COMPILED):
            continue
        target = target_of(host, candidate.python)
        room = None if cheapest is None else cheapest - (0 if candidate.python_declared else OTHER_PYTHON)
        try:
            found = attempt(bench, candidate, target, asked, judges_of(study, host), below=room)
        except TooManyChanges:
            continue
        attempts.append(found)
        if found.pins and not found.breaks:
            cheapest = min(cost(found), cheapest if cheapest is not None else cost(found))
    return attempts


def _candidates(
    study: Study, host: Host, bench: Bench, asked: Asked, clocks: Sequence[Clock], wanted: SolveSettings
) -> list[tuple[Candidate, int]]:
    """Every Python with every clock, all of the likeliest clock first; and the least cost each can have."""
    found: list[tuple[Candidate, int]] = []
    for clock in clocks[: wanted.most_clocks]:

        def least_cost(wish: Wish, python: str, clock: Clock = clock) -> int:
            return _least_cost(bench, wish, target_of(host, python), clock.cutoff)

        choices = python_choices(
            study, asked.wishes, clock.cutoff, least_cost, only=wanted.python, most=wanted.most_pythons
        )
        for one in choices:
            candidate = Candidate(python=one.version, python_declared=one.declared, clock=clock, reason=one.reason)
            found.append((candidate, sum(map(cost_of, asked.changes)) + one.least))
    return found


def _least_cost(bench: Bench, wish: Wish, target: Target, cutoff: datetime | None) -> int:
    """What a line costs by index facts alone: nothing, a compiler, a change, or leaving it out."""
    found = bench.judge(wish.line, target, cutoff)
    if found.possible:
        return COMPILED if found.standing == "compiled" else 0
    if any(bench.judge(line, target, cutoff).possible for line in looser(wish.line)):
        return CHANGED
    return LEFT_OUT


def _youngest_pin(bench: Bench, exact: Sequence[Wish]) -> datetime | None:
    """When the youngest of the pinned releases was uploaded: none of them can be had before."""
    dates: list[datetime] = []
    for wish in exact:
        if wish.name in bench.exempt:
            continue
        project, version = bench.project(wish.name), pinned(wish.line)
        if isinstance(project, Project) and version is not None and version in project.by_version:
            first = first_uploaded(project.by_version[version])
            if first is not None:
                dates.append(first)
    return max(dates, default=None)


def target_of(host: Host, python: str) -> Target:
    """The platform of a machine, with a Python."""
    return Target(python=python, os=host.os, arch=host.arch, glibc=host.glibc or "2.35")


def judges_of(study: Study, host: Host) -> Judge:
    """The rules that tell known breaks of a solution for this code on this machine."""
    del study, host

    def judge(pins: object, target: Target) -> Sequence[Known]:
        del pins, target
        return ()

    return judge
