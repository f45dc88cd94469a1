"""The smallest machines, repositories and environments that a rule can be asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from repotriage.compat.rules.registry import Case, all_rules
from repotriage.models.base import msg
from repotriage.models.host import CheckItem, Gpu, Host, Tool
from repotriage.models.reading import Reading
from repotriage.models.snapshot import File, Snapshot
from repotriage.models.solution import Attempt, Candidate, Clock, Environment, Pin
from repotriage.models.study import Study


def host(*, gpu: str | None = None, nvcc: str | None = None, gxx: str | None = None, **fields: Any) -> Host:
    """A Linux machine with what is named."""
    tools = {name: Tool(name=name, version=version) for name, version in (("nvcc", nvcc), ("g++", gxx)) if version}
    gpus = () if gpu is None else (Gpu(name="GPU", compute_capability=gpu, memory_mib=24576),)
    return Host.model_validate({"name": "m", "os": "linux", "arch": "x86_64", "gpus": gpus, "tools": tools} | fields)


def study(*files: File, reading: Reading | None = None) -> Study:
    """A repository with these files."""
    snapshot = Snapshot(source="checkout", name="r", taken_at=datetime(2024, 1, 1, tzinfo=UTC), files=files)
    return Study(snapshot=snapshot, reading=reading or Reading())


def case(machine: Host, *pins: Pin, python: str = "3.8", read: Study | None = None) -> Case:
    """A machine and a solution of these packages."""
    candidate = Candidate(python=python, clock=Clock(name="now", cutoff=None), reason=msg("a test"))
    best = Attempt(candidate=candidate, verdict="solves", pins=pins)
    return Case(host=machine, study=read, environment=Environment(verdict="solves", best=best))


def pin(name: str, version: str, local: str | None = None, url: str | None = None, compiles: bool = False) -> Pin:
    """One package of a solution."""
    return Pin(name=name, version=version, local=local, url=url, compiles=compiles)


def ask(name: str, one: Case) -> list[CheckItem]:
    """What one rule says."""
    return list(next(rule for rule in all_rules() if rule.name == name).run(one))


def states(name: str, one: Case) -> list[str]:
    """The states that one rule gives."""
    return [item.state for item in ask(name, one)]
