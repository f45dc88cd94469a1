"""From a study to an environment: candidates in the order of their likelihood, until one is clean."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from repotriage.compat.extensions import own_extension
from repotriage.index.elsewhere import Elsewhere
from repotriage.index.facts import Project
from repotriage.index.metadata import parsed
from repotriage.index.port import Index
from repotriage.index.target import Target
from repotriage.models.base import Frozen, msg
from repotriage.models.host import Host
from repotriage.models.solution import Attempt, Candidate, Clock, Environment, Pin, Wish
from repotriage.models.study import Study
from repotriage.resolver import cuda_names
from repotriage.resolver.accelerators import additions, outlook, rename, with_jaxlib
from repotriage.resolver.attempt import Completion, TooManyChanges, attempt, levels_of
from repotriage.resolver.bench import OURS, Bench
from repotriage.resolver.builders import builders_of
from repotriage.resolver.choose import CHANGED, COMPILED, LEFT_OUT, best_of, cost, cost_of, cost_of_candidate, why_best
from repotriage.resolver.clocks import clocks_of
from repotriage.resolver.decide import first_uploaded, matching_versions
from repotriage.resolver.gateway import Gateway
from repotriage.resolver.judges import judges_of
from repotriage.resolver.loosen import looser
from repotriage.resolver.other_names import other_names
from repotriage.resolver.pythons import python_choices
from repotriage.resolver.steps import cuda_to_compile, from_pages, lost_steps, steps_of
from repotriage.resolver.torch_build import (
    FAMILY,
    Choice,
    choose_build,
    cudas_that_count,
    fitted,
    host_bounds,
    index_of,
    with_build,
)
from repotriage.resolver.uv import UvSolver
from repotriage.resolver.ways import DOCUMENTS
from repotriage.resolver.wishes import Asked, pinned, wishes_of


class SolveSettings(Frozen):
    """What the user asks of the solving; times in seconds."""

    python: str | None = None
    cuda: str | None = None  # 11.8
    as_of: datetime | None = None
    timeout: float = Field(default=120.0, gt=0)  # for the whole
    allow_builds: bool = False  # code of packages may be run to learn what they need
    most_pythons: int = 3
    most_clocks: int = 3


def solve(study: Study, host: Host, index: Index, settings: SolveSettings | None = None) -> Environment:
    """The environment that fits the repository and the machine, proved by solving, or why there is none."""
    wanted = settings or SolveSettings()
    asked = fitted(wishes_of(study.dependencies), host)
    bounds = host_bounds(host) if any(wish.name in FAMILY for wish in asked.wishes) else ()
    history = study.snapshot.history
    raised = history.bot_pins if history is not None else None
    asked = asked.model_copy(update={"wishes": (*asked.wishes, *bounds), "raised": raised or ()})
    if not asked.wishes:
        return Environment(
            verdict="unknown",
            best=None,
            host=host.name,
            why_best=msg("the repository declares and imports nothing that an index has"),
        )
    index = Elsewhere(index)
    with Gateway(index, bare=asked.bare) as gateway, UvSolver(gateway, timeout=wanted.timeout) as solver:
        deadline = time.monotonic() + wanted.timeout
        bench = Bench(index, gateway, solver, deadline=deadline, allow_builds=wanted.allow_builds)
        bench.gather(wish.name for wish in asked.wishes)
        if bench.time_is_up:
            return Environment(
                verdict="unknown",
                best=None,
                wishes=asked.wishes,
                host=host.name,
                why_best=msg("looking up {n} packages on the index took all of the time", n=len(asked.wishes)),
            )
        attempts = _attempts(study, host, bench, asked, wanted)
    best = attempts[best_of(attempts)]
    others = tuple(one for one in attempts if one is not best)
    compiles = own_extension(study) is not None or any(step.needs_cuda for step in steps_of(best, asked, host, None))
    named = cudas_that_count(asked.cudas, host, compiles=compiles)
    build = choose_build(best.pins, host, asked.builds, wanted.cuda, named)
    by_wheel = {wish.name for wish in best.added if wish.origin == "wheel"}
    gpu = outlook(best.pins, host, asked.builds, wanted.cuda)
    every = (*steps_of(best, asked, host, build.tag), *lost_steps(best, bench.gateway.lost))
    pins, steps = from_pages(with_jaxlib(with_build(best.pins, build), gpu.jaxlib), every)
    return Environment(
        verdict=best.verdict,
        best=best.model_copy(update=_built(best, build, pins)),
        others=others,
        wishes=asked.wishes,
        why_best=why_best(best, others),
        host=host.name,
        steps=steps,
        build_choice=build.why or gpu.why,
        notices=gpu.notices,
        cuda=cuda_to_compile(best.pins, steps, host, build.tag) or gpu.cuda,
        exempt=tuple(
            pin.name
            for pin in best.pins
            if pin.name in by_wheel or (pin.name in bench.exempt and _is_later(pin, best.candidate))
        ),
        built_with=builders_of(bench, best.pins, target_of(host, best.candidate.python)),
    )


def _is_later(pin: Pin, candidate: Candidate) -> bool:
    cutoff = candidate.clock.cutoff
    return cutoff is not None and (pin.uploaded is None or pin.uploaded > cutoff.date())


def _built(best: Attempt, build: Choice, pins: tuple[Pin, ...]) -> dict[str, object]:
    """The best attempt with the framework's build in its place."""
    candidate = best.candidate
    framework = next((pin.name for pin in best.pins if pin.name in ("torch", "tensorflow", "jax")), None)
    named = {"framework": framework, "build": build.tag, "index_url": index_of(build.tag) if build.tag else None}
    levels = levels_of(pins, best.breaks, untold=any(pin.untold for pin in pins))
    return {"pins": pins, "candidate": candidate.model_copy(update=named), "levels": levels}


