"""A name that a user asks for: the class behind it, the configuration of that name, or the names that are nearest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from repotriage.models.base import Frozen
from repotriage.models.location import Location
from repotriage.models.reading import ConfigFile, Definitions, Reading, Registered
from repotriage.models.snapshot import File

_NEAREST = 5
_SHORTEST_FOLDED = 4  # letters from which a class of another writing is taken for the one that was meant
_MAX_BASES = 40
_MAX_MENTIONS = 8
_MAX_MISSING = 12
_MENTION_FILES = (".py", ".yaml", ".yml", ".json", ".toml", ".sh", ".md", ".ipynb")
_LOOSE = ("LazyConfig", "names of ", "globals()", "sys.modules", "__init__()", "forward()", "attribute ")

How = Literal[
    "exact", "case-insensitive", "symbol", "scope", "definition", "module", "config", "none",
]  # fmt: skip


class Lookup(Frozen):
    """What a name leads to; `how` says how it was matched, `config` the configuration that was asked for.

    `missing` are names of that configuration that no class of this repository answers to, `mentions` the
    places that write a name which leads to no class, `scope` what was left out of the name to find it.
    """

    asked: str
    how: How
    hits: tuple[Registered, ...] = ()
    config: str | None = None
    inherited: tuple[str, ...] = ()
    missing: tuple[tuple[str, Location], ...] = ()
    nearest: tuple[str, ...] = ()
    mentions: tuple[Location, ...] = ()
    scope: str | None = None


def look_up(reading: Reading, name: str, files: Iterable[File] = ()) -> Lookup:
    """`name` as it is, then without its scope, as a class, as a configuration; last where `files` write it."""
    name = name.strip()
    if (named := _as_configuration(reading, name)) is not None:
        return named
    found = _by_name(reading, name)
    if found is not None:
        return found
    file = _dotted_module(reading.definitions, name)
    if file is not None:
        return Lookup(asked=name, how="module", hits=(file,))
    for scope, rest in _without_scope(name):
        inner = _by_name(reading, rest)
        if inner is None and "=" in scope:
            inner = _configuration(reading, f"{scope.rstrip('=').lstrip('+-')}/{rest}", name)
        if inner is not None:
            within = [one for one in inner.hits if _is_below(one.at.path, scope)]
            if within or not _is_package(scope):
                how: How = "scope" if inner.how == "exact" else inner.how
                hits = tuple(within) or inner.hits
                return inner.model_copy(update={"asked": name, "scope": scope, "hits": hits, "how": how})
    config = _configuration(reading, name, name)
    if config is not None:
        return config
    module = _module(reading.definitions, name)
    if module is not None:
        return Lookup(asked=name, how="module", hits=(module,))
    folded = _folded(reading, name)
    if folded:
        return Lookup(asked=name, how="case-insensitive", hits=folded)
    return Lookup(asked=name, how="none", nearest=_nearest(reading, name), mentions=tuple(_mentions(files, name)))


def _by_name(reading: Reading, name: str) -> Lookup | None:
    low = name.lower()
    order = {file.path: number for number, file in enumerate(reading.definitions)}
    defined = sorted(_defined(reading.definitions, name))
    tries: tuple[tuple[How, Iterable[Registered]], ...] = (
        ("exact", (one for one in reading.registered if one.name == name)),
        ("symbol", (one for one in reading.registered if one.symbol == name or one.name.rpartition(".")[2] == name)),
        ("definition", (one for exact, _, one in defined if exact == 0)),
        ("case-insensitive", (one for one in reading.registered if one.name.lower() == low)),
        ("case-insensitive", (one for _, _, one in defined)),
    )
    for how, hits in tries:
        found = list(hits) if how == "definition" else sorted(hits, key=lambda one: _rank(one, order))
        if found:
            return Lookup(asked=name, how=how, hits=tuple(_once(found)))
    return None


def _folded(reading: Reading, name: str) -> tuple[Registered, ...]:
    """What has the name in another way of writing: `mask_rcnn` for `MaskRCNN`."""

    def fold(text: str) -> str:
        return re.sub(r"[_\-.\s]", "", text).lower()

    wanted = fold(name)
    order = {file.path: number for number, file in enumerate(reading.definitions)}
    known = [one for one in reading.registered if wanted in (fold(one.name), fold(one.symbol))]
    if known or len(wanted) < _SHORTEST_FOLDED:
        return tuple(_once(sorted(known, key=lambda one: _rank(one, order))))
    return tuple(
        Registered(name=symbol, registry="", symbol=symbol, at=Location(path=file.path, line=line))
        for file in reading.definitions
        for symbol, line in (*file.classes, *file.functions)
        if fold(symbol) == wanted
    )


def _once(hits: Iterable[Registered]) -> Iterator[Registered]:
    """Each class once where a loose lookup says no more than a registry."""
    seen: set[tuple[str, Location]] = set()
    for one in hits:
        if not (is_loose(one) and (one.symbol, one.at) in seen):
            seen.add((one.symbol, one.at))
            yield one


def _rank(one: Registered, order: Mapping[str, int]) -> tuple[bool, bool, int, bool, int, str, int]:
    """What has the name itself; a registry before a lazy configuration or a lookup; what the most places tell of first.

    Of equals, classes before functions, and what is near the main entry points (`order` of files) first.
    """
    near = order.get(one.at.path, len(order))
    own = one.name.rpartition(".")[2] in (one.symbol, one.makes)
    return not own, is_loose(one), -len(one.via), one.symbol[:1].islower(), near, one.at.path, one.at.line or 0


def is_loose(one: Registered) -> bool:
    """Whether a name is only one that could be asked for, not one that was registered."""
    return one.registry.startswith(_LOOSE)


class _Found(tuple[int, int, Registered]):
    """(0: exactly the name, place in the order of files, the definition); sorts by the first two."""

    __slots__ = ()

    def __lt__(self, other: tuple[object, ...]) -> bool:
        return self[:2] < other[:2]


def _defined(definitions: Sequence[Definitions], name: str) -> Iterator[_Found]:
    """Classes, functions and methods of this name, whatever its case."""
    low = name.lower()
    order = 0
    for file in definitions:
        for number, group in enumerate((file.classes, file.functions, file.methods)):
            for symbol, line in group:
                last = symbol.rpartition(".")[2]
                if low not in (symbol.lower(), last.lower()):
                    continue
                order += 1
                exact = 0 if name in (symbol, last) else 1
                at = Location(path=file.path, line=line)
                yield _Found(
                    (exact, number * 100_000 + order, Registered(name=last, registry="", symbol=symbol, at=at))
                )


def _without_scope(name: str) -> Iterator[tuple[str, str]]:
    """(what is left out, the rest): `mmdet.ResNet`, `hf-hub:timm/resnet50`, `model=resnet`, `resnet50.a1_in1k`."""
    for sign in ("=", ":", "/", "."):
        head, found, rest = name.rpartition(sign)
        if found and head and rest:
            yield head + (sign if sign in "=:" else ""), rest
    for sign in (".", "@", ":"):
        head, found, rest = name.partition(sign)
        if found and head and rest:
            yield sign + rest, head


def _is_package(scope: str) -> bool:
    return re.fullmatch(r"[a-z_][\w.]*", scope) is not None


def _is_below(path: str, scope: str) -> bool:
    """Whether a file belongs to the package `scope`: all of it, as a path, stands in the file's path."""
    return f"/{scope.replace('.', '/')}/" in f"/{path.removesuffix('.py')}/"


