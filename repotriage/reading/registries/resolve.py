"""From a registered name to the class or function behind it: config → registry → registration → definition."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

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
    aliases: list[Registration] = []
    for one in found:
        if _TESTS.search(one.at.path) or len(unique) >= _MAX:
            continue
        if one.alias_of is not None:
            aliases.append(one)
            continue
        for resolved in _resolve(one, names, made_at):
            unique.setdefault((resolved.name, resolved.registry, resolved.symbol, resolved.at), resolved)
    _follow(aliases, unique, names)
    asked = _asked(configs, commands, {one.name for one in unique.values()})
    whole = (
        one.model_copy(update={"via": (*asked.get(one.name, ()), *one.via)}) if one.name in asked else one
        for one in unique.values()
    )
    return tuple(sorted(whole, key=lambda one: (one.name, one.registry, one.at.path, one.at.line or 0)))


def _follow(
    aliases: Sequence[Registration], unique: dict[tuple[str, str, str, Location], Registered], names: SymbolTable
) -> None:
    """Add the further names of what is registered: `old_name` → `new_name` → its definition."""
    by_name: dict[str, Registered] = {}
    for known in unique.values():
        by_name.setdefault(known.name, known)
    for one in aliases:
        meant = by_name.get(one.alias_of or "")
        if meant is not None:
            targets: Iterable[Registered] = (meant.model_copy(update={"name": one.name, "via": (one.at, *meant.via)}),)
        else:
            targets = _resolve(one, names, {})
        for made in targets:
            unique.setdefault((made.name, made.registry, made.symbol, made.at), made)


def _resolve(one: Registration, names: SymbolTable, made_at: dict[str, Location]) -> Iterator[Registered]:
    path = one.at.path
    if one.everything:
        module = path if one.dotted == "" else names.module(path, one.dotted)
        if module is None:
            return
        for name, symbol, at in islice(names.names_of(module), _MAX_OF_LOOKUP):
            yield _registered(name, one.registry, symbol, at, (one.at,), names)
        return
    if one.modules is not None:
        for name, symbol, at in islice(names.modules_like(*one.modules, near=path), _MAX_OF_LOOKUP):
            yield _registered(name, one.registry, symbol, at, (one.at,), names)
        return
    target = names.definition(path, one.dotted)
    if target is None and one.by_name:
        place = names.class_named(one.dotted)
        target = None if place is None else (one.dotted, place)
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
    name = one.name
    if one.constant is not None:
        name = names.text(path, one.constant) or name
    yield _registered(name, one.registry, symbol, at, tuple(via), names)


def _registered(
    name: str, registry: str, symbol: str, at: Location, via: tuple[Location, ...], names: SymbolTable
) -> Registered:
    """With the class that a function makes."""
    made = None if names.is_class(at, symbol) else names.made_by(at.path, symbol)
    return Registered(
        name=name,
        registry=registry,
        symbol=symbol,
        at=at,
        via=via,
        makes=made[0] if made else None,
        makes_at=made[1] if made else None,
    )


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