def _attempts(study: Study, host: Host, bench: Bench, asked: Asked, wanted: SolveSettings) -> list[Attempt]:
    files = _lists(study, asked)
    exact = [wish for wish in asked.wishes if pinned(wish.line) is not None]
    clocks = clocks_of(
        study.snapshot,
        files,
        pins=_youngest_pin(bench, asked.wishes),
        mostly_pinned=2 * len(exact) > len(asked.wishes),
        as_of=wanted.as_of,
    )
    dates = [clock.cutoff for clock in clocks[:1] if clock.cutoff is not None]
    bench.exempt_young((wish.name for wish in asked.wishes if pinned(wish.line) is None), dates)
    judges = judges_of(study, asked, host, wanted.cuda)
    attempts: list[Attempt] = []
    cheapest: int | None = None  # cost of the best that solves without a known break
    for candidate, least in _candidates(study, host, bench, asked, clocks, wanted):
        if (bench.time_is_up and attempts) or (cheapest is not None and least >= cheapest):
            continue
        target = target_of(host, candidate.python)
        room = None if cheapest is None else cheapest - cost_of_candidate(candidate)
        try:
            found = attempt(
                bench,
                candidate,
                target,
                asked,
                judges,
                complete=lambda pins: _completion(pins, asked, host, wanted),
                below=room,
            )
        except TooManyChanges:
            continue
        attempts.append(found)
        if found.pins and not found.breaks:
            cheapest = min(cost(found), cheapest if cheapest is not None else cost(found))
    return attempts


def _completion(pins: Sequence[Pin], asked: Asked, host: Host, wanted: SolveSettings) -> Completion:
    """What the solution lacks on this machine."""
    framework = rename(pins, host)
    build = choose_build(pins, host, asked.builds, wanted.cuda, cudas_that_count(asked.cudas, host, compiles=False))
    others = cuda_names.renames(pins, host, build)
    return Completion(
        renames=(*((framework,) if framework else ()), *others),
        additions=additions(pins, host),
    )


def _lists(study: Study, asked: Asked) -> tuple[str, ...]:
    """The files that declare lines; a document, which is edited for other reasons, only where nothing else does."""
    files = tuple(dict.fromkeys(wish.at.path for wish in asked.wishes if wish.origin == "declared" and wish.at))
    documents = {file.path for file in study.dependencies.files if file.format in DOCUMENTS}
    return tuple(path for path in files if path not in documents) or files


def _candidates(
    study: Study, host: Host, bench: Bench, asked: Asked, clocks: Sequence[Clock], wanted: SolveSettings
) -> list[tuple[Candidate, int]]:
    """Every Python with every clock, all of the likeliest clock first; and the least cost each can have."""
    found: list[tuple[Candidate, int]] = []
    for place, clock in enumerate(_some(clocks, wanted.most_clocks)):

        def least_cost(wish: Wish, python: str, clock: Clock = clock) -> int:
            return _least_cost(bench, wish, target_of(host, python), clock.cutoff)

        choices = python_choices(
            study, asked.wishes, clock.cutoff, least_cost, only=wanted.python, most=wanted.most_pythons
        )
        for one in choices:
            candidate = Candidate(
                python=one.version,
                python_declared=one.declared,
                clock=clock,
                clock_place=place,
                reason=one.reason,
            )
            least = sum(map(cost_of, asked.changes)) + one.least + cost_of_candidate(candidate)
            found.append((candidate, least))
    return found


def _some(clocks: Sequence[Clock], most: int) -> Sequence[Clock]:
    """The first clocks, and today in any case."""
    return clocks if len(clocks) <= most else (*clocks[: most - 1], clocks[-1])


def _least_cost(bench: Bench, wish: Wish, target: Target, cutoff: datetime | None) -> int:
    """What a line costs by index facts alone: nothing, a compiler, a change, or leaving it out."""
    found = bench.judge(wish.line, target, cutoff)
    if found.possible or wish.origin in OURS:
        return COMPILED if found.standing == "compiled" else 0
    lines = (*other_names(wish.line, target), *looser(wish.line))
    if any(bench.judge(line, target, cutoff).possible for line in lines):
        return CHANGED
    return LEFT_OUT


def _youngest_pin(bench: Bench, wishes: Sequence[Wish]) -> datetime | None:
    """The first day on which every line that names a release or a lowest one could be met.

    The lowest release that a machine can run counts as one.
    """
    dates: list[datetime] = []
    for wish in wishes:
        asked = parsed(wish.line)
        bounded = any(clause.operator in ("==", "===", "~=", ">=", ">") for clause in asked.specifier)
        project = bench.project(wish.name) if bounded else None
        if not isinstance(project, Project) or wish.name in bench.exempt:
            continue
        uploads = [first_uploaded(project.by_version[one]) for one in matching_versions(project, asked.specifier)]
        first = min((one for one in uploads if one is not None), default=None)
        if first is not None:
            dates.append(first)
    return max(dates, default=None)


def target_of(host: Host, python: str) -> Target:
    """The platform of a machine, with a Python."""
    told = re.search(r"macOS[ -](\d{1,2}(?:\.\d{1,2})?)", host.os_version or "")
    macos = {"macos": told[1]} if told else {}
    return Target(python=python, os=host.os, arch=host.arch, glibc=host.glibc or "2.35", **macos)
