"""What a reading map says to a person, in order, before a format gives it a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from repotriage.models.base import CleanStr, Frozen, Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.reading import EntryPoint, Hyperparameter, Reading, Registered, Role, Station
from repotriage.models.study import Study
from repotriage.reading.lookup import Lookup
from repotriage.renderers.outline import Item, Section

_ROLES: tuple[Role, ...] = ("data", "train", "evaluate", "inference", "demo", "export")
_PER_ROLE = 2
_REGISTRIES_SHOWN = 12
_NAMES_SHOWN = 6
_SETTINGS_SHOWN = 60
_CLASSES_SHOWN = 8
_HITS_SHOWN = 8
_SWITCHES_SHOWN = 6


class MapOutline(Frozen):
    """The map in words."""

    name: CleanStr
    facts: tuple[Message, ...]
    sections: tuple[Section, ...]


def station_label(station: Station) -> Message:
    """The kind of a station in words."""
    return {
        "evaluation": msg("evaluation"),
        "data": msg("data reading"),
        "transforms": msg("model input"),
        "model": msg("model definition"),
        "forward": msg("forward"),
        "loss": msg("loss"),
        "backward": msg("backward"),
        "update": msg("weight update"),
        "metrics": msg("metrics"),
        "checkpoint": msg("checkpoints"),
        "visualisation": msg("visualisation"),
        "logging": msg("logging"),
    }[station.kind]


def map_outline(study: Study, asked: Lookup | None = None) -> MapOutline:
    """The words for a map; `asked` is what a user looks for by name and comes first."""
    reading = study.reading
    sections = (
        *(() if asked is None else (_asked(asked),)),
        Section(title=msg("Entry points"), items=tuple(_entries(reading.entry_points))),
        Section(
            title=msg("Read in this order"),
            note=msg("from the main entry points along their imports; evaluation first"),
            items=tuple(_stations(reading.stations)),
        ),
        Section(title=msg("How a name becomes a class"), items=tuple(_registries(reading.registered))),
        Section(title=msg("Hyperparameters of the main scripts"), items=tuple(_settings(reading.main_hyperparameters))),
        Section(
            title=msg("Values that differ"),
            note=msg("the default of the code, then what documents and scripts give"),
            items=tuple(_differences(reading)),
        ),
        Section(title=msg("Parameters of the modules"), items=tuple(_parameters(reading))),
        Section(title=msg("Seeds and determinism"), items=tuple(_determinism(reading))),
    )
    return MapOutline(
        name=study.snapshot.name,
        facts=tuple(_facts(study)),
        sections=tuple(section for section in sections if section.items),
    )


def _facts(study: Study) -> Iterator[Message]:
    snapshot, reading = study.snapshot, study.reading
    if snapshot.commit is not None:
        yield msg("commit {commit}", commit=snapshot.commit[:12])
    if snapshot.subdir:
        yield msg("only the folder {folder}", folder=snapshot.subdir)
    yield msg(
        "framework: {framework} · Python files: {files:,} · names that become classes: {names:,}",
        framework=reading.framework or "none found",
        files=reading.size.python_files,
        names=len(reading.registered),
    )
    lost = [one for one in reading.broken if not one.mended]
    if lost:
        yield msg("files of code that cannot be parsed and are not on the map: {n}", n=len(lost))
    if not reading.stations:
        yield msg("no station was found: no training or evaluation code that is known by its calls")


def _entries(entries: Sequence[EntryPoint]) -> Iterator[Item]:
    for role in _ROLES:
        shown = [entry for entry in entries if entry.role == role and entry.rank <= _PER_ROLE]
        for entry in sorted(shown, key=lambda entry: entry.rank):
            place = Location(path=entry.path, line=entry.line)
            documented = (Evidence(at=entry.documented_at),) if entry.documented_at else ()
            text = msg("{command}", command=entry.command.raw if entry.command else entry.path)
            yield Item(mark=msg("{role}", role=role), text=text, evidence=(Evidence(at=place), *documented))


def _stations(stations: Sequence[Station]) -> Iterator[Item]:
    for one in stations:
        text = one.why
        if one.phase == "train":
            text = msg("{symbol} (training)", symbol=one.symbol)
        elif one.phase == "evaluate":
            text = msg("{symbol} (evaluation)", symbol=one.symbol)
        else:
            text = msg("{symbol}", symbol=one.symbol)
        yield Item(mark=station_label(one), text=text, evidence=(Evidence(at=one.at),))


def _registries(registered: Sequence[Registered]) -> Iterator[Item]:
    counts = Counter(one.registry for one in registered)
    for registry, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_REGISTRIES_SHOWN]:
        members = [one for one in registered if one.registry == registry]
        examples = ", ".join(dict.fromkeys(one.name for one in members[:_NAMES_SHOWN]))
        more = ", …" if count > _NAMES_SHOWN else ""
        places = [place for one in members for place in one.via[:-1] if not place.path.startswith("configs")] or [
            members[0].at
        ]
        yield Item(
            mark=msg("{n}", n=count),
            name=registry,
            text=msg("{names}", names=examples + more),
            evidence=(Evidence(at=places[0]),),
        )
    if len(counts) > _REGISTRIES_SHOWN:
        yield Item(
            mark=msg("more"), text=msg("further registries and factories: {n}", n=len(counts) - _REGISTRIES_SHOWN)
        )


def _asked(asked: Lookup) -> Section:
    title = msg("Name: {name}", name=asked.asked)
    if asked.how == "none":
        return Section(title=title, items=tuple(_unknown(asked)))
    note = {
        "exact": None,
        "case-insensitive": msg("nothing has exactly this name; these are written in another way"),
        "symbol": msg("no name is registered like this; these lead to a class of this name"),
        "scope": msg("found without {scope}", scope=asked.scope or ""),
        "definition": msg("no registry has this name; it is defined under it"),
        "module": msg("no registry has this name; it is a module"),
        "config": msg("a configuration: the classes that it and its bases name"),
    }[asked.how]
    items = [_hit(one) for one in asked.hits[: _HITS_SHOWN if asked.how != "config" else None]]
    if asked.config is not None:
        below = tuple(msg("inherits from {path}", path=path) for path in asked.inherited)
        items.insert(
            0,
            Item(
                mark=msg("config"), text=msg("{path}", path=asked.config), below=below,
                evidence=(Evidence(at=Location(path=asked.config)),),
            ),
        )  # fmt: skip
    for name, place in asked.missing:
        text = msg("no class of this repository: it is of another package, or its name is made when the code runs")
        items.append(Item(mark=msg("elsewhere"), name=name, text=text, evidence=(Evidence(at=place),)))
    if asked.how != "config" and len(asked.hits) > _HITS_SHOWN:
        items.append(
            Item(mark=msg("more"), text=msg("more in --format json: {hidden}", hidden=len(asked.hits) - _HITS_SHOWN))
        )
    return Section(title=title, note=note, items=tuple(items))


def _unknown(asked: Lookup) -> Iterator[Item]:
    near = ", ".join(asked.nearest)
    text = (
        msg("no registry, mapping or factory knows {name}; the nearest names: {near}", name=asked.asked, near=near)
        if near
        else msg("no registry, mapping or factory knows {name}", name=asked.asked)
    )
    yield Item(mark=msg("none"), text=text)
    if asked.mentions:
        yield Item(
            mark=msg("written"),
            text=msg("no class, but the name is written here"),
            evidence=tuple(Evidence(at=place) for place in asked.mentions),
        )


def _hit(one: Registered) -> Item:
    steps = [str(place) for place in one.via]
    below = [msg("by way of {steps}", steps=" → ".join(steps))] if steps else []
    if one.makes is not None and one.makes_at is not None:
        below.append(msg("makes {symbol} at {at}", symbol=one.makes, at=str(one.makes_at)))
    text = (
        msg("{registry} → {symbol} at {at}", registry=one.registry, symbol=one.symbol, at=str(one.at))
        if one.registry
        else msg("{symbol} at {at}", symbol=one.symbol, at=str(one.at))
    )
    return Item(mark=msg("class"), name=one.name, text=text, below=tuple(below), evidence=(Evidence(at=one.at),))


def _settings(settings: Sequence[Hyperparameter]) -> Iterator[Item]:
    for one in settings[:_SETTINGS_SHOWN]:
        text = msg("{value}", value=one.value) if one.value is not None else msg("no default")
        yield Item(mark=msg("{source}", source=one.source), name=one.name, text=text, evidence=(Evidence(at=one.at),))
    if len(settings) > _SETTINGS_SHOWN:
        yield Item(
            mark=msg("more"), text=msg("more in --format json: {hidden}", hidden=len(settings) - _SETTINGS_SHOWN)
        )


def _differences(reading: Reading) -> Iterator[Item]:
    for one in reading.differences:
        values = " · ".join(f"{value.value} ({value.source})" for value in one.values)
        yield Item(
            mark=msg("differs"),
            name=one.name,
            text=msg("{values}", values=values),
            evidence=tuple(Evidence(at=value.at) for value in one.values),
        )


def _parameters(reading: Reading) -> Iterator[Item]:
    by_owner: dict[tuple[str, str], list[tuple[str, str, Location]]] = {}
    for one in reading.parameters:
        by_owner.setdefault((one.at.path, one.owner), []).append((one.kind, one.name, one.at))
    built = {one.symbol.partition(".")[0] for one in reading.stations if one.kind in ("model", "forward")}
    # The modules that the map shows come first, then those that register parameters of their own.
    ranked = sorted(
        by_owner.items(),
        key=lambda pair: (
            pair[0][1] not in built,
            -sum(kind != "submodule" for kind, _, _ in pair[1]),
            pair[0],
        ),
    )
    for (_, owner), facts in ranked[:_CLASSES_SHOWN]:
        counts = Counter(kind for kind, _, _ in facts)
        names = ", ".join(dict.fromkeys(name for _, name, _ in facts[:_NAMES_SHOWN]))
        told = ", ".join(f"{kind}: {n}" for kind, n in sorted(counts.items()))
        yield Item(
            mark=msg("module"),
            name=owner,
            text=msg("{counts} ({names})", counts=told, names=names),
            evidence=tuple(Evidence(at=at) for _, _, at in facts[:2]),
        )
    if len(ranked) > _CLASSES_SHOWN:
        yield Item(mark=msg("more"), text=msg("more in --format json: {hidden}", hidden=len(ranked) - _CLASSES_SHOWN))


def _determinism(reading: Reading) -> Iterator[Item]:
    for one in reading.determinism[:_SWITCHES_SHOWN]:
        label = {"seed": msg("seed"), "deterministic": msg("deterministic"), "benchmark": msg("autotuning")}[one.kind]
        yield Item(mark=label, text=msg("{statement}", statement=one.text), evidence=(Evidence(at=one.at),))
    if reading.entry_points and not any(one.kind == "seed" for one in reading.determinism):
        yield Item(mark=msg("seed"), text=msg("none is set: two runs will not give the same numbers"))