def _as_configuration(reading: Reading, name: str) -> Lookup | None:
    """A name that can only be a path."""
    return _configuration(reading, name, name) if re.search(r"\.(?:py|ya?ml|json)$", name) else None


def _configuration(reading: Reading, path: str, asked: str) -> Lookup | None:
    config = find_config(reading.configs, path)
    if config is None:
        return None
    chain = bases(reading.configs, config)
    order = {file.path: number for number, file in enumerate(reading.definitions)}
    wanted: dict[str, Location] = {}
    for one in chain:
        for name, line in one.names:
            wanted.setdefault(name, Location(path=one.path, line=line))
    configurations = {one.path for one in reading.configs}
    by_name: dict[str, list[Registered]] = {}
    for registered in reading.registered:
        by_name.setdefault(registered.name, []).append(registered)
    hits: list[Registered] = []
    missing: list[tuple[str, Location]] = []
    for name, place in wanted.items():
        # a scope such as `mmdet.` names the package that the class is of
        known = by_name.get(name) or [
            one for one in by_name.get(name.rpartition(".")[2], ()) if _is_below(one.at.path, name.rpartition(".")[0])
        ]
        solid = [one for one in known if not is_loose(one)] or known
        for hit in sorted(solid, key=lambda hit: _rank(hit, order))[:2]:
            via = (place, *(step for step in hit.via if step.path not in configurations))
            hits.append(hit.model_copy(update={"via": via}))
        if not known and re.fullmatch(r"(?:[a-z]\w*\.)*_?[A-Z]\w*[a-z]\w*", name):
            missing.append((name, place))
    return Lookup(
        asked=asked,
        how="config",
        hits=tuple(hits),
        config=config.path,
        inherited=tuple(one.path for one in chain[1:]),
        missing=tuple(missing[:_MAX_MISSING]),
    )


