"""A name that a user asks for: the class behind it, the configuration of that name, or the names that are nearest."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

from repotriage.models.base import Frozen
from repotriage.models.reading import ConfigFile, Reading, Registered

_NEAREST = 5
_MAX_BASES = 40


class Lookup(Frozen):
    """What a name leads to; `how` says how it was matched, `config` the configuration that was asked for."""

    asked: str
    how: Literal["exact", "case-insensitive", "symbol", "config", "none"]
    hits: tuple[Registered, ...] = ()
    config: str | None = None
    inherited: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def look_up(reading: Reading, name: str) -> Lookup:
    """`name` exactly, then whatever its case, then as a class, then as the path of a configuration."""
    low = name.lower()
    tries: tuple[tuple[Literal["exact", "case-insensitive", "symbol"], Iterator[Registered]], ...] = (
        ("exact", (one for one in reading.registered if one.name == name)),
        ("case-insensitive", (one for one in reading.registered if one.name.lower() == low)),
        ("symbol", (one for one in reading.registered if one.symbol == name or one.name.rpartition(".")[2] == name)),
    )
    for how, hits in tries:
        found = sorted(hits, key=_rank)
        if found:
            return Lookup(asked=name, how=how, hits=tuple(found))
    config = _config(reading.configs, name)
    if config is not None:
        chain = _bases(reading.configs, config)
        named = {item for one in chain for item, _ in one.names}
        return Lookup(
            asked=name,
            how="config",
            hits=tuple(sorted((one for one in reading.registered if one.name in named), key=_rank)),
            config=config.path,
            inherited=tuple(one.path for one in chain[1:]),
        )
    return Lookup(asked=name, how="none", nearest=_nearest(reading, name))


def _rank(one: Registered) -> tuple[bool, int, str, int]:
    """A registry before a lazy configuration or a lookup in a module; what the most places tell of first."""
    loose = one.registry == "LazyConfig" or one.registry.startswith(("names of ", "globals()", "sys.modules"))
    return loose, -len(one.via), one.at.path, one.at.line or 0


def _config(configs: Sequence[ConfigFile], name: str) -> ConfigFile | None:
    same = [one for one in configs if one.path == name]
    ends = [one for one in configs if one.path.endswith(f"/{name}") or one.path.rpartition(".")[0].endswith(f"/{name}")]
    return next(iter(same or ends), None)


def _bases(configs: Sequence[ConfigFile], first: ConfigFile) -> list[ConfigFile]:
    """A configuration and all that it inherits from, nearest first."""
    by_path = {one.path: one for one in configs}
    chain, waiting = [first], list(first.bases)
    while waiting and len(chain) < _MAX_BASES:
        base = by_path.get(waiting.pop(0))
        if base is not None and base not in chain:
            chain.append(base)
            waiting += base.bases
    return chain


def _nearest(reading: Reading, name: str) -> tuple[str, ...]:
    known = list(dict.fromkeys(one.name for one in reading.registered))
    folded = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), folded, n=_NEAREST, cutoff=0.5)
    return tuple(folded[one] for one in close)
