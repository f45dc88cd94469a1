"""The environment of a study, remembered by commit and day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from repotriage import __version__
from repotriage.host import this_machine
from repotriage.index.simple import PYPI, SimpleIndex
from repotriage.index.store import Store
from repotriage.models.base import Frozen
from repotriage.models.host import Host
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.resolver.decide import optional_native
from repotriage.resolver.solve import SolveSettings, solve


class EnvironmentSettings(Frozen):
    """Where the index is, what may be asked of it, and what is asked of the solving."""

    index_url: str = PYPI
    offline: bool = False
    cache_dir: Path | None = None
    solve: SolveSettings = SolveSettings()


def environment_of(study: Study, host: Host, settings: EnvironmentSettings | None = None) -> Environment:
    """The environment, from the memory of the same commit, machine, settings, tables and day where there is one.

    Never raises for the sake of the network or of time: what could not be found out is `unknown` with the reason.
    """
    wanted = settings or EnvironmentSettings()
    memory = Store(None if wanted.cache_dir is None else wanted.cache_dir / "environments")
    key = _key(study, host, wanted)
    try:
        kept = _loads(memory.get(key))
        if kept is not None:
            return kept.model_copy(update=_machine(host))
        index = SimpleIndex(
            url=wanted.index_url,
            cache_dir=wanted.cache_dir,
            offline=wanted.offline,
            optional_native=optional_native(),
        )
        try:
            found = solve(study, host, index, wanted.solve).model_copy(update=_machine(host))
        finally:
            index.close()
        if found.best is not None and (found.verdict != "unknown" or found.best.pins):
            memory.put(key, found.model_dump_json().encode())
        return found
    finally:
        memory.close()


def _machine(host: Host) -> dict[str, object]:
    """What is told of the machine, beside the answer for it."""
    return {"os": host.os, "gpus": host.gpus}


def solver_for(
    *, index_url: str = PYPI, offline: bool = False, cache_dir: Path | None = None, timeout: float = 20.0
) -> Callable[[Study], Environment]:
    """What the pipeline asks for a study's environment on this machine; `timeout` in seconds."""
    wanted = EnvironmentSettings(
        index_url=index_url, offline=offline, cache_dir=cache_dir, solve=SolveSettings(timeout=timeout)
    )
    return lambda study: environment_of(study, this_machine(), wanted)


def _loads(data: bytes | None) -> Environment | None:
    if data is None:
        return None
    try:
        return Environment.model_validate_json(data)
    except ValidationError:  # of another version of these models
        return None


def _key(study: Study, host: Host, wanted: EnvironmentSettings) -> str:
    snapshot = study.snapshot
    asked = {
        "version": __version__,
        "tables": _tables(),
        "name": snapshot.name,
        "commit": snapshot.commit,
        "subdir": snapshot.subdir,
        "day": snapshot.taken_at.date().isoformat(),
        "needs": study.dependencies.model_dump_json(),
        "host": host.model_dump_json(exclude={"probed_at", "disk_free_mib", "unknown"}),
        "index": wanted.index_url,
        "solve": wanted.solve.model_dump_json(exclude={"timeout"}),
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _tables() -> str:
    """A hash of the tables: what they say decides the answer."""
    found = hashlib.sha256()
    for file in sorted(resources.files("repotriage.data").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found.update(file.read_bytes())
    return found.hexdigest()