def find_config(configs: Sequence[ConfigFile], name: str) -> ConfigFile | None:
    """The configuration of this path, or whose path ends so, with or without its ending."""
    name = name.removeprefix("./")
    same = [one for one in configs if one.path == name]
    ends = [one for one in configs if one.path.endswith(f"/{name}") or one.path.rpartition(".")[0].endswith(f"/{name}")]
    return next(iter(same or sorted(ends, key=lambda one: (one.path.count("/"), one.path))), None)


def bases(configs: Sequence[ConfigFile], first: ConfigFile) -> list[ConfigFile]:
    """A configuration and all that it inherits from, nearest first."""
    by_path = {one.path: one for one in configs}
    chain, waiting = [first], list(first.bases)
    while waiting and len(chain) < _MAX_BASES:
        wanted = waiting.pop(0)
        base = by_path.get(wanted) or _from_above(by_path, first.path, wanted)
        if base is not None and base not in chain:
            chain.append(base)
            waiting += base.bases
    return chain


def _from_above(by_path: dict[str, ConfigFile], path: str, wanted: str) -> ConfigFile | None:
    """A base whose path counts from a folder above the configuration, or from where a program is started."""
    tails = [wanted[index:] for index in (0, *(found.end() for found in re.finditer("/", wanted)))]
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        for tail in tails[:-1] or tails:
            known = by_path.get(f"{folder}/{tail}".lstrip("/"))
            if known is not None:
                return known
    return None


def _module(definitions: Sequence[Definitions], name: str) -> Registered | None:
    """The class for which the module `name` stands: of its name, `Model`, or its last one."""
    for file in definitions:
        stem = file.path.rpartition("/")[2].removesuffix(".py")
        if stem.lower() == name.lower() and file.classes:
            folded = {one.lower().replace("_", ""): (one, line) for one, line in file.classes}
            key = stem.lower().replace("_", "")
            symbol, line = folded.get(key) or folded.get("model") or file.classes[-1]
            at = Location(path=file.path, line=line)
            return Registered(name=stem, registry="", symbol=symbol, at=at, via=(Location(path=file.path),))
    return None


def _dotted_module(definitions: Sequence[Definitions], name: str) -> Registered | None:
    """The file of a module by its dotted name: what it defines as `main`, else the first thing."""
    if not re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)+", name):
        return None
    path = name.replace(".", "/") + ".py"
    for file in sorted(definitions, key=lambda one: len(one.path)):
        if f"/{file.path}".endswith(f"/{path}"):
            made = [*file.functions, *file.classes]
            symbol, line = next((one for one in made if one[0] == "main"), made[0])
            at = Location(path=file.path, line=line)
            return Registered(name=name, registry="", symbol=symbol, at=at, via=(Location(path=file.path),))
    return None


def _mentions(files: Iterable[File], name: str) -> Iterator[Location]:
    """Where code and configurations write the name as a word in quotes or as a value."""
    if len(name) < 2:
        return
    pattern = re.compile(rf"""(?:["'`]|:\s|\s=\s*|^\s*)(?:{re.escape(name)})(?:["'`]|\s*:|\s*$)""", re.MULTILINE)
    count = 0
    for file in sorted(files, key=lambda one: (not one.path.endswith(".py"), one.path)):
        if file.text is None or not file.path.endswith(_MENTION_FILES) or name not in file.text:
            continue
        found = pattern.search(file.text)
        if found is not None:
            count += 1
            start = file.text.index(name, found.start())
            yield Location(path=file.path, line=file.text.count("\n", 0, start) + 1)
            if count >= _MAX_MENTIONS:
                return


def _nearest(reading: Reading, name: str) -> tuple[str, ...]:
    known = list(dict.fromkeys(one.name for one in reading.registered))
    known += [symbol for file in reading.definitions for symbol, _ in file.classes]
    folded: dict[str, str] = {}
    for one in known:
        folded.setdefault(one.lower(), one)
    close = difflib.get_close_matches(name.lower(), folded, n=_NEAREST, cutoff=0.5)
    return tuple(folded[one] for one in close)
