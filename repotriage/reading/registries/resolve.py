"""From a registered name to the class or function behind it: config → registry → registration → definition."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.models.reading import Command, ConfigFile, Registered
from repotriage.parsing.python import Module
from repotriage.parsing.walk import Visitor
from repotriage.reading.registries import families
from repotriage.reading.registries.registration import Registration, RegistryPlace
from repotriage.reading.symbols import SymbolTable

_MAX = 6000
_MAX_OF_LOOKUP = 300  # names of one module that `getattr` may ask for
_CONFIGS_SHOWN = 2
_TESTS = re.compile(r"(?:^|/)(?:tests?|\.github)/|(?:^|/)(?:setup|conftest|test_\w+)\.py$")


@cache
def _visitors() -> tuple[Visitor, ...]:
    return tuple(
        importlib.import_module(f"{families.__name__}.{found.name}").visit
        for found in pkgutil.iter_modules(families.__path__)
    )


def registrations(module: Module) -> Iterator[Frozen]:
    """What every family sees in one file."""
    for visit in _visitors():
        yield from visit(module)


def registered(
    found: Iterable[Registration],
    places: Sequence[RegistryPlace],
    configs: Sequence[ConfigFile],
    commands: Sequence[Command],
    names: SymbolTable,
) -> tuple[Registered, ...]:
    """Each name with its definition, each once, sorted by name and place."""
    made_at = {place.variable: place.at for place in places}
    unique: dict[tuple[str, str, str, Location], Registered] = {}
    for one in found:
        if _TESTS.search(one.at.path):
            continue
        for resolved in _resolve(one, names, made_at):
            unique.setdefault((resolved.name, resolved.registry, resolved.symbol, resolved.at), resolved)
            if len(unique) >= _MAX:
                break
    asked = _asked(configs, commands, {one.name for one in unique.values()})
    whole = (
        one.model_copy(update={"via": (*asked.get(one.name, ()), *one.via)}) if one.name in asked else one
        for one in unique.values()
    )
    return tuple(sorted(whole, key=lambda one: (one.name, one.registry, one.at.path, one.at.line or 0)))


def _resolve(one: Registration, names: SymbolTable, made_at: dict[str, Location]) -> Iterator[Registered]:
    path = one.at.path
    if one.everything:
        module = path if one.dotted == "" else names.module(path, one.dotted)
        if module is None:
            return
        for count, (name, at) in enumerate(names.names_of(module)):
            if count >= _MAX_OF_LOOKUP:
                return
            yield Registered(name=name, registry=one.registry, symbol=name, at=at, via=(one.at,))
        return
    target = names.definition(path, one.dotted)
    if target is None and one.own_only:
        return
    via = []
    if one.owner is not None:
        variable = one.owner.rpartition(".")[2]
        registry = made_at.get(variable)
        if registry is None:
            defined = names.definition(path, one.owner)
            registry = defined[1] if defined is not None else None
        if registry is not None and registry != one.at:
            via.append(registry)
    via.append(one.at)
    symbol, at = target if target is not None else (one.dotted, one.at)
    yield Registered(name=one.name, registry=one.registry, symbol=symbol, at=at, via=tuple(via))


def _asked(
    configs: Sequence[ConfigFile], commands: Sequence[Command], known: set[str]
) -> dict[str, tuple[Location, ...]]:
    """Where documented commands and configurations ask for a name: the first two places."""
    asked: dict[str, list[Location]] = {}
    for command in commands:
        for word in command.argv[1:]:
            name = word.rpartition("=")[2]
            if name in known:
                asked.setdefault(name, []).append(command.at)
    for config in sorted(configs, key=lambda one: (one.path.count("/"), one.path)):
        for name, line in config.names:
            if name in known and len(asked.setdefault(name, [])) < _CONFIGS_SHOWN:
                asked[name].append(Location(path=config.path, line=line))
    return {name: tuple(dict.fromkeys(places))[:_CONFIGS_SHOWN] for name, places in asked.items()}
